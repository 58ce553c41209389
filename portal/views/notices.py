"""A person's inbox inside the portal, and how they want to be told: /desk/notices/ and /c/<slug>/notices/."""

from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock, noticekinds
from portal.actions.notices import choose_ways, mark_read, mark_unread
from portal.forms.notices import ChoicesForm
from portal.idempotency import once
from portal.queries.notices import inbox, kinds_of, own, side_of
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import form_page, posted

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LATEST = 4_102_444_800_000_000  # the year 2100


def base(request: PortalRequest) -> str:
    """The address of this person's inbox; every page here stands under it."""
    return reverse("client:notices", args=[request.client.slug]) if request.client else reverse("desk:notices")


@require_safe
def index(request: PortalRequest, slug: str = "") -> HttpResponse:
    """A person's own notices, the unread ones first."""
    place = request.GET.get("after", "")
    page = inbox(request.actor, place)
    side = side_of(request.actor)
    facts = {"page": page, "base": base(request), "newer": base(request) if place else ""}
    return render(request, f"{'client' if side == 'client' else 'desk'}/notices.html", facts)


@require_POST
@once("notice opened")
def open_one(request: PortalRequest, pk: int, slug: str = "") -> HttpResponse:
    """Read one, and go where it leads."""
    row = own(request.actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    mark_read(by=request.actor, at=clock.now(), notice_id=row.pk)
    return HttpResponseRedirect(row.url or base(request))


@require_POST
@once("notice read")
def read_one(request: PortalRequest, pk: int, slug: str = "") -> HttpResponse:
    """Mark one as read; the toast takes it back."""
    if not own(request.actor).filter(pk=pk).exists():
        raise Http404
    return _marked(request, notice_id=pk)


@require_POST
@once("notices read")
def read_all(request: PortalRequest, slug: str = "") -> HttpResponse:
    """Mark all as read; the toast takes it back."""
    return _marked(request)


def _marked(request: PortalRequest, notice_id: int | None = None) -> HttpResponse:
    at = clock.now()
    number = mark_read(by=request.actor, at=at, notice_id=notice_id)
    if number:
        said = ngettext("%(number)s notice is marked as read.", "%(number)s notices are marked as read.", number)
        undo = f"{base(request)}unread/{(at - EPOCH) // MICROSECOND}/"
        messages.success(request, said % {"number": number}, extra_tags=undo)
    return HttpResponseRedirect(base(request))


@require_POST
@once("notices unread")
def unread(request: PortalRequest, stamp: int, slug: str = "") -> HttpResponse:
    """Take back one marking, named by its instant in microseconds since 1970. Twice does no harm."""
    if stamp > LATEST:
        raise Http404
    mark_unread(by=request.actor, read_at=EPOCH + stamp * MICROSECOND)
    return HttpResponseRedirect(base(request))


@require_http_methods(["GET", "HEAD", "POST"])
@once("notice choices")
def choices(request: PortalRequest, slug: str = "") -> HttpResponse:
    """How this person wants to be told, kind by kind, and what reaches them anyway."""
    side = side_of(request.actor)
    roles = sorted(request.roles) or [request.actor.role]
    form = ChoicesForm(kinds_of(request.actor, roles), posted(request))

    def keep(_given: dict[str, object]) -> str:
        choose_ways(form.ways(), roles=roles, by=request.actor, at=clock.now())
        return f"{base(request)}choices/"

    template = f"{'client' if side == 'client' else 'desk'}/notice_choices.html"
    facts = {"always": noticekinds.always_for(side), "base": base(request)}
    return form_page(request, template, form, keep, said=_("Your choices are kept."), **facts)
