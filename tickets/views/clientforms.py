"""Ready-made forms for clients: the list, one to fill in, the look through it, the sending, and the templates kept of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.files import discarded_on_failure
from portal.files.forms import kept_files, status_of
from portal.idempotency import FIELD, once
from portal.queries.people import contract_day
from portal.rules.states import Role
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt, posted
from tickets.actions import filledforms
from tickets.forms.requestforms import FillForm, TemplateForm, initial_of
from tickets.models import FormTemplate, FormVersion
from tickets.queries.people import members_on
from tickets.queries.requestforms import offered_form, offered_forms, templates_of
from tickets.rules.formanswers import answers_in_words, still_fitting
from tickets.rules.requestforms import Definition, fields_of
from tickets.views.attachments import keeping_files
from tickets.views.client import member

# What a post carries besides the answers; it is not handed on from the look-through to the sending.
NOT_ANSWERS = frozenset({"csrfmiddlewaretoken", FIELD, "go", "label", "files-kept", "version"})


@require_safe
def forms(request: PortalRequest, slug: str) -> HttpResponse:
    """The forms that may be chosen, and the organisation's templates."""
    words = request.GET.get("q", "")[:100].strip()
    is_manager = request.actor.role == Role.MANAGER
    context = {
        "rows": [{"version": one, "barred": one.managers_only and not is_manager} for one in offered_forms(words)],
        "templates": [
            {"row": one, "may_remove": is_manager or one.maker_id == request.actor.membership_id}
            for one in templates_of(request.actor)
        ],
        "words": words,
    }
    return render(request, "client/forms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once("form sent")
def fill(request: PortalRequest, slug: str, code: str) -> HttpResponse:
    """One form: filled in, looked through, then sent or kept as a template."""
    version = found(code)
    definition = version.definition()
    barred = version.managers_only and request.actor.role != Role.MANAGER
    form = keeping_files(request, form_of(request, version, definition))
    if request.method != "POST" or barred:
        return show(request, version, form, barred=barred, status=422 if request.method == "POST" else 200)
    if not form.is_valid():
        return show(request, version, form, status=status_of(form))
    go = request.POST.get("go", "check")
    if go == "send" and request.POST.get("version") == str(version.number):
        return sent(request, version, form)
    if go == "send":
        messages.warning(request, _("This form has changed meanwhile. Look through it again before you send it."))
    if go == "keep":
        return kept(request, version, form)
    return show(request, version, form) if go == "change" else look_through(request, version, form)


def found(code: str) -> FormVersion:
    """The present version of a form on offer. Raises Http404."""
    try:
        return offered_form(code)
    except FormVersion.DoesNotExist:
        raise Http404 from None


def form_of(request: PortalRequest, version: FormVersion, definition: Definition) -> FillForm:
    """The form as it was posted, else as the chosen template or nothing fills it in."""
    today = contract_day(clock.now())
    people = list(members_on(request.actor.client_id or 0, today))
    start = initial_of(definition.fields, template_answers(request, version, definition))
    return FillForm(*posted(request), definition=definition, people=people, today=today, initial=start)


def template_answers(request: PortalRequest, version: FormVersion, definition: Definition) -> dict[str, Any]:
    """What the template in the address (?template=3) says that this version still asks."""
    wanted = request.GET.get("template", "")
    if not wanted.isdecimal() or len(wanted) > 18:
        return {}
    kept = templates_of(request.actor).filter(pk=wanted, version__form_id=version.form_id).first()
    return still_fitting(definition.fields, fields_of(kept.version.fields), kept.answers) if kept else {}


def show(
    request: PortalRequest, version: FormVersion, form: FillForm, *, barred: bool = False, status: int = 200
) -> HttpResponse:
    """The questions."""
    return render(request, "client/form_fill.html", {"form": form, "version": version, "barred": barred}, status=status)


def look_through(
    request: PortalRequest,
    version: FormVersion,
    form: FillForm,
    *,
    template: TemplateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """What was answered, before it is sent."""
    context = {
        "version": version,
        "said": answers_in_words(form.definition.fields, form.answers()),
        "confidential": form.cleaned_data.get("confidential", False),
        "files": kept_files(form),
        "carried": [
            (name, value) for name, values in request.POST.lists() if name not in NOT_ANSWERS for value in values
        ],
        "form": template or TemplateForm(),
    }
    return render(request, "client/form_check.html", context, status=status)


def sent(request: PortalRequest, version: FormVersion, form: FillForm) -> HttpResponse:
    """An ordinary request came of it, or the sentence that says why not."""
    files = form.cleaned_data["files"] or ()
    with discarded_on_failure(files):
        ticket = attempt(
            request,
            lambda: filledforms.raise_with_form(
                version,
                form.answers(),
                requester=member(request),
                by=request.actor,
                at=clock.now(),
                files=files,
                confidential=form.cleaned_data.get("confidential", False),
            ),
        )
    if ticket is None:
        return show(request, version, form, status=422)
    messages.success(request, _("We have your request. Its reference is %(ref)s.") % {"ref": ticket.ref})
    return redirect("client:ticket", request.client.slug if request.client else "", ticket.ref)


def kept(request: PortalRequest, version: FormVersion, form: FillForm) -> HttpResponse:
    """The answers under a name, for the next time."""
    named = TemplateForm(request.POST)
    if not named.is_valid():
        return look_through(request, version, form, template=named, status=422)
    label = named.cleaned_data["label"]
    done = attempt(
        request,
        lambda: filledforms.keep_template(
            version, form.answers(), label=label, maker=member(request), by=request.actor, at=clock.now()
        ),
    )
    if done is None:
        return look_through(request, version, form, template=named, status=422)
    messages.success(request, _("“%(label)s” is kept. Nothing has been sent to us yet.") % {"label": done.label})
    slug = request.client.slug if request.client else ""
    return redirect(f"{reverse('client:form', args=[slug, version.form.code])}?template={done.pk}")


@require_POST
@once("template removed")
def remove_template(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    """Forget a template."""
    if not templates_of(request.actor).filter(pk=pk).exists():
        raise Http404
    done: FormTemplate | None = attempt(
        request, lambda: filledforms.remove_template(pk, by=request.actor, at=clock.now())
    )
    if done:
        messages.success(request, _("“%(label)s” is no longer offered.") % {"label": done.label})
    return redirect("client:forms", slug)
