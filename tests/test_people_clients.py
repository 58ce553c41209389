"""Clients: creating, renaming, suspending, tenants, entitlements, and a manager appointed by staff."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from portal import events
from portal.actions import appointments, approvals
from portal.actions.clients import (
    add_tenant,
    create_client,
    end_entitlement,
    record_entitlement,
    rename_client,
    resume_client,
    suspend_client,
)
from portal.errors import Refused
from portal.models import Approval, Client, ClientName, Membership, Terms
from portal.queries.clients import client_page, open_approvals
from portal.rules.states import ApprovalState, ClientState, EntitlementKind
from tests.cast import MORNING
from tests.people import audited, mails_to, overview

TODAY = date(2026, 11, 24)


def create(world, by=None, slug="cedar"):
    return create_client(
        name="Cedar & Co Ltd",
        slug=slug,
        manager_name="Cid Cole",
        manager_email="cid@example.org",
        by=by or world.lee.actor,
        at=MORNING,
    )


class TestCreating:
    def test_a_client_comes_with_its_first_manager_invited(self, world):
        client = create(world)
        with overview():
            row = Membership.objects.get(client=client)
            assert ClientName.objects.get(client=client).valid_from == TODAY
        assert (row.role, row.email) == ("manager", "cid@example.org")
        assert [mail.kind for mail in mails_to("cid@example.org")] == ["invitation"]
        assert len(audited("client created", client_id=client.pk)) == 1

    @pytest.mark.parametrize("who", ["cora", "dev", "ann"])
    def test_agents_and_clients_create_none(self, world, who):
        with pytest.raises(Refused, match="Only staff of the grade admin or lead"):
            create(world, by=getattr(world, who).actor)

    def test_a_short_name_is_taken_once(self, world):
        with pytest.raises(Refused, match="already taken"):
            create(world, slug="alder")
        assert mails_to("cid@example.org") == []


class TestNames:
    def test_the_old_name_is_kept_with_its_dates(self, world):
        client = create(world)
        later = MORNING + timedelta(days=10)
        rename_client(client_id=client.pk, name="Cedar Group", by=world.lee.actor, at=later)
        with overview():
            names = list(
                ClientName.objects.filter(client=client).order_by("id").values_list("name", "valid_from", "valid_to")
            )
        assert names == [("Cedar & Co Ltd", TODAY, date(2026, 12, 4)), ("Cedar Group", date(2026, 12, 4), None)]

    def test_two_names_on_one_day_leave_the_last(self, world):
        client = create(world)
        for name in ("Cedar A", "Cedar B"):
            rename_client(client_id=client.pk, name=name, by=world.lee.actor, at=MORNING)
        with overview():
            assert ClientName.objects.get(client=client, valid_to=None).name == "Cedar B"

    def test_the_same_name_again_is_refused(self, world):
        with pytest.raises(Refused, match="already the name"):
            rename_client(client_id=world.alder.pk, name="Alder Architects", by=world.lee.actor, at=MORNING)


class TestSuspending:
    def test_a_suspended_client_reads_and_posts_nothing(self, world, as_user):
        suspend_client(client_id=world.alder.pk, reason="Please call us.", by=world.lee.actor, at=MORNING)
        browser = as_user(world.ann)
        assert browser.get("/c/alder/people/").status_code == 200
        assert browser.post("/c/alder/people/invite/", {}).status_code == 403

    def test_it_can_be_lifted(self, world):
        suspend_client(client_id=world.alder.pk, reason="r", by=world.lee.actor, at=MORNING)
        client = resume_client(client_id=world.alder.pk, reason="paid", by=world.lee.actor, at=MORNING)
        assert (client.state, client.suspended_reason) == (ClientState.ACTIVE, "")
        assert [len(audited(kind)) for kind in ("client suspended", "client resumed")] == [1, 1]

    def test_an_active_client_cannot_be_resumed(self, world):
        with pytest.raises(Refused, match="cannot become active"):
            resume_client(client_id=world.alder.pk, reason="r", by=world.lee.actor, at=MORNING)


class TestWhatTheyHold:
    def record(self, world, start=TODAY, end=None, kind=EntitlementKind.SUPPORT, product=None):
        return record_entitlement(
            client_id=world.alder.pk,
            kind=kind,
            product=product,
            valid_from=start,
            valid_to=end,
            source="order of 3 March",
            by=world.lee.actor,
            at=MORNING,
        )

    @pytest.mark.clause("HLP-4")
    def test_support_is_recorded_with_its_source_and_told_upwards(self, world, monkeypatch):
        told = []
        monkeypatch.setitem(events.HANDLERS, "entitlement changed", [lambda **facts: told.append(facts["entitlement"])])
        row = self.record(world)
        assert told == [row]
        assert (row.source, row.recorded_by) == ("order of 3 March", "Lee Lister")

    def test_the_same_days_are_not_recorded_twice(self, world):
        self.record(world, end=TODAY + timedelta(days=30))
        with pytest.raises(Refused, match="already recorded for some of those days"):
            self.record(world, start=TODAY + timedelta(days=29))
        self.record(world, start=TODAY + timedelta(days=30))

    def test_a_product_stands_beside_support(self, world):
        self.record(world)
        self.record(world, kind=EntitlementKind.PRODUCT_HELD, product=world.products["exchange"])

    def test_it_ends_on_a_day_and_only_once(self, world):
        row = self.record(world)
        given = {"client_id": world.alder.pk, "entitlement_id": row.pk, "by": world.lee.actor, "at": MORNING}
        assert end_entitlement(day=TODAY, **given).valid_to == TODAY
        with pytest.raises(Refused, match="already ended"):
            end_entitlement(day=TODAY, **given)

    def test_another_client_s_cannot_be_ended_here(self, world):
        row = self.record(world)
        with pytest.raises(Refused):
            end_entitlement(client_id=world.birch.pk, entitlement_id=row.pk, day=TODAY, by=world.lee.actor, at=MORNING)

    def test_a_tenant_is_recorded_once(self, world):
        given = {
            "client_id": world.alder.pk,
            "directory_id": uuid4(),
            "label": "Main",
            "by": world.lee.actor,
            "at": MORNING,
        }
        assert add_tenant(domain="Alder.OnMicrosoft.com", **given).domain == "alder.onmicrosoft.com"
        with pytest.raises(Refused, match="already recorded"):
            add_tenant(domain="alder.onmicrosoft.com", **given)


class TestAppointing:
    def propose(self, world, by=None):
        return appointments.propose_manager(
            client_id=world.alder.pk,
            name="Max Moor",
            email="Max@example.org",
            evidence="Letter of the board, 20 November, in the file",
            by=by or world.lee.actor,
            at=MORNING,
        )

    def test_a_second_person_confirms_and_the_manager_is_invited(self, world):
        row = self.propose(world)
        assert mails_to("max@example.org") == []
        approvals.confirm(approval_id=row.pk, by=world.ada.actor, at=MORNING)
        with overview():
            member = Membership.objects.get(client=world.alder, email="max@example.org")
        assert (member.role, member.joined_at) == ("manager", None)
        assert [event.client_visible for event in audited("approval confirmed")] == [True]

    def test_the_same_person_cannot_confirm(self, world):
        row = self.propose(world)
        with pytest.raises(Refused, match="you proposed it yourself"):
            approvals.confirm(approval_id=row.pk, by=world.lee.actor, at=MORNING + timedelta(days=2))

    def test_the_database_says_the_same(self, world):
        row = self.propose(world)
        with overview(), pytest.raises(IntegrityError, match="two_people_or_a_day"), transaction.atomic():
            Approval.objects.filter(pk=row.pk).update(
                state=ApprovalState.CONFIRMED, confirmed_by=world.lee.staff, confirmed_at=MORNING + timedelta(days=2)
            )

    def test_under_the_waiting_form_one_person_confirms_after_24_hours(self, world):
        with overview():
            Terms.objects.create(
                version=99,
                published_at=MORNING,
                summary="s",
                parameters={"second_person": "waiting"},
                published_by="Ada",
            )
        row = self.propose(world)
        with pytest.raises(Refused, match="24 hours after"):
            approvals.confirm(approval_id=row.pk, by=world.lee.actor, at=MORNING + timedelta(hours=23, minutes=59))
        approvals.confirm(approval_id=row.pk, by=world.lee.actor, at=MORNING + timedelta(hours=24))

    def test_it_is_proposed_once_and_decided_once(self, world):
        row = self.propose(world)
        with pytest.raises(Refused, match="already proposed"):
            self.propose(world)
        approvals.withdraw(approval_id=row.pk, by=world.lee.actor, at=MORNING)
        with pytest.raises(Refused, match="decided already"):
            approvals.confirm(approval_id=row.pk, by=world.ada.actor, at=MORNING)

    def test_agents_propose_nothing(self, world):
        with pytest.raises(Refused):
            self.propose(world, by=world.cora.actor)

    def test_it_waits_on_the_client_s_page(self, world, as_user):
        row = self.propose(world)
        with overview():
            assert list(open_approvals(world.alder)) == [row]
        assert b"Letter of the board" in as_user(world.ada).get("/desk/clients/alder/").content


class TestList:
    def test_it_goes_on_by_key(self, world):
        with overview():
            Client.objects.bulk_create(
                Client(slug=f"c{n:03}", name=f"Client {n:03}", created_at=MORNING) for n in range(70)
            )
            first = client_page()
            second = client_page(after=first.after)
        names = [one.name for one in (*first.clients, *second.clients)]
        assert len(names) == len(set(names)) == 72
        assert (len(first.clients), second.after) == (50, "")

    def test_it_is_searched_by_name_slug_and_domain(self, world):
        add_tenant(
            client_id=world.birch.pk,
            directory_id=uuid4(),
            domain="bakery.example",
            label="B",
            by=world.lee.actor,
            at=MORNING,
        )
        with overview():
            found = {
                word: [one.slug for one in client_page(search=word).clients] for word in ("archi", "bakery.ex", "zzz")
            }
        assert found == {"archi": ["alder"], "bakery.ex": ["birch"], "zzz": []}
