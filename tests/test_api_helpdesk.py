"""Search, charges, time, accesses, cases and received mail by the interface: what the pages do, by another door."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.models import AuditEvent, Outbox
from portal.rules.tokens import Scope
from portal.tenancy import act_as_staff
from tests import rows
from tests.api import is_problem, programme_of
from tests.cast import MORNING, World
from tests.charging import accepted, approved, asked, hourly
from tests.matrix_rows import a_mail_set_aside
from tests.test_api_rules import FOREIGN
from tests.tickets import acknowledged
from tickets.models import ChargeApproval, DataAccess, Escalation, ScopeRuling, Ticket, TimeEntry

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
CHARGE = {"form": "hourly", "work": "Find the fault", "minutes": 60}
ASK = {
    "verb": "fix", "whose": "other", "person": "Bill Butler", "place": "Mailbox bill@alder.example",
    "purpose": "Restore the folder Invoices, deleted by mistake",
}  # fmt: skip
WRITTEN = (ScopeRuling, ChargeApproval, TimeEntry, DataAccess, Escalation)


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def counted() -> list[int]:
    with act_as_staff(SYSTEM):
        return [model.objects.count() for model in WRITTEN]


def kinds_of(subject_type: str, pk: int) -> list[str]:
    with act_as_staff(SYSTEM):
        events = AuditEvent.objects.filter(subject_type=subject_type, subject_id=pk)
        return list(events.order_by("id").values_list("kind", flat=True))


class TestCharges:
    @pytest.mark.clause("HLP-8", "LIA-1")
    def test_from_the_ruling_to_the_time_that_is_taken_back(self, world: World) -> None:
        ticket, cora, ann = accepted(world, at=MORNING - HOUR), programme_of(world.cora), programme_of(world.ann)
        with act_as_staff(SYSTEM):
            rows.rate_card()
        base = f"tickets/{ticket.ref}"
        ruling = cora.post(f"{base}/rulings", {"area": "product"})
        assert (ruling.status_code, ruling.json()["outcome"], ruling.json()["clause"]) == (201, "hourly", "HLP-8")
        early = {"started_at": (MORNING - HOUR).isoformat(), "minutes": 20, "work": "Read the log"}
        is_problem(cora.post(f"{base}/time", early), 422, clause="HLP-8")
        charge = cora.post(f"{base}/charges", CHARGE).json()
        assert (charge["hourly_rate"], charge["answer"]) == ("85.00", "asked") and "£85.00 an hour" in charge["offer"]
        is_problem(programme_of(world.ben).post(f"{base}/charges/{charge['id']}/answer", {"answer": "yes"}), 422)
        said = ann.post(f"{base}/charges/{charge['id']}/answer", {"answer": "yes", "note": "Go on"}).json()
        assert (said["answer"], said["answered_by"], said["note"]) == ("yes", "Ann Archer", "Go on")
        is_problem(ann.post(f"{base}/charges/{charge['id']}/answer", {"answer": "no"}), 422, clause="HLP-8")
        free = early | {"free": "A favour"}
        entry = cora.post(f"{base}/time", free).json()
        assert (entry["seconds"], entry["charged"], entry["reason"]) == (1200, False, "A favour")
        back = cora.post(f"{base}/time/{entry['id']}/take-back", {"reason": "Not here"}).json()
        assert (back["seconds"], back["takes_back"]) == (-1200, entry["id"])
        assert [row["id"] for row in ann.get(f"{base}/time").json()["results"]] == [back["id"], entry["id"]]
        told = ["request ruled", "charge asked", "charge approved", "time added", "time taken back"]
        assert [kind for kind in kinds_of("ticket", ticket.pk) if kind in told] == told
        with act_as_staff(SYSTEM):
            assert Outbox.objects.filter(kind="charge").count() == 1

    @pytest.mark.clause("LIA-2")
    def test_the_reason_of_a_ruling_is_told_to_staff_only(self, world: World) -> None:
        ticket = accepted(world)
        given = {"area": "product", "outcome": "outside", "reason": "An add-in of another maker"}
        programme_of(world.cora).post(f"tickets/{ticket.ref}/rulings", given)
        (staffs,) = programme_of(world.cora).get(f"tickets/{ticket.ref}/rulings").json()["results"]
        (clients,) = programme_of(world.ben).get(f"tickets/{ticket.ref}/rulings").json()["results"]
        assert (staffs["reason"], clients["reason"], clients["proposed"]) == (given["reason"], None, None)
        assert clients["outcome"] == "outside"

    @pytest.mark.parametrize(
        ("path", "given", "field"),
        [
            ("rulings", {"area": "poem"}, "area"),
            ("charges", {"form": "hourly", "work": "x"}, "minutes"),
            ("charges", {"form": "fixed", "work": "x", "fixed": "0"}, "fixed"),
            ("charges", {"form": "hourly", "work": "", "minutes": 5}, "work"),
            ("time", {"started_at": "soon", "minutes": 5, "work": "x"}, "started_at"),
            ("time", {"started_at": "2026-11-24T09:00:00Z", "minutes": 1441, "work": "x"}, "minutes"),
            ("escalations", {"case_number": "1"}, "reason"),
        ],
        ids=["area", "no minutes", "no price", "no work", "no instant", "too long", "no reason"],
    )
    def test_a_fault_is_named_by_its_field(self, world: World, path: str, given: dict[str, Any], field: str) -> None:
        ticket, before = hourly(world), counted()
        said = is_problem(programme_of(world.cora).post(f"tickets/{ticket.ref}/{path}", given), 400)
        assert field in [one["field"] for one in said["errors"]] and counted() == before

    def test_a_version_that_was_overtaken_rules_nothing(self, world: World) -> None:
        ticket = accepted(world)
        given = {"area": "product", "version": ticket.version - 1}
        is_problem(programme_of(world.cora).post(f"tickets/{ticket.ref}/rulings", given), 409)
        assert counted()[0] == 0


class TestAccess:
    @pytest.mark.clause("ACC-5", "ACC-6", "ODS-4")
    def test_from_the_asking_to_the_closing(self, world: World) -> None:
        ticket, cora, ann = accepted(world), programme_of(world.cora), programme_of(world.ann)
        base = f"tickets/{ticket.ref}"
        given = ASK | {"asked_by": world.ben.membership.pk}
        row = cora.post(f"{base}/accesses", given).json()
        assert (row["asked_by"], row["person"], row["decisions"]) == ("Ben Baker", "Bill Butler", [])
        is_problem(cora.post(f"{base}/accesses/{row['id']}/open", {"minutes": "60"}), 422, clause="ODS-4")
        is_problem(programme_of(world.ben).post(f"{base}/accesses/{row['id']}/decide", {"word": "yes"}), 422)
        decided = ann.post(f"{base}/accesses/{row['id']}/decide", {"word": "yes"}).json()
        assert [(one["by"], one["yes"], one["how"]) for one in decided["decisions"]] == [("Ann Archer", True, "portal")]
        window = cora.post(f"{base}/accesses/{row['id']}/open", {"minutes": "60"}).json()
        change = {"act": "changed", "thing": "Folder Invoices", "before": "In the bin", "after": "In the mailbox"}
        told = cora.post(f"{base}/windows/{window['id']}/changes", change).json()
        assert (told["basis"], told["changes"][0]["after"], told["closed_at"]) == ("manager", "In the mailbox", None)
        assert cora.post(f"{base}/windows/{window['id']}/close", {"note": "Done"}).json()["closed_by"] == "Cora Carter"
        is_problem(cora.post(f"{base}/windows/{window['id']}/changes", change), 422, clause="ACC-5")
        (seen,) = ann.get(f"{base}/accesses").json()["results"]
        assert seen["windows"][0]["changes"][0]["thing"] == "Folder Invoices"
        kinds = ["access asked", "access decided", "access opened", "data changed", "access closed"]
        assert [kind for kind in kinds_of("ticket", ticket.pk) if kind in kinds] == kinds

    @pytest.mark.clause("ODS-4")
    def test_another_clients_person_is_no_choice(self, world: World) -> None:
        given = ASK | {"asked_by": world.bea.membership.pk}
        said = is_problem(programme_of(world.cora).post(f"tickets/{accepted(world).ref}/accesses", given), 400)
        assert [one["field"] for one in said["errors"]] == ["asked_by"]

    @pytest.mark.clause("HLP-10")
    def test_a_request_goes_to_microsoft(self, world: World) -> None:
        ticket, cora = accepted(world), programme_of(world.cora)
        row = cora.post(f"tickets/{ticket.ref}/escalations", {"case_number": "2411", "reason": "Theirs"}).json()
        assert (row["case_number"], row["until"], row["by"]) == ("2411", None, "Cora Carter")
        assert cora.get(f"tickets/{ticket.ref}").json()["state"] == "with_microsoft"
        (seen,) = programme_of(world.ben).get(f"tickets/{ticket.ref}/escalations").json()["results"]
        assert seen["case_number"] == "2411"


class TestSearch:
    def test_each_side_finds_what_its_pages_find(self, world: World) -> None:
        mine, theirs = (
            acknowledged(world, subject="Kaleidoscope"),
            acknowledged(world, who=world.bea, subject="Kaleidoscope"),
        )
        found = programme_of(world.ben).get("search", q="kaleidoscope").json()
        assert [(row["ref"], row["client"]) for row in found["results"]] == [(mine.ref, None)] and found["next"] is None
        both = programme_of(world.cora).get("search", q="kaleidoscope").json()["results"]
        assert {(row["ref"], row["client"]) for row in both} == {(mine.ref, "alder"), (theirs.ref, "birch")}
        inside = programme_of(world.ben).get("search", q="“cannot send”").json()["results"]
        assert "send" in inside[0]["excerpt"] and inside[0]["message"]

    def test_pages_follow_each_other(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            for _each in range(27):
                rows.ticket(world, world.ben.membership, subject="Periscope")
        cora = programme_of(world.cora)
        first = cora.get("search", q="periscope").json()
        second = cora.browser.get(first["next"], headers=cora.headers()).json()
        assert (len(first["results"]), len(second["results"]), second["next"]) == (25, 2, None)

    @pytest.mark.parametrize(
        "query", [{}, {"q": ""}, {"q": "the"}, {"q": "-mail"}, {"q": "x" * 201}, {"q": "a", "p": "1"}]
    )
    def test_words_that_cannot_be_looked_for_are_named(self, world: World, query: dict[str, str]) -> None:
        said = is_problem(programme_of(world.cora).get("search", **query), 400)
        assert said["errors"][0]["field"] in ("q", "p") and said["errors"][0]["detail"]


class TestMailIn:
    @pytest.mark.clause("SUB-1")
    def test_what_waits_is_read_opened_and_settled(self, world: World) -> None:
        pk, cora = a_mail_set_aside(world)["pk"], programme_of(world.cora)
        (row,) = cora.get("mail-in", state="quarantined").json()["results"]
        assert (row["id"], row["sender"], row["ticket"]) == (pk, "somebody@elsewhere.example", None) and row["why"]
        assert cora.get("mail-in", state="ignored").json()["results"] == []
        assert cora.post(f"mail-in/{pk}/open").json()["text"]
        assert "mail opened" in kinds_of("rawmail", pk)
        is_problem(cora.post(f"mail-in/{pk}/release", {}), 400)
        is_problem(cora.post(f"mail-in/{pk}/release", {"reason": "I called them"}), 422, clause="SUB-1")
        said = cora.post(f"mail-in/{pk}/give", {"email": "ben@example.org", "client": "alder", "reason": "His"}).json()
        assert (said["state"], said["client"]) == ("ticketed", "alder")
        assert cora.get(f"tickets/{said['ticket']}").json()["requester"] == "Ben Baker"
        is_problem(cora.post(f"mail-in/{pk}/again", {"reason": "Once more"}), 422, clause="SUB-1")

    def test_a_mail_is_left_with_its_reason(self, world: World) -> None:
        pk, cora = a_mail_set_aside(world)["pk"], programme_of(world.cora)
        said = cora.post(f"mail-in/{pk}/ignore", {"reason": "An advertisement"}).json()
        assert (said["state"], said["why"], said["decided_by"]) == ("ignored", "An advertisement", "Cora Carter")

    def test_it_is_the_staffs_and_has_scopes_of_its_own(self, world: World) -> None:
        pk = a_mail_set_aside(world)["pk"]
        is_problem(programme_of(world.ann).get("mail-in"), 403)
        is_problem(programme_of(world.cora, Scope.TICKETS_READ, Scope.TICKETS_WRITE).get("mail-in"), 403)
        reader = programme_of(world.cora, Scope.MAIL_READ)
        assert reader.get(f"mail-in/{pk}").status_code == 200
        is_problem(reader.post(f"mail-in/{pk}/open"), 403)
        is_problem(programme_of(world.dev).get("mail-in"), 403)


class TestWalls:
    """Nothing foreign is taken, and nothing foreign is there."""

    PATHS = {
        "rulings": {"area": "product"}, "charges": CHARGE, "escalations": {"case_number": "1", "reason": "x"},
        "time": {"started_at": "2026-11-24T09:00:00Z", "minutes": 5, "work": "x"}, "accesses": ASK | {"asked_by": 1},
    }  # fmt: skip

    @pytest.mark.parametrize("path", PATHS)
    def test_no_field_is_taken_that_is_not_its_own(self, world: World, path: str) -> None:
        ticket, before, cora = hourly(world), counted(), programme_of(world.cora)
        own = set(self.PATHS[path]) | {"version", "outcome", "reason", "form", "person", "note"}
        for name in sorted(set(FOREIGN) - own):
            given = self.PATHS[path] | {name: FOREIGN[name]}
            said = is_problem(cora.post(f"tickets/{ticket.ref}/{path}", given), 400)
            assert name in [fault["field"] for fault in said["errors"]]
        assert counted() == before

    @pytest.mark.parametrize("path", PATHS)
    def test_staffs_deeds_are_refused_to_clients(self, world: World, path: str) -> None:
        ticket, before = hourly(world), counted()
        is_problem(programme_of(world.ann).post(f"tickets/{ticket.ref}/{path}", self.PATHS[path]), 403)
        assert counted() == before

    def test_another_clients_rows_are_missing(self, world: World) -> None:
        ticket = hourly(world)
        charge, bea = asked(world, ticket), programme_of(world.bea)
        missing = is_problem(bea.get("tickets/0000-0000"), 404)
        for path in self.PATHS:
            assert is_problem(bea.get(f"tickets/{ticket.ref}/{path}"), 404) == missing
        answer = bea.post(f"tickets/{ticket.ref}/charges/{charge.pk}/answer", {"answer": "yes"})
        assert is_problem(answer, 404) == missing
        with act_as_staff(SYSTEM):
            assert ChargeApproval.objects.get().answer == "asked"

    def test_a_row_under_another_request_is_missing(self, world: World) -> None:
        one, other, cora = hourly(world), hourly(world), programme_of(world.cora)
        row = approved(world, other)
        with act_as_staff(SYSTEM):
            entry = rows.time_entry(world, other)
            window = rows.window(rows.access_request(other), world.cora.staff)
        for path, said in (
            (f"time/{entry.pk}/take-back", {"reason": "x"}),
            (f"accesses/{window.request_id}/open", {"minutes": "60"}),
            (f"windows/{window.pk}/close", {}),
            (f"windows/{window.pk}/changes", {"act": "viewed", "thing": "x"}),
        ):
            is_problem(cora.post(f"tickets/{one.ref}/{path}", said), 404)
        is_problem(programme_of(world.ann).post(f"tickets/{one.ref}/charges/{row.pk}/answer", {"answer": "no"}), 404)

    def test_the_same_post_again_is_done_once(self, world: World) -> None:
        ticket, cora = hourly(world), programme_of(world.cora)
        first, again = (cora.post(f"tickets/{ticket.ref}/charges", CHARGE, key="one") for _ in range(2))
        assert first.content == again.content and counted()[1] == 1


@pytest.mark.parametrize("path", ["rulings", "charges", "time", "accesses", "escalations", "mail-in", "search"])
def test_a_list_asks_no_more_for_more_rows(world: World, path: str) -> None:
    ticket, cora, counts = hourly(world), programme_of(world.cora), []
    query = {"q": "mailbox"} if path == "search" else {}
    address = path if path in ("mail-in", "search") else f"tickets/{ticket.ref}/{path}"
    cora.get(address, **query)
    for more in (1, 19):
        for _each in range(more):
            fill(world, ticket)
        with CaptureQueriesContext(connection) as seen:
            assert cora.get(address, **query).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 14, counts


def fill(world: World, ticket: Ticket) -> None:
    """One more row of each kind."""
    acknowledged(world)
    with act_as_staff(SYSTEM):
        ruling = rows.ruling(world, ticket)
        ChargeApproval.objects.filter(answer="asked").update(answer="replaced")
        rows.charge(world, ticket, ruling)
        rows.time_entry(world, ticket)
        rows.change(rows.window(rows.access_request(ticket), world.cora.staff))
        Escalation.objects.create(
            client_id=ticket.client_id, ticket=ticket, case_number="1", reason="x", since=MORNING - HOUR,
            ended_at=MORNING, escalated_by="Cora",
        )  # fmt: skip
    a_mail_set_aside(world)
