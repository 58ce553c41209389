"""Macros at the desk: the list, writing one, and playing one on a request."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.idempotency import once
from portal.queries.paging import key_of
from portal.queries.people import contract_day
from portal.rules.states import Grade
from portal.tenancy.middleware import PortalRequest
from portal.views.posting import attempt, posted
from tickets.actions import macros
from tickets.forms import KIND_LABELS
from tickets.forms.macros import MOVES, PRIORITIES, MacroForm, PlayForm
from tickets.models import SavedMacro, Ticket
from tickets.queries.desk import answers_for, macros_for
from tickets.queries.people import staff_on
from tickets.rules.macros import Assign, label_of_tags
from tickets.rules.states import Kind
from tickets.views.acts import back, complain, on_ticket
from tickets.views.beside import part
from tickets.views.queue import found


def does(macro: SavedMacro) -> list[str]:
    """What it does, each act in a few words."""
    whom = {Assign.ME: _("whoever plays it"), Assign.NOBODY: _("nobody"), Assign.PERSON: str(macro.person)}
    said = {
        _("Kind: %(what)s"): KIND_LABELS[Kind(macro.kind)] if macro.kind else "",
        _("Product: %(what)s"): macro.product.name if macro.product else "",
        _("Priority: %(what)s"): dict(PRIORITIES)[macro.priority] if macro.priority else "",
        _("Tags: %(what)s"): ", ".join(label_of_tags(macro.plan())),
        _("Assign to: %(what)s"): whom[Assign(macro.assign)] if macro.assign else "",
        _("Move to: %(what)s"): dict(MOVES)[macro.state] if macro.state else "",
        _("Draft: %(what)s"): macro.answer.label if macro.answer else "",
    }
    return [words % {"what": what} for words, what in said.items() if what]


def may_keep(request: PortalRequest, macro: SavedMacro) -> bool:
    """Whether this person may change it: the own, and a lead everybody's."""
    return macro.owner_id is not None or request.actor.role != Grade.AGENT


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The macros that this person may play."""
    rows = [(macro, does(macro), may_keep(request, macro)) for macro in macros_for(request.actor)]
    return render(request, "desk/macros.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@once("macro saved")
def macro(request: PortalRequest, pk: int | None = None) -> HttpResponse:
    """Write a macro, or change one."""
    old, at = _macro(request, pk) if pk else None, clock.now()
    form = MacroForm(
        posted(request)[0], initial=_start(old) if old else {"shared": True}, answers=answers_for(request.actor),
        staff=staff_on(contract_day(at)), may_share=request.actor.role != Grade.AGENT,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = {"label": form.cleaned_data["label"], "shared": form.cleaned_data.get("shared", False)}
        done = attempt(
            request,
            lambda: macros.save_macro(
                **given, plan=form.plan(), by=request.actor, at=at, macro_id=old.pk if old else None
            ),
        )
        if done:
            messages.success(request, _("“%(label)s” is saved.") % {"label": done.label})
            return redirect("desk:macros")
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/macro_form.html", {"form": form, "old": old}, status=status)


def _start(old: SavedMacro) -> dict[str, object]:
    """What the form begins with."""
    names = ("label", "answer", "priority", "assign", "person", "state", "kind", "product")
    tags = {name: ", ".join(getattr(old, name)) for name in ("add_tags", "remove_tags")}
    return {name: getattr(old, name) for name in names} | tags | {"shared": old.owner_id is None}


@require_POST
@once("macro retired")
def retire(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a macro out of use."""
    old = _macro(request, pk)
    if attempt(request, lambda: macros.retire_macro(old.pk, by=request.actor, at=clock.now())):
        messages.success(request, _("“%(label)s” is no longer offered.") % {"label": old.label})
    return redirect("desk:macros")


def _macro(request: PortalRequest, pk: int) -> SavedMacro:
    """One of this person's or everybody's; 404 for a colleague's as for one that never was."""
    one = macros_for(request.actor).filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@require_safe
def offered(request: PortalRequest, ref: str) -> HttpResponse:
    """The macros, each a button that plays it. ?version= says which state of the request the page shows."""
    ticket = found(ref)
    rows = [(macro, does(macro)) for macro in macros_for(request.actor)]
    version = key_of(request.GET.get("version")) or ticket.version
    return part(request, ref, _("Macros"), "parts/macros_list.html", macros=rows, version=version)


@on_ticket
def play(request: PortalRequest, ticket: Ticket) -> HttpResponse:
    """Play a macro: all of it or nothing. Its words stand in the composer; sending them is the next act of a person."""
    form = PlayForm(request.POST, macros=macros_for(request.actor))
    if not form.is_valid():
        return complain(request, ticket, form)
    chosen, version = form.cleaned_data["macro"], form.cleaned_data["version"]
    act = attempt(request, lambda: macros.play_macro(ticket.pk, chosen.pk, version, by=request.actor, at=clock.now()))
    if act is None:
        return back(ticket)
    messages.success(request, _("“%(label)s” was played.") % {"label": chosen.label})
    if chosen.answer_id is None:
        return back(ticket)
    messages.info(request, _("Its words stand in the composer. Nothing is sent until you send it."))
    return redirect(f"{reverse('desk:ticket', args=[ticket.ref])}#composer-body")
