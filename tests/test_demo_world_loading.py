"""The demo world: what is in it, that it is the same for the same seed, and that every fact in it agrees with the rules."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Q

from portal import clock, jobs
from portal.actors import SYSTEM, Actor
from portal.models import (
    AuditEvent,
    Client,
    Entitlement,
    Membership,
    Nda,
    Outbox,
    Staff,
    Supplier,
    User,
)
from portal.queries.contract import worktime_of
from portal.queries.demo import demo_doors
from portal.rules.states import DemoState, EntitlementKind, MailState, Role
from portal.tenancy import act_as_staff
from portal.worktime import DEFAULT_CALENDAR, deadline, instant_at_share
from tickets.models import Attachment, Message, RawMail, ResponseClock, Ticket
from tickets.queries.clock_inputs import support_of
from tickets.queries.queue import View, queue_page
from tickets.rules.bands import Band
from tickets.rules.placing import Facts, place
from tickets.rules.promise import response_target
from tickets.rules.states import Group, MessageKind, State, Target

AT = clock.DEMO_START.astimezone(UTC)
TICKETS = 140
KEY_COLUMNS = ("client__slug", "ref", "subject", "state", "queue_group", "queue_at", "received_at", "acknowledged_at",
               "accepted_at", "accepted_by__label", "assignee__label", "first_reply_at", "resolved_at", "closed_at", "version")  # fmt: skip


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Any]:
    """A small demo world, loaded once in a transaction round all tests of this module."""
    before = (settings.PORTAL_DEMO, settings.PORTAL_VAR, settings.PORTAL_FILES)
    settings.PORTAL_DEMO, settings.PORTAL_VAR = True, tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", "--first-start", "--tickets", str(TICKETS), verbosity=0)
        yield SimpleNamespace()
        transaction.set_rollback(True)
    settings.PORTAL_DEMO, settings.PORTAL_VAR, settings.PORTAL_FILES = before


@pytest.fixture(autouse=True)
def as_staff(demo: Any, django_db_blocker: Any) -> Iterator[None]:
    """Each test looks as the portal's own jobs do, and leaves nothing behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        with act_as_staff(SYSTEM):
            yield
        transaction.set_rollback(True)


def fingerprint() -> str:
    rows = list(Ticket.objects.order_by("received_at", "ref").values_list(*KEY_COLUMNS))
    said = list(
        Message.objects.order_by("written_at", "ticket__ref").values_list("ticket__ref", "kind", "body", "published_at")
    )
    people = list(User.objects.order_by("email").values_list("email", "name"))
    return hashlib.sha256(repr((rows, said, people)).encode()).hexdigest()


def test_it_holds_what_pages_and_charts_need():
    assert Client.objects.count() == 12
    assert User.objects.count() >= 60
    assert Ticket.objects.count() == TICKETS
    assert {"active", "suspended", "ended"} == set(Client.objects.values_list("state", flat=True))
    assert Supplier.objects.get().demo_state == DemoState.OPEN
    assert Attachment.objects.exists()
    places = set(Membership.objects.values_list("user_id", "client_id"))
    assert 2 in Counter(user for user, _ in places).values(), "one person belongs to two clients"
    assert Membership.objects.filter(delegated_by__isnull=False, role=Role.MANAGER).count() == 1


def test_everybody_is_of_the_demo_and_has_no_password():
    assert not User.objects.filter(is_demo=False).exists()
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_each_role_has_its_door():
    words = {door.words.split(" at ")[0] for door in demo_doors(AT)}
    assert words >= {"Staff, agent", "Staff, lead", "Staff, admin", "Manager", "Author", "Billing"}
    without = {door.name for door in demo_doors(AT) if door.side == "staff"} - set(
        Nda.objects.values_list("staff__label", flat=True)
    )
    assert without, "one of the staff doors is a person without an NDA"


def test_the_queue_has_something_in_every_band():
    page = queue_page(View(), actor=Actor("staff", "Hannah"), at=AT, calendar=DEFAULT_CALENDAR)
    assert page.counts[Band.ALARM] == 1
    assert page.counts[Band.PAST] == 1
    assert page.counts[Band.HOUR] == 2
    assert all(page.counts[band] >= 3 for band in (Band.TODAY, Band.LATER, Band.OURS, Band.WAITING))
    assert Ticket.objects.filter(queue_group__lt=Group.ENDED, assignee=None).exists()
    assert Ticket.objects.filter(queue_group__lt=Group.ENDED, visibility="confidential").exists()


def test_one_acknowledgement_is_just_going_out():
    waiting = Outbox.objects.get(state=MailState.QUEUED)
    assert waiting.kind == "acknowledgement"
    assert AT - waiting.queued_at < timedelta(seconds=10)
    assert Ticket.objects.get(pk=waiting.about_id).state == State.RECEIVED


