"""New terms reach every manager by one mail, and where their publication asks for it, a manager accepts them in the portal."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from portal.actions.terms import accept_terms, publish_terms
from portal.errors import Refused
from portal.models import AuditEvent, Membership, Outbox, Terms, TermsAcceptance
from portal.queries.terms import asked_until, hash_of
from portal.rules.states import Role
from portal.tenancy import act_as
from portal.terms import TermsParameters
from tests.cast import MORNING, SINCE, World
from tests.people import audited, overview
from tests.test_terms_versions import CONFIRMED, NEW

pytestmark = [pytest.mark.django_db, pytest.mark.clause("LOG-1")]
UNTIL = date(2026, 12, 31)
HOME, ACCEPT = "/c/alder/", "/c/alder/terms/accept/"
WORD = {"agreed": "on", "version": "2"}


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def published(world: World, seen: int = 1, reaccept_by: date | None = UNTIL) -> Terms:
    parameters = TermsParameters().changed(invoice_due_days=30 + seen)
    given = {"summary": "Invoices may take a month.", "seen": seen, "reaccept_by": reaccept_by}
    return publish_terms(parameters, **given, by=world.ada.actor, at=MORNING)  # type: ignore[arg-type]


def mails() -> list[Outbox]:
    with overview():
        return list(Outbox.objects.filter(kind="terms").order_by("to_email"))


class TestTheMail:
    def test_reaches_every_manager_once_with_summary_and_changes(self, world: World) -> None:
        published(world)
        assert [(one.to_email, one.client_id) for one in mails()] == [
            ("ann@example.org", world.alder.pk), ("bea@example.org", world.birch.pk),
        ]  # fmt: skip
        text = mails()[0].text
        for words in (
            "Dear Ann Archer", "Invoices may take a month.", "D26 When are ordinary invoices due?", "due 31 days",
            "Before: They are due 14 days", "by 31 Dec 2026", "/terms/log/",
        ):  # fmt: skip
            assert words in text
        assert mails()[0].headers["Auto-Submitted"] == "auto-generated"

    def test_goes_once_to_who_manages_two_clients(self, world: World) -> None:
        with overview():
            Membership.objects.create(
                client=world.birch, user=world.ann.user, address=world.ann.address, label="Ann Archer",
                email=world.ann.user.email, role=Role.MANAGER, valid_from=SINCE, invited_at=MORNING, joined_at=MORNING,
            )  # fmt: skip
        published(world)
        assert [one.to_email for one in mails()] == ["ann@example.org", "bea@example.org"]

    def test_does_not_go_to_who_left_or_has_not_come(self, world: World) -> None:
        with overview():
            Membership.objects.filter(pk=world.ann.membership.pk).update(valid_to=MORNING.date())
            Membership.objects.filter(pk=world.bea.membership.pk).update(joined_at=None)
        published(world)
        assert mails() == []

    def test_asks_for_nothing_when_nothing_is_asked(self, world: World) -> None:
        published(world, reaccept_by=None)
        assert "accept" not in mails()[0].text

    def test_costs_as_many_queries_for_each_manager(self, world: World, settings: Any) -> None:
        settings.PORTAL_PREPARED = False  # so that statements show what they ask
        with CaptureQueriesContext(connection) as queries:
            published(world)
        writes = [one for one in queries if "insert into portal_outbox" in one["sql"]]
        assert len(writes) == 2 and len(queries) <= 45


class TestTheQuestion:
    def test_is_put_with_the_version_and_stands_in_the_log(self, world: World, as_user: Any) -> None:
        checked = as_user(world.ada).post(NEW, {**CONFIRMED, "reaccept_by": "2026-12-31", "seen": ""})
        assert checked.status_code in (200, 302)
        assert as_user(world.ada).post(NEW, {**CONFIRMED, "reaccept_by": "2026-12-31"}).status_code == 302
        with overview():
            assert Terms.objects.get(version=2).reaccept_by == UNTIL
        assert "accept it by 31 Dec 2026" in Browser().get("/terms/log/").content.decode()

    def test_for_a_day_that_is_over_is_refused(self, world: World) -> None:
        with pytest.raises(Refused, match="in the future"):
            published(world, reaccept_by=MORNING.date())

    def test_waits_on_the_managers_home_and_on_nobody_elses(self, world: World, as_user: Any) -> None:
        assert ACCEPT not in as_user(world.ann).get(HOME).content.decode()
        published(world)
        assert ACCEPT in as_user(world.ann).get(HOME).content.decode()
        for who in (world.ben, world.bill):
            assert ACCEPT not in as_user(who).get(HOME).content.decode()

    def test_ends_with_its_day(self, world: World, frozen: Any, as_user: Any) -> None:
        published(world)
        frozen(MORNING + timedelta(days=38))
        assert ACCEPT not in as_user(world.ann).get(HOME).content.decode()
        answer = as_user(world.ann).post(ACCEPT, WORD)
        assert answer.status_code == 422 and "its day has passed" in answer.content.decode()

    def test_is_not_answered_by_a_later_version_that_asks_nothing(self, world: World) -> None:
        published(world)
        published(world, seen=2, reaccept_by=None)
        with act_as(world.alder.pk):
            assert asked_until(world.alder.pk, MORNING) == UNTIL
            accept_terms(3, client_id=world.alder.pk, by=world.ann.actor, at=MORNING)
            assert asked_until(world.alder.pk, MORNING) is None


class TestTheWord:
    def test_of_a_manager_is_kept_with_version_and_hash(self, world: World, as_user: Any) -> None:
        terms = published(world)
        browser = as_user(world.ann)
        with overview():
            digest = hash_of(terms)
        page = browser.get(ACCEPT).content.decode()
        assert digest in page and "They are due 31 days" in page
        form = WORD | {"idempotency_key": "k1"}
        assert [browser.post(ACCEPT, form).headers["Location"] for _ in range(2)] == [HOME, HOME]
        with overview():
            row = TermsAcceptance.objects.get()
            assert (row.terms_id, row.sha256, row.accepted_by) == (terms.pk, digest, "Ann Archer")
        with act_as(world.alder.pk):
            assert AuditEvent.objects.filter(kind="terms accepted").count() == 1
        assert ACCEPT not in browser.get(HOME).content.decode()
        assert digest[:12] in browser.get("/c/alder/agreements/").content.decode()
        assert "Our terms, version 2" in as_user(world.lee).get("/desk/clients/alder/").content.decode()

    def test_without_the_tick_is_none(self, world: World, as_user: Any) -> None:
        published(world)
        assert as_user(world.ann).post(ACCEPT, {"version": "2"}).status_code == 422

    @pytest.mark.parametrize(
        ("version", "says"), [("1", "newer version"), ("x", "newer version"), ("3", "newer version")]
    )
    def test_is_for_the_version_that_was_read(self, world: World, as_user: Any, version: str, says: str) -> None:
        published(world)
        answer = as_user(world.ann).post(ACCEPT, WORD | {"version": version})
        assert answer.status_code == 422 and says in answer.content.decode()

    def test_of_others_is_none(self, world: World, as_user: Any) -> None:
        published(world)
        for who in (world.ben, world.bill, world.bea, world.lee):
            assert as_user(who).post(ACCEPT, WORD).status_code in (403, 404)
        with act_as(world.alder.pk), pytest.raises(Refused, match="Only a manager"):
            accept_terms(2, client_id=world.alder.pk, by=world.bea.actor, at=MORNING)
        assert audited("terms accepted") == []

    def test_is_out_of_another_client_s_reach_and_never_changed(self, world: World) -> None:
        published(world)
        with act_as(world.alder.pk):
            row = accept_terms(2, client_id=world.alder.pk, by=world.ann.actor, at=MORNING)
        with act_as(world.birch.pk):
            assert not TermsAcceptance.objects.exists()
        with overview(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            TermsAcceptance.objects.update(accepted_by="x")
        row.pk = None
        with act_as(world.alder.pk), pytest.raises(IntegrityError, match="accepted_once"), transaction.atomic():
            row.save(force_insert=True)
