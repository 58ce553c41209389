"""Announcements: /desk/announcements/ for staff, /c/<slug>/announcements/ for the clients that they are for."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock, panels
from portal.actions import announcements as actions
from portal.forms.announcements import AnnouncementForm, CallOffForm, UpdateForm, initial_of
from portal.idempotency import once
from portal.models import Announcement
from portal.queries import announcements as queries
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.paging import key_of, newest_first
from portal.rules.announcements import KIND_WORDS, STAGE_WORDS, STATE_WORDS, AnnouncementKind, AnnouncementState, Stage
from portal.rules.people import Power
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import done, first_error, form_page, need, posted
from portal.worktime.calendar import instant_of

TONES = {AnnouncementState.PUBLISHED: "accent", AnnouncementState.DRAFT: "warn"}
PAGE = "desk/announcement.html"


def face(row: Announcement, at: datetime) -> dict[str, Any]:
    """An announcement as pages show it."""
    state, kind = AnnouncementState(row.state), AnnouncementKind(row.kind)
    current = queries.is_current(row, at)
    return {
        "row": row,
        "kind": KIND_WORDS[kind],
        "state": STATE_WORDS[state],
        "tone": TONES.get(state, ""),
        "current": current,
        "now": current and row.starts_at <= at,
    }


def updates_of(row: Announcement) -> list[dict[str, Any]]:
    """What followed, newest first."""
    return [{"stage": STAGE_WORDS[Stage(one.stage)], "update": one} for one in row.updates.all()]


def pages(request: PortalRequest, rows: Any) -> dict[str, Any]:
    """One page of a list, with the addresses beside it."""
    page, at = newest_first(rows, before=key_of(request.GET.get("before"))), clock.now()
    return {
        "rows": [face(row, at) for row in page.rows],
        "older": f"?before={page.older}" if page.older else "",
        "newer": request.path if request.GET.get("before") else "",
    }


@require_safe
def for_client(request: PortalRequest, slug: str) -> HttpResponse:
    """What is current, what is to come, and what was."""
    return render(request, "client/announcements.html", pages(request, queries.seen_by_client()))


@require_safe
def show_client(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    """One announcement with what followed."""
    row = queries.with_updates(queries.seen_by_client()).filter(pk=pk).first()
    if row is None:
        raise Http404
    return render(request, "client/announcement.html", {**face(row, clock.now()), "updates": updates_of(row)})


@require_POST
@once("announcement put away")
def put_away(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    """Put its banner away, and go back to where one was."""
    row = queries.seen_by_client().filter(pk=pk).first()
    if row is None:
        raise Http404
    actions.put_away(row, by=request.actor, at=clock.now())
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith(f"/c/{slug}/")
    return HttpResponseRedirect(back if safe else reverse("client:announcements", args=[slug]))


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    need(request, Power.ANNOUNCE)
    return render(request, "desk/announcements.html", pages(request, queries.every_announcement()))


def found(pk: int) -> Announcement:
    """The announcement. Raises Http404."""
    row = queries.with_updates(queries.every_announcement()).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@once("announcement drafted")
def add(request: PortalRequest) -> HttpResponse:
    """A new draft; from the calendar it begins with the day that is closed."""
    need(request, Power.ANNOUNCE)
    form = AnnouncementForm(posted(request), initial=beginning(request))

    def act(given: dict[str, Any]) -> str:
        row = actions.draft(form.wording(), by=request.actor, at=clock.now())
        return reverse("desk:announcement", args=[row.pk])

    said = _("The draft is kept. Nobody is told before you publish it.")
    back = reverse("desk:announcements")
    return form_page(
        request, "desk/offer_form.html", form, act, said=said, heading=_("New announcement"), button=_("Keep the draft"),
        back=back,
    )  # fmt: skip


def beginning(request: PortalRequest) -> dict[str, Any]:
    """What a new draft begins with: now, or the usual hours of a day on which the calendar says that the office is closed."""
    now, kind = clock.now(), request.GET.get("kind", "")
    first = {"starts_at": now, "kind": kind if kind in set(AnnouncementKind) else AnnouncementKind.OUTAGE}
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return first
    calendar = worktime_of(calendar_at(now))
    usual = calendar.intervals_on(day.weekday()) or calendar.hours
    return first | {
        "starts_at": instant_of(day, usual[0].opens, calendar.zone),
        "ends_at": instant_of(day, usual[-1].closes, calendar.zone),
        "title": _("Closed on %(day)s") % {"day": f"{day:%A} {day.day} {day:%B}"},
    }


@require_http_methods(["GET", "HEAD", "POST"])
@once("announcement changed")
def change(request: PortalRequest, pk: int) -> HttpResponse:
    need(request, Power.ANNOUNCE)
    row = found(pk)
    form, back = AnnouncementForm(posted(request), initial=initial_of(row)), reverse("desk:announcement", args=[pk])

    def act(given: dict[str, Any]) -> str:
        actions.redraft(pk, form.wording(), by=request.actor, at=clock.now())
        return back

    return form_page(
        request, "desk/offer_form.html", form, act, said=_("The draft is changed."), heading=_("Change the draft"),
        button=_("Keep the draft"), back=back,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@once("announcement updated")
def show(request: PortalRequest, pk: int) -> HttpResponse:
    """One announcement: what it says, who reads it, what followed; a post writes an update."""
    need(request, Power.ANNOUNCE)
    row, at = found(pk), clock.now()
    parts = panels.render("announcement page", request, announcement=row)
    form = UpdateForm(posted(request), with_problem=bool(parts), initial={"stage": Stage.NEWS})

    def act(given: dict[str, Any]) -> str:
        actions.say_more(pk, **form.facts(), by=request.actor, at=clock.now())
        return reverse("desk:announcement", args=[pk])

    return form_page(
        request, PAGE, form, act, said=_("The update is out."), **face(row, at), updates=updates_of(row), parts=parts,
        reach=queries.audience_size(row, at), chosen=queries.chosen_clients(pk), call_off=CallOffForm(),
    )  # fmt: skip


@require_POST
@once("announcement published")
def publish(request: PortalRequest, pk: int) -> HttpResponse:
    need(request, Power.ANNOUNCE)
    found(pk)
    where = reverse("desk:announcement", args=[pk])
    said = _("It is published: its clients see it now, and people are told in the way they chose.")
    return done(request, lambda: actions.publish(pk, by=request.actor, at=clock.now()), where, said)


@require_POST
@once("announcement called off")
def call_off(request: PortalRequest, pk: int) -> HttpResponse:
    need(request, Power.ANNOUNCE)
    found(pk)
    form, where = CallOffForm(request.POST), reverse("desk:announcement", args=[pk])
    if not form.is_valid():
        messages.error(request, first_error(form))
        return HttpResponseRedirect(where)
    reason = form.cleaned_data["reason"]
    return done(
        request,
        lambda: actions.call_off(pk, reason=reason, by=request.actor, at=clock.now()),
        where,
        _("It is called off."),
    )
