"""A ticket from the request to its end: acknowledgement, clock, acceptance, answer, breach, reopening."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from portal import jobs
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import Alarm, AuditEvent, Entitlement, Notice, Outbox
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged, fresh, publish_now, raised
from tickets.actions.acknowledgement import acknowledgement_accepted
from tickets.actions.base import EditConflict
from tickets.actions.intake import add_client_message
from tickets.actions.merging import merge
from tickets.actions.replies import note, reply, undo_reply, withdraw_message
from tickets.actions.watch import close_resolved, publish_replies, watch_clocks
from tickets.actions.work import accept, assign, change_state, reopen
from tickets.models import Message, ResponseClock, Ticket
from tickets.rules.states import Group, Kind, State, Target

pytestmark = pytest.mark.django_db


@pytest.mark.clause("HLP-5")
def test_a_request_waits_for_its_acknowledgement_without_a_clock(world: World) -> None:
    ticket = raised(world)
    with act_as_staff(SYSTEM):
        ticket = Ticket.objects.get(pk=ticket.pk)
        assert ticket.state == State.RECEIVED
        assert ticket.queue_group == Group.UNACKNOWLEDGED
        assert not ResponseClock.objects.exists()
        mail = Outbox.objects.get(about_id=ticket.pk)
        assert mail.kind == "acknowledgement"
        assert ticket.ref in mail.subject and "1 working day" in mail.text
        assert "9:00 to 17:30" in mail.text or "09:00 to 17:30" in mail.text


@pytest.mark.clause("HLP-3", "HLP-5")
def test_the_clock_starts_when_the_mail_server_takes_the_acknowledgement(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        clock = ticket.clock
        assert clock.started_at == ticket.acknowledged_at == MORNING
        assert clock.target == Target.ONE_DAY
        assert clock.due_at == datetime(2026, 11, 25, 10, 40, tzinfo=UTC)
        assert clock.minutes == 510
        assert ticket.queue_group == Group.CLOCK and ticket.queue_at == clock.due_at
        assert clock.next_at == clock.warn75_at < clock.warn90_at < clock.due_at


@pytest.mark.clause("HLP-4")
def test_a_support_subscriber_gets_four_working_hours(world: World) -> None:
    with act_as_staff(SYSTEM):
        held = Entitlement.objects.create(
            client=world.alder, kind="support", valid_from=date(2026, 1, 1), source="test", recorded_by="Ada",
            recorded_at=MORNING - timedelta(days=300),
        )  # fmt: skip
    clock = acknowledged(world).clock
    assert (clock.target, clock.entitlement_id) == (Target.FOUR_HOURS, held.pk)
    assert clock.due_at == datetime(2026, 11, 24, 14, 40, tzinfo=UTC)


@pytest.mark.clause("HLP-5")
def test_the_database_refuses_a_clock_without_acknowledgement(world: World) -> None:
    ticket = raised(world)
    refused = pytest.raises(IntegrityError, match="hlp5_clock_needs_acknowledgement")
    with act_as_staff(SYSTEM), refused, transaction.atomic():
        ResponseClock.objects.create(
            client=world.alder, ticket=ticket, target="1d", minutes=510, terms=world.terms, calendar=world.calendar,
            started_at=MORNING, warn75_at=MORNING, warn90_at=MORNING, due_at=MORNING + timedelta(hours=1), trail={},
        )  # fmt: skip


@pytest.mark.clause("HLP-5")
def test_a_second_acknowledgement_is_refused_and_an_accepted_one_counts_once(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        mail = Outbox.objects.get(kind="acknowledgement", about_id=ticket.pk)
        acknowledgement_accepted(outbox=mail, at=MORNING + timedelta(hours=1))
        assert fresh(ticket).acknowledged_at == MORNING
        assert ResponseClock.objects.count() == 1


@pytest.mark.clause("ACC-6", "CMP-6")
def test_staff_without_a_valid_nda_cannot_accept(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        with pytest.raises(IntegrityError, match="non-disclosure agreement"), transaction.atomic():
            accept(ticket.pk, kind=Kind.FAULT, by=world.dev.actor, at=MORNING)
        assert fresh(ticket).accepted_at is None


@pytest.mark.clause("ACC-6", "LIA-1")
def test_accepting_names_who_when_and_what_kind(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=MORNING, seen=ticket.version)
        now = fresh(ticket)
        assert (now.state, now.kind, now.accepted_by_id) == (State.ACCEPTED, Kind.FAULT, world.cora.staff.pk)
        assert now.assignee_id == world.cora.staff.pk
        with pytest.raises(Refused, match="already"):
            accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=MORNING)
        accept(ticket.pk, kind=Kind.FAULT, by=world.lee.actor, at=MORNING + timedelta(minutes=5))
        assert fresh(ticket).accepted_by_id == world.lee.staff.pk
        kinds = AuditEvent.objects.filter(subject_type="ticket", subject_id=ticket.pk).values_list("kind", flat=True)
        assert list(kinds).count("request accepted") == 2


@pytest.mark.clause("HLP-5")
def test_a_reply_is_published_after_ten_seconds_and_meets_the_clock(world: World) -> None:
    ticket = acknowledged(world)
    at = MORNING + timedelta(hours=1)
    with act_as_staff(world.cora.actor):
        message = reply(ticket.pk, "We are on it.", by=world.cora.actor, at=at, then=State.WAITING_CLIENT)
        assert not Message.objects.get(pk=message.pk).client_visible
        assert publish_replies(at + timedelta(seconds=9)) == 0
        assert publish_replies(at + timedelta(seconds=11)) == 1
        assert publish_replies(at + timedelta(seconds=12)) == 0
        now = fresh(ticket)
        assert now.clock.met_at == at + timedelta(seconds=11) and now.clock.breached_at is None
        assert (now.state, now.queue_group) == (State.WAITING_CLIENT, Group.WAITING)
        assert now.assignee_id == world.cora.staff.pk
        mail = Outbox.objects.get(kind="reply")
        assert mail.to_email == world.ben.membership.email and "We are on it." in mail.text


@pytest.mark.clause("HLP-5")
def test_a_state_that_came_meanwhile_keeps_no_held_reply_from_going_out(world: World) -> None:
    ticket, other = acknowledged(world), acknowledged(world)
    at, out = MORNING + timedelta(hours=1), MORNING + timedelta(hours=1, seconds=11)
    with act_as_staff(world.cora.actor):
        held = reply(ticket.pk, "We need a word.", by=world.cora.actor, at=at, then=State.WAITING_CLIENT)
        reply(other.pk, "Ours.", by=world.cora.actor, at=at + timedelta(milliseconds=1))
        change_state(ticket.pk, State.RESOLVED, by=world.lee.actor, at=at + timedelta(seconds=5))
        assert publish_replies(out) == 2
        now = fresh(ticket)
        assert (now.state, now.clock.met_at, fresh(other).clock.met_at) == (State.RESOLVED, out, out)
        assert Message.objects.get(pk=held.pk).published_at == out
        [dropped, kept] = [
            AuditEvent.objects.select_related("body").get(kind="reply published", subject_id=one.pk).body.payload
            for one in (ticket, other)
        ]
        assert (dropped["state"], dropped["not_moved_to"]) == ("resolved", "waiting_client")
        assert dropped["because"] and "not_moved_to" not in kept and "because" not in kept


@pytest.mark.clause("HLP-5")
def test_a_reply_that_was_held_while_its_request_was_merged_goes_to_its_own_requester(world: World) -> None:
    old, new = acknowledged(world, who=world.ann), acknowledged(world)
    at, out = MORNING + timedelta(hours=1), MORNING + timedelta(hours=1, seconds=11)
    with act_as_staff(world.cora.actor):
        reply(old.pk, "Done.", by=world.cora.actor, at=at, then=State.RESOLVED)
        merge(old.pk, into_id=new.pk, by=world.lee.actor, at=at + timedelta(seconds=5))
        assert publish_replies(out) == 1
        now = fresh(old)
        assert (now.state, now.clock.met_at) == (State.MERGED, out)
        # The other request's own promise runs on, and is what orders it now.
        left = fresh(new)
        assert (left.clock.met_at, left.queue_at) == (None, left.clock.due_at)
        assert list(Outbox.objects.filter(kind="reply").values_list("to_email", flat=True)) == [
            world.ann.membership.email
        ]


def test_one_reply_that_cannot_go_out_stops_no_other(world: World) -> None:
    first, second = acknowledged(world), acknowledged(world)
    out = MORNING + timedelta(minutes=1)
    with act_as_staff(SYSTEM):
        stuck = reply(first.pk, "One.", by=world.cora.actor, at=MORNING)
        reply(second.pk, "Two.", by=world.cora.actor, at=MORNING + timedelta(seconds=1))
        # A state that no table knows: a fault, and no refusal.
        Message.objects.filter(pk=stuck.pk).update(then_state="unheard of")
        assert publish_replies(out) == 1
        assert (fresh(first).clock.met_at, fresh(second).clock.met_at) == (None, out)
        with pytest.raises(ExceptionGroup, match="could not be published"):
            publish_replies(out)
        Message.objects.filter(pk=stuck.pk).update(then_state="")
        assert publish_replies(out) == 1 and fresh(first).clock.met_at == out


@pytest.mark.clause("HLP-5")
def test_an_undone_reply_goes_nowhere_and_meets_nothing(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        message = reply(ticket.pk, "Oops.", by=world.cora.actor, at=MORNING)
        with pytest.raises(Refused):
            undo_reply(message.pk, by=world.lee.actor, at=MORNING)
        undo_reply(message.pk, by=world.cora.actor, at=MORNING + timedelta(seconds=3))
        assert publish_replies(MORNING + timedelta(minutes=1)) == 0
        assert fresh(ticket).clock.met_at is None
        assert not Outbox.objects.filter(kind="reply").exists()


@pytest.mark.clause("HLP-3", "HLP-5")
def test_a_late_answer_leaves_the_breach_and_the_meeting_on_record(world: World) -> None:
    ticket = acknowledged(world)
    due = ticket.clock.due_at
    with act_as_staff(SYSTEM):
        assert watch_clocks(due + timedelta(hours=3)) == 1
        clock = fresh(ticket).clock
        assert clock.breached_at == due and clock.next_at is None
        assert (clock.warned75_at, clock.warned90_at) == (clock.warn75_at, clock.warn90_at)
        assert watch_clocks(due + timedelta(hours=4)) == 0
        assert Alarm.objects.filter(kind="promise missed", cleared_at__isnull=True).count() == 1
        assert Notice.objects.filter(kind="promise missed").count() == 2  # the lead and the admin: nobody is assigned
        late = due + timedelta(hours=5)
        reply(ticket.pk, "Sorry.", by=world.cora.actor, at=late)
        publish_replies(late + timedelta(seconds=10))
        clock = fresh(ticket).clock
        assert clock.breached_at == due and clock.met_at == late + timedelta(seconds=10)
        assert not Alarm.objects.filter(kind="promise missed", cleared_at__isnull=True).exists()


@pytest.mark.clause("HLP-5")
def test_a_clock_is_warned_once_at_each_share_and_is_not_missed_at_the_due_instant(world: World) -> None:
    ticket = acknowledged(world)
    clock = ticket.clock
    with act_as_staff(SYSTEM):
        assert watch_clocks(clock.warn75_at - timedelta(seconds=1)) == 0
        assert watch_clocks(clock.warn75_at) == 1
        assert watch_clocks(clock.warn75_at) == 0
        assert watch_clocks(clock.warn90_at) == 1
        watch_clocks(clock.due_at)
        assert fresh(ticket).clock.breached_at is None
        watch_clocks(clock.due_at + timedelta(seconds=1))
        assert fresh(ticket).clock.breached_at == clock.due_at
        assert Notice.objects.filter(user=world.lee.user).count() == 3


@pytest.mark.clause("HLP-5")
def test_a_reply_before_the_acknowledgement_is_met_at_the_start(world: World) -> None:
    ticket = raised(world)
    with act_as_staff(SYSTEM):
        reply(ticket.pk, "Hello.", by=world.cora.actor, at=MORNING)
        publish_replies(MORNING + timedelta(seconds=10))
        later = MORNING + timedelta(minutes=20)
        mail = Outbox.objects.get(kind="acknowledgement")
        mail.state, mail.sent_at = "sent", later
        mail.save()
        acknowledgement_accepted(outbox=mail, at=later)
        now = fresh(ticket)
        assert now.clock.met_at == now.clock.started_at == later
        assert now.clock.next_at is None and now.queue_group == Group.OURS


@pytest.mark.clause("HLP-5")
def test_an_automatic_reply_is_no_response(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        publish_now(ticket.pk, "We are closed on Thursday.", by=SYSTEM, at=MORNING)
        now = fresh(ticket)
        assert (now.clock.met_at, now.first_reply_at) == (None, None)
        assert (now.queue_group, now.queue_at) == (Group.CLOCK, now.clock.due_at)


def test_an_internal_note_is_no_response_and_stays_inside(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        note(ticket.pk, "Ask Lee.", by=world.cora.actor, at=MORNING)
        assert fresh(ticket).clock.met_at is None
    with act_as(world.alder.pk):
        assert [message.body for message in Message.objects.all()] == ["I cannot send."]


def test_the_second_editor_sees_a_conflict(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        assign(ticket.pk, to=world.lee.staff, by=world.cora.actor, at=MORNING, seen=ticket.version)
        with pytest.raises(EditConflict):
            assign(ticket.pk, to=None, by=world.lee.actor, at=MORNING, seen=ticket.version)
        assert fresh(ticket).assignee_id == world.lee.staff.pk


@pytest.mark.clause("HLP-5")
def test_a_client_reply_reopens_within_fourteen_days_and_is_refused_later(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=MORNING)
        reply(ticket.pk, "Done.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
        publish_replies(MORNING + timedelta(seconds=10))
        assert fresh(ticket).state == State.RESOLVED
    again = MORNING + timedelta(days=10)
    with act_as(world.alder.pk):
        add_client_message(ticket.pk, "Still broken.", author=world.ben.membership, by=world.ben.actor, at=again)
    with act_as_staff(world.cora.actor):
        now = fresh(ticket)
        assert (now.state, now.queue_group) == (State.ACKNOWLEDGED, Group.OURS)
        assert ResponseClock.objects.count() == 1
        with pytest.raises(Refused, match="Accept"):
            change_state(ticket.pk, State.IN_PROGRESS, by=world.cora.actor, at=again)
        accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=again)
        change_state(ticket.pk, State.RESOLVED, by=world.cora.actor, at=again)
        assert close_resolved(again + timedelta(days=14)) == 1
        assert fresh(ticket).state == State.CLOSED
        with pytest.raises(Refused, match="14 days"):
            reopen(ticket.pk, by=world.cora.actor, at=again + timedelta(days=15))


def test_a_withdrawn_message_is_kept_and_leaves_the_clients_view(world: World) -> None:
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        message = reply(ticket.pk, "Wrong client!", by=world.cora.actor, at=MORNING)
        publish_replies(MORNING + timedelta(seconds=10))
        with pytest.raises(Refused, match="why"):
            withdraw_message(message.pk, reason=" ", by=world.cora.actor, at=MORNING)
        withdraw_message(message.pk, reason="meant for somebody else", by=world.cora.actor, at=MORNING)
        assert Message.objects.get(pk=message.pk).body == "Wrong client!"
        assert fresh(ticket).clock.met_at is not None
    with act_as(world.alder.pk):
        assert not Message.objects.filter(pk=message.pk).exists()


@pytest.mark.clause("HLP-5")
def test_the_sweeps_are_registered() -> None:
    assert {"response clocks", "replies to publish", "resolved requests"} <= set(jobs.load())
