"""A client's managers change who belongs to the client; staff do by their own rules."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction

from portal.actions.people import change_role, delegate_management, end_membership, invite_member
from portal.errors import Refused
from portal.models import Client, Invitation, Membership, User
from portal.queries.people import contract_day
from portal.rules.states import ClientState, Role
from portal.tenancy import act_as
from portal.tenancy.door import entry_for
from tests.cast import MORNING
from tests.people import audited, mails_to, overview

TODAY = date(2026, 11, 24)


def invite(world, by, client=None, email="nia@example.org", role=Role.AUTHOR):
    client = client or world.alder
    return invite_member(client_id=client.pk, email=email, name="Nia Nolan", role=role, by=by, at=MORNING)


class TestInviting:
    def test_a_manager_invites_an_author_by_mail(self, world):
        row = invite(world, world.ann.actor, email="Nia@Example.org")
        assert (row.email, row.role, row.valid_from, row.joined_at) == ("nia@example.org", "author", TODAY, None)
        assert [mail.kind for mail in mails_to("nia@example.org")] == ["invitation"]

    def test_the_mail_holds_no_link_in_plain(self, world):
        invite(world, world.ann.actor)
        (mail,) = mails_to("nia@example.org")
        with overview():
            hashes = list(Invitation.objects.filter(user__email="nia@example.org").values_list("token_hash", flat=True))
        assert "/accounts/invitation/" not in mail.text
        assert len(hashes) == 1
        assert len(hashes[0]) == 64

    def test_it_leaves_an_event_that_the_client_sees(self, world):
        row = invite(world, world.ann.actor)
        (event,) = audited("member invited")
        assert (event.client_id, event.actor_user_id, event.subject_id, event.client_visible) == (
            world.alder.pk,
            world.ann.user.pk,
            row.pk,
            True,
        )

    def test_it_works_inside_the_client_s_own_scope(self, world):
        with act_as(world.alder.pk):
            invite(world, world.ann.actor)
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                User.objects.count()

    @pytest.mark.parametrize("who", ["ben", "bill", "bea", "cora", "dev"])
    def test_nobody_else_invites(self, world, who):
        with pytest.raises(Refused):
            invite(world, getattr(world, who).actor)
        assert mails_to("nia@example.org") == []

    def test_a_lead_invites_an_author_but_no_later_manager(self, world):
        assert invite(world, world.lee.actor).role == "author"
        with pytest.raises(Refused, match="evidence and a second person"):
            invite(world, world.lee.actor, email="max@example.org", role=Role.MANAGER)

    def test_somebody_known_joins_at_once_and_is_told_without_a_link(self, world):
        row = invite(world, world.ann.actor, email="bea@example.org")
        assert (row.joined_at, row.label) == (MORNING, "Bea Brewer")
        assert [mail.kind for mail in mails_to("bea@example.org")] == ["new_place"]
        assert entry_for(world.bea.user.pk, "alder", MORNING).actor.role == "author"

    def test_nobody_is_invited_twice_to_the_same_role(self, world):
        invite(world, world.ann.actor)
        with pytest.raises(Refused, match="already has this role"):
            invite(world, world.ann.actor)

    def test_staff_cannot_become_a_client_s_person(self, world):
        with pytest.raises(Refused, match="nobody is both staff and client"):
            invite(world, world.ann.actor, email="cora@example.org")

    def test_a_suspended_client_s_people_stay_as_they_are(self, world):
        with overview():
            Client.objects.filter(pk=world.alder.pk).update(state=ClientState.SUSPENDED)
        with pytest.raises(Refused, match="suspended"):
            invite(world, world.ann.actor)


class TestLeaving:
    def end(self, world, person, by=None, client=None):
        return end_membership(
            membership_id=person.membership.pk,
            client_id=(client or world.alder).pk,
            reason="Left the company",
            by=by or world.ann.actor,
            at=MORNING,
        )

    def test_an_author_leaves_today(self, world):
        row = self.end(world, world.ben)
        assert (row.valid_to, row.end_reason) == (TODAY, "Left the company")
        assert entry_for(world.ben.user.pk, "alder", MORNING) is None
        assert len(audited("member ended", client_visible=True)) == 1

    def test_the_last_manager_leaves_only_with_a_successor(self, world):
        with pytest.raises(Refused, match="last manager of Alder Architects"):
            self.end(world, world.ann)
        assert entry_for(world.ann.user.pk, "alder", MORNING) is not None

    def test_a_manager_who_was_only_invited_is_no_successor(self, world):
        invite(world, world.ann.actor, role=Role.MANAGER)
        with pytest.raises(Refused, match="once they have accepted"):
            self.end(world, world.ann)

    def test_with_a_successor_the_manager_may_go(self, world):
        invite(world, world.ann.actor, email="bea@example.org", role=Role.MANAGER)
        assert self.end(world, world.ann).valid_to == TODAY

    def test_a_stranger_s_person_is_not_there(self, world):
        with pytest.raises(Refused, match="no such person at Alder"):
            self.end(world, world.bea)

    def test_a_manager_ends_nothing_at_another_client(self, world):
        with pytest.raises(Refused, match="Only a manager of your organisation"):
            self.end(world, world.bea, client=world.birch)

    def test_nobody_leaves_twice(self, world):
        self.end(world, world.ben)
        with pytest.raises(Refused, match="already left"):
            self.end(world, world.ben)

    def test_an_open_invitation_stops_working(self, world):
        row = invite(world, world.ann.actor)
        end_membership(
            membership_id=row.pk, client_id=world.alder.pk, reason="A mistake", by=world.ann.actor, at=MORNING
        )
        with overview():
            assert Invitation.objects.get(user=row.user).revoked_at == MORNING


class TestRoles:
    def change(self, world, person, role, by=None):
        return change_role(
            membership_id=person.membership.pk,
            client_id=world.alder.pk,
            role=role,
            by=by or world.ann.actor,
            at=MORNING,
        )

    def test_an_author_becomes_manager_from_today(self, world):
        row = self.change(world, world.ben, Role.MANAGER)
        assert (row.valid_from, row.joined_at is not None) == (TODAY, True)
        with overview():
            old = Membership.objects.get(pk=world.ben.membership.pk)
        assert (old.valid_to, old.end_reason) == (TODAY, "became manager")

    def test_there_and_back_on_one_day_is_possible(self, world):
        row = self.change(world, world.ben, Role.BILLING)
        back = change_role(
            membership_id=row.pk, client_id=world.alder.pk, role=Role.AUTHOR, by=world.ann.actor, at=MORNING
        )
        assert back.role == "author"

    def test_the_last_manager_keeps_the_role(self, world):
        with pytest.raises(Refused, match="last manager"):
            self.change(world, world.ann, Role.AUTHOR)

    def test_staff_make_nobody_manager_alone(self, world):
        with pytest.raises(Refused, match="second person"):
            self.change(world, world.ben, Role.MANAGER, by=world.lee.actor)

    def test_it_is_in_the_record(self, world):
        self.change(world, world.ben, Role.BILLING)
        assert len(audited("member's role changed", client_id=world.alder.pk)) == 1


class TestStandingIn:
    def delegate(self, world, first=TODAY, last=TODAY + timedelta(days=6), by=None, to=None):
        return delegate_management(
            client_id=world.alder.pk,
            to_membership_id=(to or world.ben).membership.pk,
            first_day=first,
            last_day=last,
            by=by or world.ann.actor,
            at=MORNING,
        )

    def test_ben_is_manager_on_those_days_and_author_afterwards(self, world):
        row = self.delegate(world)
        assert (row.valid_to, row.delegated_by_id) == (date(2026, 12, 1), world.ann.membership.pk)
        roles = [entry_for(world.ben.user.pk, "alder", MORNING + timedelta(days=n)).actor.role for n in (0, 6, 7)]
        assert roles == ["manager", "manager", "author"]

    def test_whoever_stands_in_changes_no_people(self, world):
        self.delegate(world)
        stand_in = entry_for(world.ben.user.pk, "alder", MORNING).actor
        with pytest.raises(Refused, match="You stand in"):
            invite(world, stand_in)

    def test_it_ends_when_the_manager_leaves(self, world):
        self.delegate(world)
        invite(world, world.ann.actor, email="bea@example.org", role=Role.MANAGER)
        end_membership(
            membership_id=world.ann.membership.pk,
            client_id=world.alder.pk,
            reason="Retired",
            by=world.ann.actor,
            at=MORNING,
        )
        assert entry_for(world.ben.user.pk, "alder", MORNING).actor.role == "author"

    @pytest.mark.parametrize(
        ("first", "last"),
        [(TODAY - timedelta(days=1), TODAY), (TODAY, TODAY - timedelta(days=1))],
        ids=["begun yesterday", "ended before it began"],
    )
    def test_days_that_make_no_sense_are_refused(self, world, first, last):
        with pytest.raises(Refused, match="Choose a first day"):
            self.delegate(world, first=first, last=last)

    def test_the_same_days_are_not_given_twice(self, world):
        self.delegate(world)
        with pytest.raises(Refused, match="already a manager"):
            self.delegate(world)

    def test_staff_cannot_delegate_a_client_s_management(self, world):
        with pytest.raises(Refused):
            self.delegate(world, by=world.ada.actor)

    def test_the_database_wants_a_last_day(self, world):
        with overview():
            assert contract_day(MORNING) == TODAY
            row = Membership(
                client=world.alder,
                user=world.ben.user,
                address=world.ben.address,
                label="Ben Baker",
                email="ben@example.org",
                role=Role.MANAGER,
                valid_from=TODAY,
                delegated_by=world.ann.membership,
                invited_at=MORNING,
            )
            with pytest.raises(Exception, match="portal_membership_delegation_is_dated"), transaction.atomic():
                row.save()
