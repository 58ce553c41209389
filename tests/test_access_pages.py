"""Access to client data through the pages: from the request for it to the diary that the client reads (ACC-5, ODS-4)."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.models import Address, Approval, AuditEvent, Notice, Outbox
from portal.tenancy import act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tests.tickets import acknowledged
from tickets.actions.work import accept
from tickets.models import (
    AccessNaming,
    AccessRequest,
    AdditionalTask,
    BreakGlass,
    DataAccess,
    DataChange,
    IdentityCheck,
    Ticket,
)
from tickets.rules.states import Kind

pytestmark = pytest.mark.django_db
ASK = {
    "verb": "fix",
    "whose": "other",
    "person": "Bill Butler",
    "place": "Mailbox bill@alder.example",
    "purpose": "Restore the folder Invoices, deleted by mistake",
}
KEY = {"idempotency_key": "0f8fad5b-d9cb-469f-a165-70867728950e"}


@pytest.fixture(autouse=True)
def now(frozen: Any) -> Any:
    frozen(MORNING)
    return frozen


@pytest.fixture
def ticket(world: World) -> Ticket:
    """Ben's request, accepted by Cora."""
    one = acknowledged(world, MORNING - timedelta(hours=1))
    with act_as_staff(world.cora.actor):
        return accept(one.pk, kind=Kind.FAULT, by=world.cora.actor, at=MORNING - timedelta(minutes=30))


def desk(ticket: Ticket, rest: str = "") -> str:
    return f"/desk/tickets/{ticket.ref}/access/{rest}"


def ask(world: World, as_user: Any, ticket: Ticket, **changes: Any) -> AccessRequest:
    given = {**ASK, "asked_by": world.ben.membership.pk, **changes}
    answer = as_user(world.cora).post(desk(ticket, "ask/"), given)
    assert answer.status_code == 302, answer.content.decode()
    with act_as_staff(SYSTEM):
        return AccessRequest.objects.latest("id")


def opened(world: World, as_user: Any, ticket: Ticket, **changes: Any) -> tuple[AccessRequest, DataAccess]:
    row = ask(world, as_user, ticket, whose="own", **changes)
    assert as_user(world.cora).post(desk(ticket, f"asked/{row.pk}/open/"), {"minutes": "60"}).status_code == 302
    with act_as_staff(SYSTEM):
        return row, DataAccess.objects.get(request=row)


@pytest.mark.clause("ACC-5", "ACC-6", "ODS-4")
def test_from_the_request_for_access_to_the_diary(world: World, as_user: Any, ticket: Ticket) -> None:
    row = ask(world, as_user, ticket)
    cora, ann = as_user(world.cora), as_user(world.ann)
    refused = cora.post(desk(ticket, f"asked/{row.pk}/open/"), {"minutes": "60"})
    assert refused.status_code == 422 and "manager of the client must say yes" in refused.content.decode()
    with act_as_staff(SYSTEM):
        told = Notice.objects.get(kind="access asked")
        assert told.user_id == world.ann.user.pk and told.url == f"/c/alder/requests/{ticket.ref}/access/"
    page = ann.get(told.url).content.decode()
    assert "Your word is needed" in page and "Mailbox bill@alder.example" in page
    assert ann.post(f"{told.url}{row.pk}/decide/", {"word": "yes"}).status_code == 302
    assert "Your word is needed" not in ann.get(told.url).content.decode()
    assert cora.post(desk(ticket, f"asked/{row.pk}/open/"), {"minutes": "60"}).status_code == 302
    with act_as_staff(SYSTEM):
        window = DataAccess.objects.get()
    change = {"act": "changed", "thing": "Folder Invoices", "before": "In the bin", "after": "In the mailbox"}
    assert cora.post(desk(ticket, f"windows/{window.pk}/change/"), change).status_code == 302
    assert cora.post(desk(ticket, f"windows/{window.pk}/close/"), {"note": "Done"}).status_code == 302
    late = cora.post(desk(ticket, f"windows/{window.pk}/change/"), change)
    assert late.status_code == 422 and "window has closed" in late.content.decode()
    diary = ann.get("/c/alder/access/").content.decode()
    for words in ("Ben Baker", "Bill Butler", "Cora Carter", "allowed by a manager", "In the bin", "In the mailbox"):
        assert words in diary
    with act_as_staff(SYSTEM):
        kinds = ["access asked", "access decided", "access opened", "data changed", "access closed"]
        found = AuditEvent.objects.filter(subject_type="ticket", subject_id=ticket.pk, client_visible=True)
        assert [kind for kind in found.order_by("id").values_list("kind", flat=True) if kind in kinds] == kinds
    assert "Ann Archer said yes" in ann.get(f"/c/alder/requests/{ticket.ref}/").content.decode()


