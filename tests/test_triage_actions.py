"""Merge, link, split, snooze, marks and decline as the database keeps them (D24)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import Alarm, AuditEvent, Notice, Outbox
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tests.tickets import acknowledged, fresh, publish_now, raised
from tickets.actions import merging, triage, work
from tickets.actions.base import EditConflict, lock, settle
from tickets.actions.intake import add_client_message
from tickets.actions.watch import publish_replies, watch_clocks
from tickets.models import Message, ResponseClock, Tag, Ticket, TicketLink
from tickets.queries.access import tickets_for_client
from tickets.queries.related import related
from tickets.rules.states import Group, LinkKind, Priority, State

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = MORNING + HOUR


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(LATER)


def events(ticket: Ticket) -> list[str]:
    return list(AuditEvent.objects.filter(subject_type="ticket", subject_id=ticket.pk).values_list("kind", flat=True))


def answered(world: World) -> Ticket:
    """A request whose clock has been met, so that nothing is promised any more."""
    ticket = acknowledged(world)
    publish_now(ticket.pk, "We are looking at it.", by=world.cora.actor, at=MORNING)
    return fresh(ticket)


class TestMerge:
    def merged(self, world: World, **changes: Any) -> tuple[Ticket, Ticket]:
        """An older request of Ann's merged into Ben's newer one."""
        old = acknowledged(world, MORNING - HOUR, who=world.ann, **changes)
        new = acknowledged(world, MORNING)
        merging.merge(old.pk, into_id=new.pk, by=world.cora.actor, at=LATER)
        return fresh(old), fresh(new)

    def test_the_earliest_unmet_due_time_orders_what_is_left(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            old, new = self.merged(world)
            assert (new.queue_group, new.queue_at) == (Group.CLOCK, old.clock.due_at)
            assert (old.state, old.queue_group, old.merged_into_id) == (State.MERGED, Group.ENDED, new.pk)
            assert old.clock.met_at is None and new.clock.due_at > old.clock.due_at
            assert events(old)[-1] == "request merged" and events(new)[-1] == "request joined"

    def test_messages_and_clocks_stay_with_their_origin(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            old, new = self.merged(world)
            assert Message.objects.filter(ticket=old).count() == 1 == Message.objects.filter(ticket=new).count()
            assert ResponseClock.objects.filter(ticket__in=[old, new]).count() == 2

    def test_one_answer_meets_both_clocks_and_is_delivered_to_both(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            old, new = self.merged(world)
            publish_now(new.pk, "Here is how.", by=world.cora.actor, at=LATER)
            assert fresh(old).clock.met_at == LATER == fresh(new).clock.met_at
            assert fresh(old).first_reply_at == LATER and fresh(new).queue_group == Group.OURS
            told = Outbox.objects.filter(kind="reply").values_list("to_email", flat=True)
            assert sorted(told) == ["ann@example.org", "ben@example.org"]
            assert events(old)[-1] == "answered with another"

    def test_one_person_who_asked_twice_gets_one_answer(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            first, second = acknowledged(world), acknowledged(world)
            merging.merge(first.pk, into_id=second.pk, by=world.cora.actor, at=LATER)
            publish_now(second.pk, "Here is how.", by=world.cora.actor, at=LATER)
            assert Outbox.objects.filter(kind="reply").count() == 1

    def test_the_merged_clock_is_still_watched_and_its_breach_its_own(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            old, new = self.merged(world)
            between = old.clock.due_at + timedelta(minutes=1)
            assert between < new.clock.due_at
            watch_clocks(between)
            assert fresh(old).clock.breached_at == old.clock.due_at and fresh(new).clock.breached_at is None
            publish_now(new.pk, "Sorry for the wait.", by=world.cora.actor, at=between)
            assert not Alarm.objects.filter(cleared_at__isnull=True).exists()
            assert fresh(old).clock.breached_at == old.clock.due_at

    def test_both_requesters_see_where_it_is_answered(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            mine, hers = acknowledged(world), acknowledged(world, who=world.ann)
            merging.merge(mine.pk, into_id=hers.pk, by=world.cora.actor, at=LATER)
        with act_as(world.alder.pk):
            assert {one.pk for one in tickets_for_client(world.ben.actor)} == {mine.pk, hers.pk}

    def test_undone_it_stands_where_it_stood(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            mine, hers = acknowledged(world), acknowledged(world, who=world.ann)
            merging.merge(mine.pk, into_id=hers.pk, by=world.cora.actor, at=LATER)
            merging.unmerge(mine.pk, by=world.lee.actor, at=LATER + HOUR)
            back = fresh(mine)
            assert (back.state, back.merged_into_id, back.merged_state) == (State.ACKNOWLEDGED, None, "")
            assert (back.queue_group, back.queue_at) == (Group.CLOCK, back.clock.due_at)
            assert fresh(hers).queue_at == hers.clock.due_at
        with act_as(world.alder.pk):
            assert {one.pk for one in tickets_for_client(world.ben.actor)} == {mine.pk}

    def test_after_an_hour_or_twice_it_cannot_be_undone(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            old, _ = self.merged(world)
            with pytest.raises(Refused):
                merging.unmerge(old.pk, by=world.cora.actor, at=LATER + HOUR + timedelta(seconds=1))
            merging.unmerge(old.pk, by=world.cora.actor, at=LATER)
            with pytest.raises(Refused):
                merging.unmerge(old.pk, by=world.cora.actor, at=LATER)

    def test_clients_are_never_mixed(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ours, theirs = acknowledged(world), acknowledged(world, who=world.bea)
            with pytest.raises(Refused):
                merging.merge(ours.pk, into_id=theirs.pk, by=world.cora.actor, at=LATER)
            with pytest.raises(IntegrityError), transaction.atomic():
                Ticket.objects.filter(pk=ours.pk).update(merged_into=theirs)

    def test_a_chain_of_merges_is_refused(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            _, new = self.merged(world)
            third = acknowledged(world)
            with pytest.raises(Refused):
                merging.merge(new.pk, into_id=third.pk, by=world.cora.actor, at=LATER)

    def test_clients_cannot_merge_and_an_old_page_is_a_conflict(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            one, two = acknowledged(world), acknowledged(world)
            with pytest.raises(Refused):
                merging.merge(one.pk, into_id=two.pk, by=world.ann.actor, at=LATER)
            with pytest.raises(EditConflict):
                merging.merge(one.pk, into_id=two.pk, by=world.cora.actor, at=LATER, seen=one.version - 1)

    def test_nobody_merges_or_declines_by_the_menu_of_states(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            one = acknowledged(world)
            for state in (State.MERGED, State.DECLINED):
                with pytest.raises(Refused):
                    work.change_state(one.pk, state, by=world.cora.actor, at=LATER)


class TestSnooze:
    def snoozed(self, world: World, until: datetime = LATER + HOUR) -> Ticket:
        ticket = answered(world)
        triage.snooze(ticket.pk, until=until, reason="The part comes on Thursday.", by=world.cora.actor, at=LATER)
        return fresh(ticket)

    def test_it_waits_until_its_time_and_comes_back_with_a_notice(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = self.snoozed(world)
            assert (ticket.queue_group, ticket.queue_at) == (Group.WAITING, LATER + HOUR)
            work.assign(ticket.pk, to=world.cora.staff, by=world.lee.actor, at=LATER)
            assert triage.wake_snoozed(LATER + HOUR - timedelta(seconds=1)) == 0
            assert triage.wake_snoozed(LATER + 3 * HOUR) == 1 and triage.wake_snoozed(LATER + 3 * HOUR) == 0
            back = fresh(ticket)
            assert (back.queue_group, back.snoozed_until, back.snooze_reason) == (Group.OURS, None, "")
            told = Notice.objects.get(kind="snooze")
            assert told.user_id == world.cora.user.pk and told.at == LATER + HOUR
            assert AuditEvent.objects.get(kind="snooze ended").at == LATER + HOUR

    @pytest.mark.clause("HLP-5")
    def test_a_running_promise_cannot_be_snoozed_not_even_round_the_action(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            with pytest.raises(Refused):
                triage.snooze(ticket.pk, until=LATER + HOUR, reason="Later.", by=world.cora.actor, at=LATER)
            with pytest.raises(IntegrityError, match="tickets_d24_snooze_hides_no_clock"), transaction.atomic():
                Ticket.objects.filter(pk=ticket.pk).update(snoozed_until=LATER, snooze_reason="Hidden.")

    def test_a_snooze_needs_its_reason(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = answered(world)
            with pytest.raises(Refused):
                triage.snooze(ticket.pk, until=LATER + HOUR, reason=" ", by=world.cora.actor, at=LATER)

    def test_the_clients_word_wakes_it(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = self.snoozed(world)
        with act_as(world.alder.pk):
            add_client_message(ticket.pk, "Hello?", author=world.ben.membership, by=world.ben.actor, at=LATER)
        with act_as_staff(SYSTEM):
            assert (fresh(ticket).queue_group, fresh(ticket).snoozed_until) == (Group.OURS, None)

    def test_a_promise_merged_into_it_wakes_it(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket, urgent = self.snoozed(world), acknowledged(world)
            merging.merge(urgent.pk, into_id=ticket.pk, by=world.cora.actor, at=LATER)
            assert (fresh(ticket).queue_group, fresh(ticket).snoozed_until) == (Group.CLOCK, None)

    def test_a_finished_request_is_not_snoozed_any_more(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = self.snoozed(world)
            work.change_state(ticket.pk, State.RESOLVED, by=world.cora.actor, at=LATER)
            assert fresh(ticket).snoozed_until is None

    def test_it_can_be_taken_up_early_once(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = self.snoozed(world)
            triage.end_snooze(ticket.pk, by=world.cora.actor, at=LATER)
            assert fresh(ticket).queue_group == Group.OURS
            with pytest.raises(Refused):
                triage.end_snooze(ticket.pk, by=world.cora.actor, at=LATER)


class TestSplit:
    def test_a_second_matter_gets_its_own_acknowledgement_and_no_clock_before_it(self, world: World) -> None:
        ticket = acknowledged(world)
        with act_as(world.alder.pk):
            also = add_client_message(
                ticket.pk, "And the printer hums.", author=world.ann.membership, by=world.ann.actor, at=MORNING
            )
        with act_as_staff(SYSTEM):
            new = triage.split(
                ticket.pk, message_ids=[also.pk], subject="The printer hums", by=world.cora.actor, at=LATER
            )
            assert (new.client_id, new.requester_id) == (ticket.client_id, world.ann.membership.pk)
            assert (new.state, new.split_from_id, new.received_at) == (State.RECEIVED, ticket.pk, LATER)
            assert not ResponseClock.objects.filter(ticket=new).exists()
            assert Outbox.objects.get(kind="acknowledgement", about_id=new.pk).to_email == "ann@example.org"
            copied = Message.objects.get(ticket=new)
            assert (copied.body, copied.written_at, copied.author_label) == (also.body, MORNING, "Ann Archer")
            assert Message.objects.filter(ticket=ticket).count() == 2
            assert fresh(ticket).clock.met_at is None

    @pytest.mark.parametrize("which", ["none", "a stranger's", "a note"])
    def test_only_the_clients_own_messages_of_this_request_can_be_split_off(self, world: World, which: str) -> None:
        with act_as_staff(SYSTEM):
            ticket, other = acknowledged(world), acknowledged(world, who=world.bea)
            chosen = {
                "none": [],
                "a stranger's": [Message.objects.get(ticket=other).pk],
                "a note": [rows.message(ticket, shown=False).pk],
            }[which]
            with pytest.raises(Refused):
                triage.split(ticket.pk, message_ids=chosen, subject="New", by=world.cora.actor, at=LATER)

    def test_what_is_split_off_a_confidential_request_stays_confidential(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world, confidential=True)
            first = Message.objects.get(ticket=ticket)
            new = triage.split(ticket.pk, message_ids=[first.pk], subject="New", by=world.cora.actor, at=LATER)
            assert new.visibility == "confidential"


class TestDecline:
    SENTENCE = "We do not repair printers; your supplier does."

    def test_a_persons_sentence_declines_and_answers(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            triage.decline(ticket.pk, self.SENTENCE, by=world.cora.actor, at=LATER)
            assert fresh(ticket).state == State.ACKNOWLEDGED and fresh(ticket).clock.met_at is None
            sent = LATER + timedelta(seconds=10)
            publish_replies(sent)
            assert (fresh(ticket).state, fresh(ticket).clock.met_at) == (State.DECLINED, sent)
            assert self.SENTENCE in Outbox.objects.get(kind="reply").text

    def test_without_a_sentence_nothing_is_declined(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            with pytest.raises(Refused):
                triage.decline(ticket.pk, "No.", by=world.cora.actor, at=LATER)
            assert not Message.objects.filter(ticket=ticket, kind="reply").exists()


class TestMarksAndLinks:
    def test_priority_and_tags_move_no_promise(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            triage.mark(ticket.pk, priority=Priority.HIGH, tags=["vip", "mail"], by=world.cora.actor, at=LATER)
            after = fresh(ticket)
            assert (after.priority, after.tags, after.queue_at) == ("high", ["vip", "mail"], ticket.queue_at)
            triage.mark(ticket.pk, priority=Priority.LOW, tags=["vip"], by=world.cora.actor, at=LATER)
            assert sorted(Tag.objects.values_list("label", flat=True)) == ["mail", "vip"]

    def test_links_are_seen_from_both_ends_and_made_once(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            one, two = acknowledged(world), acknowledged(world, who=world.ann)
            made = merging.link(one.pk, other_id=two.pk, kind=LinkKind.CAUSED_BY, by=world.cora.actor, at=LATER)
            assert [(row.how, row.ticket.pk) for row in related(fresh(one))] == [("caused_by", two.pk)]
            assert [(row.how, row.ticket.pk) for row in related(fresh(two))] == [("causes", one.pk)]
            with pytest.raises(Refused):
                merging.link(one.pk, other_id=two.pk, kind=LinkKind.RELATED, by=world.cora.actor, at=LATER)
            merging.unlink(two.pk, link_id=made.pk, by=world.cora.actor, at=LATER)
            assert not TicketLink.objects.exists()

    def test_links_stay_inside_a_client(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ours, theirs = acknowledged(world), acknowledged(world, who=world.bea)
            with pytest.raises(Refused):
                merging.link(ours.pk, other_id=theirs.pk, kind=LinkKind.RELATED, by=world.cora.actor, at=LATER)
            with pytest.raises(IntegrityError), transaction.atomic():
                TicketLink.objects.create(
                    client_id=ours.client_id, ticket=ours, other=theirs, kind="related", added_by="x", added_at=LATER
                )

    def test_other_open_requests_of_the_requester_are_named(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            one, two = acknowledged(world), raised(world)
            raised(world, who=world.ann)
            assert [(row.how, row.ticket.pk) for row in related(fresh(one))] == [("asked", two.pk)]


def test_a_client_may_wake_but_never_snooze(world: World) -> None:
    """The client's own act clears the snooze by the columns it may write; the constraint holds there too."""
    ticket = acknowledged(world)
    with act_as(world.alder.pk):
        locked = lock(ticket.pk)
        locked.snoozed_until, locked.snooze_reason = LATER, "I say so."
        settle(locked, due_at=locked.queue_at)
        assert fresh(ticket).snoozed_until is None
