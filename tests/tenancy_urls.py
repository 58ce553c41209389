"""Pages that do what views do wrong, for test_tenancy_requests: the middleware must keep the walls round all of them."""

from collections.abc import Iterator

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path

from portal.actors import SYSTEM
from portal.models import Client, Membership, MicrosoftTenant, Notice, Product
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING
from tickets.models import Ticket


def standing() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        return cursor.fetchone()[0]


def who(request: HttpRequest, **kwargs: str) -> HttpResponse:
    actor = request.actor
    return JsonResponse({
        "role": standing(), "kind": actor.kind, "label": actor.label, "as": actor.role, "client": actor.client_id,
        "roles": sorted(request.roles), "slug": getattr(request.client, "slug", None), "nda": request.nda_valid,
    })  # fmt: skip


def write(request: HttpRequest) -> None:
    Notice.objects.create(
        client_id=request.client.pk,
        user_id=request.user.pk,
        membership=request.membership,
        kind="t",
        sentence="Written.",
        at=MORNING,
        key=request.path,
    )


def writes(request: HttpRequest, slug: str) -> HttpResponse:
    write(request)
    return HttpResponse("written")


def answers_500(request: HttpRequest, slug: str) -> HttpResponse:
    write(request)
    return HttpResponse("sorry", status=500)


def raises(request: HttpRequest, slug: str) -> HttpResponse:
    write(request)
    raise ZeroDivisionError


def answers_an_exception(request: HttpRequest, slug: str) -> HttpResponse:
    """As Django REST framework does: an error is an ordinary answer with a mark on it."""
    write(request)
    response = HttpResponse("no", status=400)
    response.exception = True
    return response


def swallowing(status: int):
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        write(request)
        try:
            write(request)
        except DatabaseError:
            return HttpResponse("as if nothing happened", status=status)
        return HttpResponse("unreachable", status=418)

    return view


def lazy_template(request: HttpRequest, slug: str) -> HttpResponse:
    template = engines["django"].from_string("{% for one in people %}{{ one.label }};{% endfor %}")
    return TemplateResponse(request, template, {"people": Membership.objects.order_by("label")})


def streams(request: HttpRequest, slug: str) -> HttpResponse:
    def careless() -> Iterator[str]:
        yield from Membership.objects.values_list("label", flat=True)

    return StreamingHttpResponse(careless())


def streams_in_scope(request: HttpRequest, slug: str) -> HttpResponse:
    client_id = request.client.pk

    def careful() -> Iterator[str]:
        with act_as(client_id):
            yield from Membership.objects.order_by("label").values_list("label", flat=True)

    return StreamingHttpResponse(careful())


def keeps_in_session(request: HttpRequest, slug: str) -> HttpResponse:
    request.session["kept"] = "yes"
    messages.success(request, "Saved.")
    return HttpResponse("kept")


def steps_up(request: HttpRequest, slug: str) -> HttpResponse:
    with act_as_staff(SYSTEM):
        return JsonResponse({"clients": Client.objects.count()})


def content(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"requests": Ticket.objects.count(), "tenants": MicrosoftTenant.objects.count()})


def too_slow(request: HttpRequest, **kwargs: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 20; select pg_sleep(2)")
    return HttpResponse("unreachable")


def cut_off(request: HttpRequest, **kwargs: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("reset role; select pg_terminate_backend(pg_backend_pid())")
    return HttpResponse("unreachable")


def open_page(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"role": standing(), "kind": request.actor.kind, "products": Product.objects.count() > 0})


def refused_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(f"refused: {exception}", status=403 if isinstance(exception, PermissionDenied) else 404)


handler403 = handler404 = refused_page

client = [
    path("who/", who),
    path("writes/", writes),
    path("answers-500/", answers_500),
    path("raises/", raises),
    path("answers-an-exception/", answers_an_exception),
    path("swallows/", swallowing(200)),
    path("conflict/", swallowing(409)),
    path("lazy/", lazy_template),
    path("streams/", streams),
    path("streams-in-scope/", streams_in_scope),
    path("session/", keeps_in_session),
    path("steps-up/", steps_up),
    path("slow/", too_slow),
    path("cut-off/", cut_off),
]
urlpatterns = [
    path("c/<slug:slug>/", include(client)),
    path("desk/who/", who),
    path("desk/content/", content),
    path("desk/slow/", too_slow),
    path("open/", open_page),
    path("slow/", too_slow),
    path("accounts/", include("allauth.urls")),
]