@pytest.mark.clause("ODS-6")
def test_a_vague_purpose_stands_on_the_page_with_its_clause(world: World, as_user: Any, ticket: Ticket) -> None:
    given = {**ASK, "asked_by": world.ben.membership.pk, "purpose": "check things in the account"}
    answer = as_user(world.cora).post(desk(ticket, "ask/"), given)
    page = answer.content.decode()
    assert answer.status_code == 422 and "not specific enough" in page and "check things in the account" in page
    with act_as_staff(SYSTEM):
        assert not AccessRequest.objects.exists()


@pytest.mark.clause("ACC-6")
def test_a_colleague_who_did_not_accept_opens_nothing(world: World, as_user: Any, ticket: Ticket) -> None:
    row = ask(world, as_user, ticket, whose="own")
    lee = as_user(world.lee)
    answer = lee.post(desk(ticket, f"asked/{row.pk}/open/"), {"minutes": "60"})
    assert answer.status_code == 422 and "Accept the request yourself" in answer.content.decode()
    assert "Client data is locked" in lee.get(desk(ticket)).content.decode()
    with act_as_staff(SYSTEM):
        assert not DataAccess.objects.exists()


@pytest.mark.clause("ACC-5", "ODS-4")
@pytest.mark.parametrize("path", ["ask/", "asked/{}/open/", "windows/{}/change/"], ids=["ask", "open", "change"])
def test_the_same_form_twice_is_one_row(world: World, as_user: Any, ticket: Ticket, path: str) -> None:
    row, window = opened(world, as_user, ticket)
    pk = window.pk if "windows" in path else row.pk
    form = {**ASK, "asked_by": world.ben.membership.pk, "minutes": "60", "act": "viewed", "thing": "Folder", **KEY}
    with act_as_staff(SYSTEM):
        before = counts()
    answers = [as_user(world.cora).post(desk(ticket, path.format(pk)), form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    with act_as_staff(SYSTEM):
        assert sum(counts()) == sum(before) + 1


def counts() -> list[int]:
    return [model.objects.count() for model in (AccessRequest, DataAccess, DataChange)]


@pytest.mark.clause("ACC-5")
def test_a_deletion_waits_for_the_managers_word_in_the_portal(world: World, as_user: Any, ticket: Ticket) -> None:
    row, window = opened(world, as_user, ticket)
    cora = as_user(world.cora)
    delete = {"act": "deleted", "thing": "Folder Old"}
    answer = cora.post(desk(ticket, f"windows/{window.pk}/change/"), delete)
    assert answer.status_code == 422 and "manager of the client must confirm" in answer.content.decode()
    where = f"/c/alder/requests/{ticket.ref}/access/{row.pk}/decide/"
    assert as_user(world.ben).post(where, {"word": "yes", "thing": "Folder Old"}).status_code == 403
    assert as_user(world.bea).post(where, {"word": "yes", "thing": "Folder Old"}).status_code == 404
    as_user(world.ann).post(where, {"word": "yes", "thing": "Folder Old"})
    assert cora.post(desk(ticket, f"windows/{window.pk}/change/"), delete).status_code == 302
    with act_as_staff(SYSTEM):
        assert DataChange.objects.get().confirmation.decided_by_label == "Ann Archer"


@pytest.mark.clause("LIA-3", "ODS-4")
def test_a_reset_waits_for_the_check_and_another_address_hears_of_it(
    world: World, as_user: Any, ticket: Ticket
) -> None:
    row, window = opened(world, as_user, ticket)
    cora = as_user(world.cora)
    reset = {"act": "password reset", "thing": "Account ben@alder.example"}
    answer = cora.post(desk(ticket, f"windows/{window.pk}/change/"), reset)
    assert answer.status_code == 422 and "identity check" in answer.content.decode()
    check = {"proof": "manager", "manager": world.ann.membership.pk, "note": "Ann said yes on her known number"}
    assert cora.post(desk(ticket, f"asked/{row.pk}/check/"), check).status_code == 302
    assert cora.post(desk(ticket, f"windows/{window.pk}/change/"), reset).status_code == 302
    with act_as_staff(SYSTEM):
        mail = Outbox.objects.get(kind="reset_told")
        assert mail.to_email == "ann@example.org" and ticket.ref in mail.subject and "Cora Carter" in mail.text
        assert IdentityCheck.objects.get().second_email == "ann@example.org"


@pytest.mark.clause("LIA-3")
def test_without_a_second_address_only_a_call_back_counts(world: World, as_user: Any, ticket: Ticket) -> None:
    row = ask(world, as_user, ticket, whose="own")
    with act_as_staff(SYSTEM):
        Address.objects.filter(user=world.ann.user).update(verified_at=None)
    check = {"proof": "manager", "manager": world.ann.membership.pk, "note": "Ann said yes on her known number"}
    answer = as_user(world.cora).post(desk(ticket, f"asked/{row.pk}/check/"), check)
    assert answer.status_code == 422 and "call back" in answer.content.decode()
    check["proof"] = "callback"
    assert as_user(world.cora).post(desk(ticket, f"asked/{row.pk}/check/"), check).status_code == 302
    with act_as_staff(SYSTEM):
        assert IdentityCheck.objects.get().second_email == "" and not Outbox.objects.filter(kind="reset_told").exists()


@pytest.mark.clause("ODS-4")
def test_a_managers_word_by_phone_names_how_it_was_verified(world: World, as_user: Any, ticket: Ticket) -> None:
    row = ask(world, as_user, ticket)
    cora = as_user(world.cora)
    word = {"manager": world.ann.membership.pk, "word": "yes", "how": "callback", "note": ""}
    assert cora.post(desk(ticket, f"asked/{row.pk}/allow/"), word).status_code == 422
    word["note"] = "Called 01444 000000 from the contract"
    assert cora.post(desk(ticket, f"asked/{row.pk}/allow/"), word).status_code == 302
    assert cora.post(desk(ticket, f"asked/{row.pk}/open/"), {"minutes": "30"}).status_code == 302
    assert "01444 000000" in as_user(world.ann).get(f"/c/alder/requests/{ticket.ref}/access/").content.decode()


@pytest.mark.clause("ODS-4")
def test_a_named_person_may_ask_for_the_named_place_while_it_lasts(
    world: World, as_user: Any, ticket: Ticket, now: Any
) -> None:
    wish = {"membership": world.ben.membership.pk, "place": "mailbox BILL@alder.example", "days": "30"}
    assert as_user(world.ben).post("/c/alder/access/name/", wish).status_code == 403
    for _ in range(2):
        assert as_user(world.ann).post("/c/alder/access/name/", wish | KEY).status_code == 302
    with act_as_staff(SYSTEM):
        assert AccessNaming.objects.count() == 1
    row = ask(world, as_user, ticket)
    assert as_user(world.cora).post(desk(ticket, f"asked/{row.pk}/open/"), {"minutes": "30"}).status_code == 302
    with act_as_staff(SYSTEM):
        assert DataAccess.objects.get().basis == "named"
    now(MORNING + timedelta(days=31))
    later = as_user(world.cora).post(desk(ticket, f"asked/{row.pk}/open/"), {"minutes": "30"})
    assert later.status_code == 422


@pytest.mark.clause("ACC-5")
def test_an_emergency_takes_two_people_and_two_hours(world: World, as_user: Any, ticket: Ticket) -> None:
    row = ask(world, as_user, ticket)
    reason = {"reason": "The mailbox sends spam to everybody and nobody answers."}
    assert as_user(world.cora).post(desk(ticket, f"asked/{row.pk}/emergency/"), reason).status_code == 422
    assert as_user(world.lee).post(desk(ticket, f"asked/{row.pk}/emergency/"), reason).status_code == 302
    with act_as_staff(SYSTEM):
        approval = Approval.objects.get(kind="break glass")
    path, yes = f"/desk/approvals/{approval.pk}/", {"decision": "confirm", "client": "alder"}
    as_user(world.lee).post(path, yes)
    with act_as_staff(SYSTEM):
        assert not BreakGlass.objects.exists()
    as_user(world.ada).post(path, yes)
    with act_as_staff(SYSTEM):
        assert BreakGlass.objects.get().confirmed_by_label == "Ada Ashby"
    cora = as_user(world.cora)
    assert cora.post(desk(ticket, f"asked/{row.pk}/open/"), {"minutes": "480"}).status_code == 422
    assert cora.post(desk(ticket, f"asked/{row.pk}/open/"), {"minutes": "120"}).status_code == 302
    page = as_user(world.ann).get(f"/c/alder/requests/{ticket.ref}/access/").content.decode()
    assert "Emergency" in page and "sends spam" in page


@pytest.mark.clause("ODS-7", "ACC-7")
def test_an_additional_task_keeps_the_name_of_who_added_it(world: World, as_user: Any, ticket: Ticket) -> None:
    cora, base = as_user(world.cora), f"/desk/tickets/{ticket.ref}/tasks/"
    stranger = {"what": "Share the folder with accounts as well", "name": "Sam Stranger"}
    for _ in range(2):
        assert cora.post(f"{base}add/", stranger | KEY).status_code == 302
    with act_as_staff(SYSTEM):
        task = AdditionalTask.objects.get()
    assert cora.post(f"{base}{task.pk}/step/", {"step": "accepted"}).status_code == 422
    confirm = f"/c/alder/requests/{ticket.ref}/tasks/{task.pk}/confirm/"
    assert as_user(world.ben).post(confirm).status_code == 403
    assert as_user(world.ann).post(confirm).status_code == 302
    assert cora.post(f"{base}{task.pk}/step/", {"step": "accepted"}).status_code == 302
    assert cora.post(f"{base}{task.pk}/step/", {"step": "done"}).status_code == 302
    page = as_user(world.ben).get(f"/c/alder/requests/{ticket.ref}/access/").content.decode()
    assert "Sam Stranger" in page
    assert (
        "Sam Stranger added: Share the folder"
        in as_user(world.ben).get(f"/c/alder/requests/{ticket.ref}/").content.decode()
    )


def test_the_table_of_the_diary_is_safe_in_a_spreadsheet(world: World, as_user: Any, ticket: Ticket) -> None:
    _, window = opened(world, as_user, ticket)
    evil = {"act": "viewed", "thing": '=HYPERLINK("http://evil.example")', "after": "-1", "before": " @SUM(A1)"}
    assert as_user(world.cora).post(desk(ticket, f"windows/{window.pk}/change/"), evil).status_code == 302
    answer = as_user(world.ann).get("/c/alder/access/diary.csv")
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(table) == 2 and len(table[0]) == len(table[1])
    assert table[1][-3:] == ['\'=HYPERLINK("http://evil.example")', "'@SUM(A1)", "'-1"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in table[1])
    assert as_user(world.bea).get("/c/alder/access/diary.csv").status_code == 404
    assert as_user(world.ben).get("/c/alder/access/diary.csv").status_code == 403


def test_a_confidential_requests_accesses_stay_with_its_people(world: World, as_user: Any) -> None:
    with act_as_staff(SYSTEM):
        secret = rows.acknowledged(world, world.ben.membership, visibility="confidential")
        rows.accepted(secret, world.cora.staff)
        rows.window(rows.access_request(secret, place="Mailbox of the board"), world.cora.staff)
    assert "Mailbox of the board" not in as_user(world.ann).get("/c/alder/access/").content.decode()
    assert as_user(world.ann).get(f"/c/alder/requests/{secret.ref}/access/").status_code == 404
    assert "Mailbox of the board" in as_user(world.ben).get(f"/c/alder/requests/{secret.ref}/access/").content.decode()


def accesses(world: World, ticket: Ticket, number: int) -> None:
    with act_as_staff(SYSTEM):
        for _ in range(number):
            window = rows.window(rows.access_request(ticket), world.cora.staff)
            rows.change(window)
            rows.task(ticket)


@pytest.mark.parametrize("page", ["desk", "client", "diary", "csv", "ticket"])
def test_twenty_accesses_cost_no_more_queries_than_one(
    world: World, as_user: Any, ticket: Ticket, page: str, settings: Any
) -> None:
    settings.PORTAL_PREPARED = False  # so that the texts are to be seen
    who, path = {
        "desk": (world.cora, desk(ticket)),
        "client": (world.ann, f"/c/alder/requests/{ticket.ref}/access/"),
        "diary": (world.ann, "/c/alder/access/"),
        "csv": (world.ann, "/c/alder/access/diary.csv"),
        "ticket": (world.cora, f"/desk/tickets/{ticket.ref}/"),
    }[page]
    browser = as_user(who)
    accesses(world, ticket, 1)
    browser.get(path)
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert browser.get(path).status_code == 200
    accesses(world, ticket, 19)
    with CaptureQueriesContext(connection) as twenty:
        assert browser.get(path).status_code == 200
    assert len(twenty) == len(one)
    own = [query["sql"] for query in one if "tickets_dataaccess" in query["sql"]]
    if page == "ticket":
        assert len(own) == 1


@pytest.mark.clause("ACC-7", "HLP-6")
def test_a_call_asks_for_written_words_in_its_acknowledgement(world: World, as_user: Any) -> None:
    given = {"requester": world.ben.membership.pk, "subject": "Wrong surname", "body": "It is Brewer, not Baker."}
    assert as_user(world.cora).post("/desk/tickets/new/alder/", given).status_code == 302
    with act_as_staff(SYSTEM):
        mail = Outbox.objects.get(kind="acknowledgement")
        assert "You told us by phone, and Cora Carter wrote it down" in mail.text
        assert "before that we touch no data" in mail.text
        acknowledged(world)
        assert "by phone" not in Outbox.objects.filter(kind="acknowledgement").latest("id").text
