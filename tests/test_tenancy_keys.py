"""Keys and triggers: what the database itself refuses, whoever asks and whichever way round the application."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from portal.actors import SYSTEM
from portal.models import Membership, Staff
from portal.rules.states import Role
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import BEGAN, MORNING, SINCE
from tickets.models import Attachment, Message, Ticket


@pytest.fixture
def across(world):
    """A request of Alder's and one of Birch's, with the staff's rights."""
    with act_as_staff(SYSTEM):
        yield (
            rows.acknowledged(world, world.ann.membership),
            rows.acknowledged(world, world.bea.membership),
        )


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """Expect the database to refuse in the name of this constraint."""
    with pytest.raises(IntegrityError) as caught:
        yield
    assert constraint in caught.value.__cause__.diag.constraint_name


class TestRowsNeverPointAcrossClients:
    def test_a_message_on_another_clients_request(self, world, across):
        with refused("tickets_message_ticket_id_same_client"), transaction.atomic():
            rows.message(across[1], client_id=world.alder.pk)

    def test_a_request_by_another_clients_person(self, world, across):
        with refused("tickets_ticket_requester_id_same_client"), transaction.atomic():
            rows.ticket(world, world.bea.membership, client_id=world.alder.pk)

    def test_a_request_merged_into_another_clients(self, across):
        with refused("tickets_ticket_merged_into_id_same_client"), transaction.atomic():
            Ticket.objects.filter(pk=across[0].pk).update(merged_into=across[1])

    def test_a_request_moved_to_another_client(self, world, across):
        with refused("same_client"), transaction.atomic():
            Ticket.objects.filter(pk=across[0].pk).update(client_id=world.birch.pk)

    def test_a_manager_of_another_client_delegates(self, world):
        with refused("portal_membership_delegated_by_id_same_client"), act_as_staff(SYSTEM):
            Membership.objects.filter(pk=world.ben.membership.pk).update(
                role=Role.MANAGER, valid_to=date(2027, 1, 1), delegated_by=world.bea.membership
            )

    def test_a_client_cannot_write_on_anothers_request_by_its_number(self, world, across):
        with refused("tickets_message_ticket_id_same_client"), act_as(world.alder.pk):
            rows.message(across[1], client_id=world.alder.pk)


class TestFilesFollowTheirMessage:
    def test_a_withdrawn_message_hides_its_files(self, world, across):
        said = rows.message(across[0])
        file = rows.attachment(said)
        Message.objects.filter(pk=said.pk).update(
            client_visible=False, withdrawn_at=MORNING, withdrawn_by="Cora Carter", withdrawn_reason="wrong file"
        )
        assert not Attachment.objects.get(pk=file.pk).client_visible
        with act_as(world.alder.pk):
            assert not Attachment.objects.exists()

    def test_a_file_cannot_be_shown_alone(self, across):
        note = rows.message(across[0], shown=False)
        with refused("tickets_attachment_message_id_same_client"), transaction.atomic():
            rows.attachment(note, client_visible=True)


@pytest.mark.clause("HLP-5")
class TestAClockNeedsItsAcknowledgement:
    def test_there_is_none_without(self, world):
        with refused("tickets_hlp5_clock_needs_acknowledgement"), act_as_staff(SYSTEM):
            rows.clock_of(world, rows.ticket(world, world.ann.membership), MORNING)

    def test_it_starts_at_that_very_instant(self, world, across):
        with refused("tickets_hlp5_clock_needs_acknowledgement"), transaction.atomic():
            rows.clock_of(world, across[0], MORNING + timedelta(seconds=1))
        assert rows.clock_of(world, across[0], MORNING).pk

    def test_the_acknowledgement_cannot_be_moved_afterwards(self, world, across):
        rows.clock_of(world, across[0], MORNING)
        with refused("tickets_hlp5_clock_needs_acknowledgement"), transaction.atomic():
            Ticket.objects.filter(pk=across[0].pk).update(acknowledged_at=MORNING + timedelta(hours=1))


@pytest.mark.clause("CMP-6")
class TestWorkNeedsAnNda:
    ACCEPTANCE = {"state": "accepted", "kind": "fault", "accepted_at": MORNING}

    def accept(self, ticket, person, **more):
        change = {**self.ACCEPTANCE, "accepted_by": person.staff, **more}
        return Ticket.objects.filter(pk=ticket.pk).update(**change)

    def test_no_acceptance_without_one(self, world, across):
        with refused("tickets_cmp6_acceptor_has_nda"), transaction.atomic():
            self.accept(across[0], world.dev)
        assert self.accept(across[0], world.cora) == 1

    def test_no_assignment_without_one(self, world, across):
        tickets = Ticket.objects.filter(pk=across[0].pk)
        with refused("tickets_cmp6_assignee_has_nda"), transaction.atomic():
            tickets.update(assignee=world.dev.staff, assigned_at=MORNING)
        assert tickets.update(assignee=world.lee.staff, assigned_at=MORNING) == 1

    def test_a_new_row_is_judged_too(self, world):
        with refused("tickets_cmp6_assignee_has_nda"), act_as_staff(SYSTEM):
            rows.ticket(world, world.ann.membership, assignee=world.dev.staff, assigned_at=MORNING)

    def test_the_rows_own_instant_counts(self, world, across):
        world.cora.staff.ndas.update(valid_from=MORNING.date())
        with refused("tickets_cmp6_acceptor_has_nda"), transaction.atomic():
            self.accept(across[0], world.cora, accepted_at=MORNING - timedelta(days=1))
        assert self.accept(across[0], world.cora) == 1

    def test_an_expired_one_stops_new_work_only(self, world, across):
        self.accept(across[0], world.cora)
        world.cora.staff.ndas.update(valid_to=SINCE + timedelta(days=1))
        assert Ticket.objects.filter(pk=across[0].pk).update(state="in_progress", accepted_by=world.cora.staff) == 1
        with refused("tickets_cmp6_acceptor_has_nda"), transaction.atomic():
            self.accept(across[1], world.cora)

    def test_it_holds_inside_a_client_scope_as_well(self, world):
        with refused("tickets_cmp6_assignee_has_nda"), act_as(world.alder.pk):
            rows.ticket(world, world.ann.membership, assignee_id=world.dev.staff.pk, assigned_at=MORNING)


class TestNobodyIsStaffAndClient:
    def join(self, world, person, **more):
        return Membership.objects.create(
            client=world.birch, user=person.user, address=person.address, label=person.user.name,
            email=person.user.email, role=Role.AUTHOR, valid_from=SINCE, invited_at=BEGAN, **more,
        )  # fmt: skip

    def test_staff_cannot_join_a_client(self, world):
        with refused("portal_nobody_is_both_staff_and_client"), act_as_staff(SYSTEM):
            self.join(world, world.cora)

    def test_a_clients_person_cannot_join_the_staff(self, world):
        ann = world.ann
        with refused("portal_nobody_is_both_staff_and_client"), act_as_staff(SYSTEM):
            Staff.objects.create(
                user=ann.user, address=ann.address, label="Ann", email="a@example.org", valid_from=SINCE
            )

    def test_a_leaver_may_work_for_a_client_afterwards(self, world):
        with act_as_staff(SYSTEM):
            Staff.objects.filter(pk=world.cora.staff.pk).update(valid_to=SINCE)
            assert self.join(world, world.cora).pk
        with refused("portal_nobody_is_both_staff_and_client"), act_as_staff(SYSTEM):
            Staff.objects.filter(pk=world.cora.staff.pk).update(valid_to=None)
