"""Suspicious mail through the pages: reporting it, judging it, counting it, and nothing of it that can be clicked (EML-6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.models import AuditEvent
from portal.tenancy import act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tests.clamd import EICAR
from tests.spamming import FORM, eml, reported, taken_on, upload, window
from tests.test_files_scanner import clamd  # noqa: F401 - a fixture
from tickets.actions.spam import judge_report
from tickets.models import Attachment, Message, SenderBlock, SpamReport, Ticket
from tickets.rules.spam import Harm, Verdict

pytestmark = [pytest.mark.django_db, pytest.mark.clause("EML-6")]
NEW = "/c/alder/suspicious/new/"
KEY = {"idempotency_key": "0f8fad5b-d9cb-469f-a165-70867728950e"}
VERDICT = {"verdict": "phishing", "words": "It leads to a false page. Please delete it.", "resolve": "on"}
BLOCK = {"value": "service@evil.example", "place": "filter", "reason": "Phishing for passwords"}


@pytest.fixture(autouse=True)
def now(frozen: Any) -> Any:
    frozen(MORNING)
    return frozen


def desk(report: SpamReport, rest: str = "") -> str:
    with act_as_staff(SYSTEM):
        return f"/desk/tickets/{Ticket.objects.get(pk=report.ticket_id).ref}/suspicious/{rest}"


def only_report() -> SpamReport:
    with act_as_staff(SYSTEM):
        return SpamReport.objects.select_related("ticket").get()


def test_a_client_reports_a_mail_once(world: World, as_user: Any) -> None:
    ben = as_user(world.ben)
    assert "support+report@northgate.example" in ben.get(NEW).content.decode()
    for _again in range(2):
        answer = ben.post(NEW, {**FORM, **KEY, "harm": "entered", "files": upload()})
        assert answer.status_code == 302
    report = only_report()
    assert (report.harm, report.ticket.priority) == ("entered", "high")
    page = ben.get(answer.url).content.decode()
    assert "The mail that was reported" in page
    with act_as_staff(SYSTEM):
        assert AuditEvent.objects.filter(kind="mail reported", client=world.alder).count() == 1


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("x.msg", b"\xd0\xcf\x11\xe0", "Outlook’s own kind of file"),
        ("x.pdf", b"%PDF-1.7", "is not a saved mail"),
        ("x.eml", b"Only words.\n\nMore words.", "This file is not a mail"),
        ("x.eml", b"", "is empty"),
        ("", None, "Please add a file"),
    ],
    ids=["msg", "pdf", "no-mail", "empty", "nothing"],
)
def test_what_cannot_be_a_reported_mail_is_explained(
    world: World, as_user: Any, name: str, raw: bytes | None, said: str
) -> None:
    given = {**FORM, **KEY} if raw is None else {**FORM, **KEY, "files": upload(raw, name)}
    answer = as_user(world.ben).post(NEW, given)
    assert answer.status_code == 422 and said in answer.content.decode()
    with act_as_staff(SYSTEM):
        assert not SpamReport.objects.exists()


@pytest.fixture
def scanner(settings: Any, clamd: str) -> None:
    settings.PORTAL_SCANNER = clamd


def test_a_mail_with_a_virus_is_reported_but_not_kept(world: World, as_user: Any, scanner: None) -> None:
    raw = eml() + EICAR
    answer = as_user(world.ben).post(NEW, {**FORM, **KEY, "files": upload(raw)})
    assert answer.status_code == 302
    report = only_report()
    assert report.attachment_id is None and "is infected (Eicar-Test-Signature)" in report.left_out
    assert report.sender == "service@evil.example"
    with act_as_staff(SYSTEM):
        assert not Attachment.objects.exists()


@pytest.mark.parametrize("who", ["cora", "ben"])
def test_the_mail_is_shown_as_text_and_handed_out_only_for_download(world: World, as_user: Any, who: str) -> None:
    report = reported(world)
    with act_as_staff(SYSTEM):
        ref = Ticket.objects.get(pk=report.ticket_id).ref
    base = f"/desk/tickets/{ref}/" if who == "cora" else f"/c/alder/requests/{ref}/"
    browser = as_user(world.people[who])
    page = browser.get(f"{base}suspicious/").content.decode()
    assert "https://evil.example/login" in page and "leads elsewhere" in page
    assert 'href="https://evil' not in page and 'src="https://evil' not in page and "alert(1)" not in page
    file = browser.get(f"{base}files/{report.attachment_id}/?inline=1")
    file.close()
    assert file["Content-Disposition"].startswith("attachment") and "sandbox" in file["Content-Security-Policy"]


HOSTILE = {
    "script": "<script>alert('x')</script>",
    "attribute": '"><img src=https://evil.example/x onerror=alert(1)>',
    "template": "{{ 7|add:7 }}{% debug %}",
    "bidi": "\u202egnp.exe",
}


@pytest.mark.parametrize("evil", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_that_a_mail_says_becomes_part_of_the_page(world: World, as_user: Any, evil: str) -> None:
    raw = eml(f'"{evil}" <x@evil.example>', Subject=evil, Reply_To=f"{evil} <y@evil.example>", Return_Path=evil,
              Authentication_Results=f"mx; {evil}")  # fmt: skip
    report = reported(world, raw=raw)
    for who, path in (
        (world.cora, desk(report)),
        (world.cora, "/desk/suspicious/"),
        (world.ann, "/c/alder/suspicious/"),
    ):
        page = as_user(who).get(path).content.decode()
        assert "<script>alert" not in page and "<img src=https" not in page
        assert "\u202e" not in page and "14{" not in page


def test_staff_give_a_verdict_that_the_client_reads(world: World, as_user: Any) -> None:
    report = reported(world)
    cora = as_user(world.cora)
    page = cora.get(desk(report)).content.decode()
    assert "Answers would go to another domain" in page and "Give the verdict" in page
    assert cora.post(desk(report, "judge/"), {**KEY, "verdict": "phishing", "words": "short"}).status_code == 422
    for _again in range(2):
        assert cora.post(desk(report, "judge/"), {**VERDICT, **KEY}).status_code == 302
    with act_as_staff(SYSTEM):
        assert Message.objects.filter(ticket_id=report.ticket_id, kind="reply").count() == 1
        ref = Ticket.objects.get(pk=report.ticket_id).ref
    page = as_user(world.ben).get(f"/c/alder/requests/{ref}/suspicious/").content.decode()
    assert "Phishing" in page and VERDICT["words"] in page


def test_the_requests_page_leads_to_the_mail_without_another_statement(
    world: World, as_user: Any, settings: Any
) -> None:
    settings.PORTAL_PREPARED = False  # so that statements show what they ask
    report = None
    with act_as_staff(SYSTEM):
        plain = rows.acknowledged(world, world.ben.membership)
    cora = as_user(world.cora)
    counts = []
    for ref in (plain.ref, "report"):
        if ref == "report":
            report = reported(world)
            with act_as_staff(SYSTEM):
                ref = Ticket.objects.get(pk=report.ticket_id).ref
        cora.get(f"/desk/tickets/{ref}/")
        with CaptureQueriesContext(connection) as caught:
            page = cora.get(f"/desk/tickets/{ref}/").content.decode()
        counts.append(sum("tickets_spamreport" in query["sql"] for query in caught))
        assert ("Look at it and give a verdict" in page) is (report is not None)
    assert counts == [1, 1]


def test_a_block_is_written_down_and_lifted(world: World, as_user: Any) -> None:
    report = reported(world, at=MORNING - timedelta(hours=1))
    cora = as_user(world.cora)
    assert "Accept the request before" in cora.get(desk(report)).content.decode()
    assert cora.post(desk(report, "block/"), {**BLOCK, **KEY}).status_code == 422
    ticket = taken_on(world, report, MORNING - timedelta(minutes=30))
    tenant = {**BLOCK, "place": "tenant"}
    refused = cora.post(desk(report, "block/"), {**tenant, "idempotency_key": "1f8fad5b-d9cb-469f-a165-70867728950e"})
    assert refused.status_code == 422 and "Open an access" in refused.content.decode()
    window(world, ticket, MORNING - timedelta(minutes=1))
    for number in range(2):
        key = {"idempotency_key": f"{number + 2}f8fad5b-d9cb-469f-a165-70867728950e"}
        given = tenant if number else BLOCK
        assert cora.post(desk(report, "block/"), {**given, **key}).status_code == 302
    page = as_user(world.ann).get("/c/alder/suspicious/").content.decode()
    assert "service@evil.example" in page and "Phishing for passwords" in page and "Cora Carter" in page
    with act_as_staff(SYSTEM):
        pk = SenderBlock.objects.get(place="filter").pk
    lift = f"/desk/suspicious/blocks/alder/{pk}/lift/"
    assert cora.post(lift, {"idempotency_key": "4f8fad5b-d9cb-469f-a165-70867728950e"}).status_code == 422
    given = {"reason": "A supplier", "idempotency_key": "5f8fad5b-d9cb-469f-a165-70867728950e"}
    assert cora.post(lift, given).status_code == 302
    assert cora.post(f"/desk/suspicious/blocks/birch/{pk}/lift/", {**given, **KEY}).status_code == 404
    assert "Lifted" in cora.get("/desk/suspicious/blocks/alder/").content.decode()


def test_an_author_sees_own_reports_and_neither_counts_nor_blocks(world: World, as_user: Any) -> None:
    reported(world, world.ann)
    page = as_user(world.ben).get("/c/alder/suspicious/").content.decode()
    assert "Nothing was reported yet" in page and "By month" not in page and "Blocked senders" not in page
    assert as_user(world.ben).get("/c/alder/suspicious/months.csv").status_code == 403
    assert "Your account is locked" in as_user(world.ann).get("/c/alder/suspicious/").content.decode()


def test_the_counts_by_month_are_the_same_for_client_and_leads(world: World, as_user: Any) -> None:
    """One in October by London time, two in November, one of them judged; and one of another client."""
    reported(world, at=MORNING - timedelta(days=30))
    judged = reported(world)
    reported(world, harm=Harm.CLICKED)
    reported(world, world.bea)
    with act_as_staff(world.cora.actor):
        judge_report(judged.pk, Verdict.PHISHING, VERDICT["words"], by=world.cora.actor, at=MORNING)
    own = as_user(world.ann).get("/c/alder/suspicious/months.csv").content.decode("utf-8-sig").splitlines()
    assert own == [
        "Month,Reported,Phishing,Spam,Harmless,Cannot tell,Being looked at",
        "Oct 2026,1,0,0,0,0,1",
        "Nov 2026,2,1,0,0,0,1",
    ]
    leads = as_user(world.lee)
    same = leads.get("/desk/figures/suspicious.csv?client=alder").content.decode("utf-8-sig").splitlines()
    assert same == own
    by_client = leads.get("/desk/figures/reporters.csv").content.decode("utf-8-sig").splitlines()
    assert by_client == ["Client,Reported,Phishing", "Alder Architects,3,1", "Birch Bakery,1,0"]


def test_the_client_never_learns_that_others_reported_the_same_sender(world: World, as_user: Any) -> None:
    reported(world, world.bea)
    report = reported(world)
    assert "2 reports, from 2 clients" in as_user(world.cora).get(desk(report)).content.decode()
    assert "reported 2 times" in as_user(world.cora).get("/desk/suspicious/").content.decode()
    with act_as_staff(SYSTEM):
        ref = Ticket.objects.get(pk=report.ticket_id).ref
    for path in ("/c/alder/suspicious/", f"/c/alder/requests/{ref}/suspicious/"):
        page = as_user(world.ann).get(path).content.decode()
        assert "2 reports" not in page and "reported 2 times" not in page and "Birch" not in page


PAGES = [
    "/desk/suspicious/",
    "/desk/suspicious/?show=all&client=alder",
    "/c/alder/suspicious/",
    "/desk/suspicious/blocks/alder/",
]


@pytest.mark.parametrize("path", PAGES, ids=["desk", "desk-client", "client", "blocks"])
def test_a_list_costs_the_same_at_one_row_and_at_twenty(world: World, as_user: Any, path: str) -> None:
    browser = as_user(world.ann if path.startswith("/c/") else world.cora)

    def more(number: int) -> None:
        with act_as_staff(SYSTEM):
            for each in range(number):
                ticket = rows.acknowledged(world, world.ben.membership)
                rows.spam_report(ticket, sender=f"x{each}@evil.example")
                rows.sender_block(ticket, world.cora.staff, value=f"x{number}-{each}@evil.example")

    more(1)
    browser.get(path)
    with CaptureQueriesContext(connection) as one:
        assert browser.get(path).status_code == 200
    more(19)
    with CaptureQueriesContext(connection) as twenty:
        assert browser.get(path).content.decode().count("evil.example") >= 20
    assert len(twenty) == len(one)
