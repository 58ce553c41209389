"""Agreements: our own copies by version, downloaded by clients, accepted by a manager or recorded with evidence."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from compliance.queries import agreement_facts
from portal.actions.agreements import accept_agreement, record_acceptance
from portal.errors import Refused
from portal.files.store import new_name
from portal.models import Acceptance, AgreementDocument, AuditEvent
from portal.tenancy import act_as
from tests.cast import MORNING, World
from tests.people import audited, overview
from tickets.queries.attachments import with_a_row

pytestmark = [pytest.mark.django_db, pytest.mark.clause("DOC-2", "DOC-3")]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
TODAY = date(2026, 11, 24)
ADD = "/desk/offer/agreements/add/"
RECORD = "/desk/clients/alder/acceptances/add/"


@pytest.fixture(autouse=True)
def morning(frozen: Any) -> None:
    frozen(MORNING)


def kept(kind: str = "mca", version: str = "2026", begins: date = TODAY) -> AgreementDocument:
    """A version with its file."""
    name = default_storage.save(new_name(), ContentFile(PDF))
    with overview():
        return AgreementDocument.objects.create(
            kind=kind, version=version, sha256=sha256(PDF).hexdigest(), effective_from=begins, source="Partner Center",
            storage_name=name, size=len(PDF), added_by="Ada Ashby", added_at=MORNING,
        )  # fmt: skip


def posted(**changes: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("mca.pdf", PDF)
    given = {"kind": "mca", "version": "2026", "effective_from": "2026-11-24", "source": "Partner Center"}
    return {**given, "document": file, **changes}


def recorded(document: AgreementDocument) -> dict[str, Any]:
    return {
        "document": document.pk, "accepted_by": "Ann Archer", "accepted_on": "2026-03-03", "evidence": "signed order",
    }  # fmt: skip


def count(model: Any) -> int:
    with overview():
        return int(model.objects.count())


class TestKeepingAVersion:
    def test_our_own_copy_has_its_hash_and_source(self, world, as_user):
        assert as_user(world.ada).post(ADD, posted()).headers["Location"] == "/desk/offer/agreements/"
        with overview():
            row = AgreementDocument.objects.get()
            assert (row.sha256, row.size, row.source) == (sha256(PDF).hexdigest(), len(PDF), "Partner Center")
            assert with_a_row([row.storage_name, "another"]) == {row.storage_name}
        assert len(audited("agreement kept")) == 1

    def test_a_form_sent_twice_is_done_once(self, world, as_user):
        browser = as_user(world.ada)
        answers = [browser.post(ADD, posted(idempotency_key="k1")) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert count(AgreementDocument) == 1

    def test_others_post_nothing(self, world, as_user):
        others = (world.lee, world.cora, world.dev, world.ann, world.bea)
        assert {as_user(one).post(ADD, posted()).status_code for one in others} <= {403, 404}
        assert count(AgreementDocument) == 0

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"document": SimpleUploadedFile("mca.txt", b"words")}, "one PDF"),
            ({"document": ""}, "add a file"),
            ({"version": "2025"}, "begins on that day"),
            ({"effective_from": "2026-12-01", "version": "old"}, "here already"),
        ],
    )
    def test_what_cannot_be_kept_is_said_in_words(self, world, as_user, change, says):
        kept(version="old")
        answer = as_user(world.ada).post(ADD, posted(**change))
        assert answer.status_code == 422 and says in answer.content.decode()

    def test_nobody_changes_a_version(self, world):
        kept()
        with overview(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            AgreementDocument.objects.update(version="x")


class TestReading:
    def test_the_client_downloads_the_current_version_and_the_accepted_one(self, world, as_user):
        old = kept(version="2025", begins=TODAY - timedelta(days=300))
        with overview():
            give = {"client_id": world.alder.pk, "accepted_by": "Ann", "accepted_on": TODAY, "evidence": "order"}
            record_acceptance(old, **give, by=world.lee.actor, at=MORNING)
        new = kept()
        page = as_user(world.ben).get("/c/alder/agreements/").content.decode()
        for row in (old, new):
            address = f"/c/alder/agreements/{row.pk}/file/"
            answer = as_user(world.ben).get(address)
            assert address in page and b"".join(answer.streaming_content) == PDF
            assert "attachment" in answer.headers["Content-Disposition"]

    def test_a_planned_version_is_not_offered_yet(self, world, as_user):
        kept(begins=TODAY + timedelta(days=1))
        assert "No agreement is stored yet" in as_user(world.ben).get("/c/alder/agreements/").content.decode()

    def test_a_lost_file_is_missing_and_so_is_an_unknown_one(self, world, as_user):
        row = kept()
        default_storage.delete(row.storage_name)
        browser = as_user(world.ben)
        assert {browser.get(f"/c/alder/agreements/{pk}/file/").status_code for pk in (row.pk, 999999)} == {404}

    def test_the_pages_cost_as_much_for_one_as_for_ten(self, world, as_user):
        pages = ((world.ann, "/c/alder/agreements/"), (world.ada, "/desk/offer/agreements/"))
        browsers = [(as_user(who), page) for who, page in pages]
        counts: list[list[int]] = []
        for round_of, kinds in enumerate((["mca"], ["msa", "dpa", "privacy", "partner_terms"])):
            for kind in kinds:
                record_for(world, kept(kind=kind, version=str(round_of)))
            counts.append([queries_of(browser, page) for browser, page in browsers])
        assert counts[0] == counts[1] and max(counts[1]) <= 15


def record_for(world: World, document: AgreementDocument) -> Acceptance:
    given = {"accepted_by": "Ann Archer", "accepted_on": TODAY, "evidence": "order"}
    return record_acceptance(document, client_id=world.alder.pk, **given, by=world.lee.actor, at=MORNING)


def queries_of(browser: Any, page: str) -> int:
    browser.get(page)
    with CaptureQueriesContext(connection) as queries:
        browser.get(page)
    return len(queries)


class TestAccepting:
    def test_a_manager_checks_and_accepts(self, world, as_user):
        row = kept()
        browser, address = as_user(world.ann), f"/c/alder/agreements/{row.pk}/accept/"
        page = browser.get(address).content.decode()
        assert row.sha256 in page and "Alder Architects" in page and "Ann Archer" in page
        assert browser.post(address, {}).status_code == 422
        assert browser.post(address, {"agreed": "on"}).headers["Location"] == "/c/alder/agreements/"
        with overview():
            one = Acceptance.objects.get()
            assert (one.basis, one.accepted_by, one.accepted_at) == ("portal", "Ann Archer", MORNING)
            assert (one.client_id, one.membership_id) == (world.alder.pk, world.ann.membership.pk)
        with act_as(world.alder.pk):
            assert AuditEvent.objects.filter(kind="agreement accepted").count() == 1

    def test_a_form_sent_twice_is_done_once_and_a_second_acceptance_is_refused(self, world, as_user):
        row = kept()
        browser, address = as_user(world.ann), f"/c/alder/agreements/{row.pk}/accept/"
        form = {"agreed": "on", "idempotency_key": "k1"}
        assert [browser.post(address, form).status_code for _ in range(2)] == [302, 302]
        again = browser.post(address, {"agreed": "on"})
        assert again.status_code == 422 and b"already" in again.content
        assert count(Acceptance) == 1

    def test_others_accept_nothing(self, world, as_user):
        row = kept()
        for who in (world.ben, world.bill, world.bea, world.lee):
            answer = as_user(who).post(f"/c/alder/agreements/{row.pk}/accept/", {"agreed": "on"})
            assert answer.status_code in (403, 404)
        with act_as(world.alder.pk), pytest.raises(Refused, match="Only a manager"):
            accept_agreement(row.pk, client_id=world.alder.pk, by=world.bea.actor, at=MORNING)
        assert count(Acceptance) == 0

    def test_the_services_agreement_and_old_versions_are_not_accepted_here(self, world):
        old, msa = kept(version="old", begins=TODAY - timedelta(days=9)), kept(kind="msa")
        kept()
        for row, says in ((old, "not the current version"), (msa, "with Microsoft itself")):
            with act_as(world.alder.pk), pytest.raises(Refused, match=says):
                accept_agreement(row.pk, client_id=world.alder.pk, by=world.ann.actor, at=MORNING)

    def test_it_is_out_of_another_client_s_reach_and_nobody_changes_it(self, world):
        record_for(world, kept())
        with act_as(world.birch.pk):
            assert not Acceptance.objects.exists()
        with overview(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Acceptance.objects.update(accepted_by="x")

    def test_the_database_wants_a_person_or_evidence(self, world):
        given = {"client": world.alder, "document": kept(), "accepted_by": "Ann", "accepted_at": MORNING}
        stamp = {"recorded_by": "Lee", "recorded_at": MORNING}
        for basis in ("portal", "recorded"):
            refused = pytest.raises(IntegrityError, match="portal_doc3_person_or_evidence")
            with overview(), refused, transaction.atomic():
                Acceptance.objects.create(**given, **stamp, basis=basis)


class TestRecording:
    def test_staff_record_an_acceptance_with_evidence(self, world, as_user):
        row = kept()
        assert as_user(world.lee).post(RECORD, recorded(row)).headers["Location"] == "/desk/clients/alder/"
        with overview():
            one = Acceptance.objects.get()
            assert (one.basis, one.evidence, one.recorded_by) == ("recorded", "signed order", "Lee Lister")
        assert len(audited("agreement accepted", client=world.alder)) == 1
        assert "signed order" in as_user(world.lee).get("/desk/clients/alder/").content.decode()

    def test_a_form_sent_twice_is_done_once(self, world, as_user):
        browser, form = as_user(world.lee), recorded(kept()) | {"idempotency_key": "k1"}
        assert [browser.post(RECORD, form).status_code for _ in range(2)] == [302, 302]
        assert count(Acceptance) == 1

    def test_a_day_to_come_and_missing_evidence_are_refused(self, world, as_user):
        row, browser = kept(), as_user(world.lee)
        late = browser.post(RECORD, recorded(row) | {"accepted_on": "2026-11-25"})
        bare = browser.post(RECORD, recorded(row) | {"evidence": ""})
        assert [late.status_code, bare.status_code] == [422, 422]
        assert b"in the future" in late.content and count(Acceptance) == 0

    def test_others_record_nothing(self, world, as_user):
        form = recorded(kept())
        assert {as_user(one).post(RECORD, form).status_code for one in (world.cora, world.dev, world.ann)} <= {403, 404}
        assert count(Acceptance) == 0


def test_the_report_names_what_was_accepted(world: World) -> None:
    record_for(world, kept())
    with overview():
        [fact] = agreement_facts(world.alder.pk, MORNING)
        assert agreement_facts(world.birch.pk, MORNING) == []
        assert agreement_facts(world.alder.pk, MORNING - timedelta(days=1)) == []
    assert (fact.title, fact.version, fact.accepted_by) == ("Microsoft Customer Agreement", "2026", "Ann Archer")
    assert fact.basis == "recorded with evidence"