def test_mail_that_was_set_aside_waits_or_was_dropped():
    states = RawMail.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["ignored", "quarantined", "quarantined", "quarantined"]


def test_a_morning_without_mail_left_late_acknowledgements():
    late = Outbox.objects.filter(kind="acknowledgement", sent_at__gt=F("queued_at") + timedelta(minutes=5))
    assert late.count() >= 3
    assert all(ResponseClock.objects.get(ticket_id=mail.about_id).started_at == mail.sent_at for mail in late)


@pytest.mark.clause("HLP-3")
@pytest.mark.clause("HLP-4")
@pytest.mark.clause("HLP-5")
def test_every_stored_deadline_is_the_reckoned_one():
    clocks = ResponseClock.objects.select_related("ticket", "calendar")
    assert clocks.count() == TICKETS - 1
    for one in clocks:
        support = support_of(one.ticket, started_at=one.started_at, calendar=one.calendar)
        assert (one.target, one.entitlement_id) == (response_target(support), support.id if support else None)
        promise = deadline(one.started_at, one.target, worktime_of(one.calendar))
        assert (one.due_at, one.minutes, one.trail) == (promise.due, promise.minutes, promise.as_json())
        assert one.warn75_at == instant_at_share(promise, Fraction(3, 4))
        assert one.started_at == one.ticket.acknowledged_at


@pytest.mark.clause("HLP-5")
def test_each_clock_was_met_by_the_first_public_reply():
    for one in ResponseClock.objects.select_related("ticket"):
        replies = Message.objects.filter(ticket=one.ticket, kind=MessageKind.REPLY, author_staff__isnull=False)
        first = replies.order_by("published_at").values_list("published_at", flat=True).first()
        assert one.met_at == first == one.ticket.first_reply_at
        assert (one.breached_at is not None) == ((one.met_at or AT) > one.due_at)


def test_nearly_all_were_answered_in_time():
    met = ResponseClock.objects.filter(met_at__isnull=False)
    assert 0.9 <= met.filter(breached_at=None).count() / met.count() < 1
    assert set(met.values_list("target", flat=True)) == {Target.FOUR_HOURS, Target.ONE_DAY}


def test_every_ticket_stands_where_its_facts_put_it():
    for ticket in Ticket.objects.select_related("clock"):
        running = getattr(ticket, "clock", None)
        due = running.due_at if running is not None and running.met_at is None else None
        facts = Facts(
            State(ticket.state),
            ticket.state_since,
            ticket.received_at,
            ticket.acknowledged_at,
            due,
            ticket.asked_at,
            ticket.snoozed_until,
        )
        assert (ticket.queue_group, ticket.queue_at) == place(facts)


def test_nothing_lies_in_the_future():
    assert not AuditEvent.objects.filter(at__gt=AT).exists()
    assert not Message.objects.filter(Q(written_at__gt=AT) | Q(published_at__gt=AT)).exists()
    assert not Ticket.objects.filter(state_since__gt=AT).exists()
    assert not Outbox.objects.filter(Q(queued_at__gt=AT) | Q(sent_at__gt=AT + timedelta(seconds=10))).exists()


def test_the_trail_is_told_in_the_order_of_time():
    instants = list(AuditEvent.objects.order_by("id").values_list("at", flat=True))
    assert instants == sorted(instants)
    first = AuditEvent.objects.order_by("id").first()
    assert first is not None and first.kind == "demo world loaded"


@pytest.mark.clause("CMP-6")
def test_only_staff_at_work_wrote_anything():
    for staff in Staff.objects.exclude(valid_to=None):
        last = Message.objects.filter(author_staff=staff).order_by("-written_at").first()
        assert last is None or last.written_at.date() < staff.valid_to


def test_support_was_bought_and_lapsed_on_the_way():
    held = Entitlement.objects.filter(kind=EntitlementKind.SUPPORT)
    assert held.filter(valid_to__isnull=False).count() == 1
    assert held.filter(valid_from__gt=(AT - timedelta(days=40)).date()).count() == 1


def test_the_sweeps_find_nothing_but_the_mail_that_leaves():
    sweeps = jobs.load()
    quiet = {
        name: sweeps[name].work(AT)
        for name in ("response clocks", "replies to publish", "resolved requests", "late acknowledgements", "leavers")
    }
    assert quiet == dict.fromkeys(quiet, 0)


def test_the_same_seed_is_the_same_world(capsys):
    before = fingerprint()
    call_command("demo", "--tickets", str(TICKETS))
    assert fingerprint() == before
    call_command("demo", "--tickets", str(TICKETS), "--seed", "2")
    assert fingerprint() != before
