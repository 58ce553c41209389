"""The main job in a real browser, with a real mail server: a client asks, staff answer within the promise, a manager gets the
signed report (issue A)."""

import io
import re
from pathlib import Path

import pytest
from allauth.mfa.totp.internal import auth as totp
from PIL import Image
from playwright.sync_api import Page, expect

from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tests.cast import PASSWORD
from tests.journeys import Office, body_of, office, reference_on, screenshot_file, sign_in  # noqa: F401
from tests.pdf_tools import run_tool, words_of
from tests.tickets import acknowledged, fresh
from tickets.models import Message, ResponseClock, Ticket

pytestmark = pytest.mark.browser

ANSWER = "Please restart Outlook; we raised the limit of the mailbox."


def ask_for_help(page: Page) -> str:
    """From the client's home to the request's page. Returns the reference."""
    page.get_by_role("link", name="Ask for help").first.click()
    page.get_by_label("What is wrong").fill("Shared mailbox is full")
    page.get_by_label("Tell us more").fill("Nobody in accounts can send.\nThe picture shows the error.")
    page.get_by_label("Pictures or files").set_input_files([screenshot_file()])  # type: ignore[list-item]
    expect(page.locator(".chosen")).to_contain_text("screen.png")
    page.get_by_role("button", name="Send to the helpdesk").click()
    expect(page.locator("main")).to_contain_text("Its reference is")
    return reference_on(page)


@pytest.mark.clause("HLP-3", "HLP-5")
def test_a_client_asks_and_gets_a_reference_a_mail_and_a_running_promise(office: Office) -> None:
    page = office.visit()
    sign_in(page, "ben@example.org", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Good morning, Ben")
    ref = ask_for_help(page)
    assert page.url.endswith(f"/c/alder/requests/{ref}/")
    expect(page.locator("main")).to_contain_text("The acknowledgement is on its way.")
    office.sweep("send mail")
    mail = next(mail for mail in office.mails(office.world.ben) if ref in mail["Subject"])
    words = body_of(mail)
    assert "A person will answer within 1 working day" in words and "We work" in words
    link = re.search(r"http://\S+", words)
    assert link and link[0].endswith(f"/c/alder/requests/{ref}/")
    page.goto(link[0])
    expect(page.locator("main")).to_contain_text("We will answer by Wed 10:4")
    expect(page.locator("main")).to_contain_text("Acknowledged")
    shown = page.request.get(page.get_by_role("link", name="screen.png").get_attribute("href") or "")
    assert Image.open(io.BytesIO(shown.body())).size == (60, 40)


@pytest.mark.clause("ACC-6", "HLP-5")
def test_staff_answer_with_the_keyboard_take_it_back_and_answer_again(office: Office) -> None:
    ticket = acknowledged(office.world)
    desk = office.visit(office.world.cora)
    desk.goto("/desk/")
    desk.keyboard.press("j")
    expect(desk.locator("#preview")).to_contain_text("locked until you accept")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/desk/tickets/{ticket.ref}/")
    desk.keyboard.press("1")
    expect(desk.locator("main")).to_contain_text(f"You accepted {ticket.ref}. It is yours.")
    write(desk, ANSWER)
    desk.get_by_role("button", name="Undo", exact=True).click()
    expect(desk.locator("#composer-body")).to_have_value(ANSWER)
    expect(desk.locator("main")).to_contain_text("Taken back. Nothing was sent.")
    office.publish()
    assert office.mails(office.world.ben) == []
    desk.locator("#composer-body").press("Control+Enter")
    expect(desk.locator("#toasts")).to_contain_text(f"Reply on {ticket.ref} goes out in a few seconds.")
    client = office.visit(office.world.ben)
    client.goto(f"/c/alder/requests/{ticket.ref}/")
    assert ANSWER not in client.content()
    office.publish()
    expect(desk.locator(".msg.held")).to_have_count(0, timeout=20_000)  # the page looks again by itself
    expect(desk.locator(".msg", has_text=ANSWER).last).to_be_visible()
    client.reload()
    expect(client.locator("main")).to_contain_text(ANSWER)
    expect(client.locator("main")).to_contain_text("We answered")
    answer = office.mails(office.world.ben)[-1]
    assert ANSWER in body_of(answer) and ticket.ref in answer["Subject"]
    with act_as_staff(SYSTEM):
        clock = ResponseClock.objects.get(ticket_id=ticket.pk)
        assert clock.met_at is not None and clock.met_at < clock.due_at and clock.breached_at is None


def write(desk: Page, words: str) -> None:
    """R, the words, Ctrl Enter."""
    desk.keyboard.press("r")
    desk.keyboard.type(words)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#toasts")).to_contain_text("goes out in a few seconds")


@pytest.mark.clause("CMP-10")
def test_a_manager_watches_a_report_being_made_and_everybody_can_check_it(office: Office, tmp_path: Path) -> None:
    answered(office)
    page = office.visit(office.world.ann)
    page.goto("/c/alder/reports/")
    page.get_by_role("button", name="Make the report").click()
    expect(page.locator("#reports")).to_contain_text("Waiting for a worker")
    expect(page.get_by_label("How far the report is")).to_be_visible()
    office.sweep("reports")
    link = page.get_by_role("link", name="PDF CR-2026-001")
    expect(link).to_be_visible(timeout=15_000)  # the list looks again by itself
    with page.expect_download() as waiting:
        link.click()
    report = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(report)
    assert report.name == "CR-2026-001.pdf"
    run_tool("qpdf", report, "--check")
    assert "Signature is Valid" in run_tool("pdfsig", report, "-nocert")
    everybody_checks(office, report)


def answered(office: Office) -> Ticket:
    """A request of yesterday that Cora answered in time, all the way through the office's mail."""
    ticket = acknowledged(office.world)
    office.later(minutes=30)
    desk = office.visit(office.world.cora)
    desk.goto(f"/desk/tickets/{ticket.ref}/")
    desk.keyboard.press("1")
    expect(desk.locator("main")).to_contain_text("It is yours.")
    write(desk, ANSWER)
    office.publish()
    office.later(days=1)
    return fresh_of(ticket)


def fresh_of(ticket: Ticket) -> Ticket:
    with act_as_staff(SYSTEM):
        return fresh(ticket)


def everybody_checks(office: Office, report: Path) -> None:
    """A visitor, by the file, by the code printed in it, and by a file in which one byte was changed."""
    visitor = office.visit()
    assert said_of(visitor, report) == "Genuine."
    code = re.search(r"\b(?:[0-9A-Z]{4} ){6}[0-9A-Z]{4}\b", words_of(report))
    assert code, words_of(report)[-600:]
    visitor.goto("/verify/")
    visitor.get_by_label("Code on the document").fill(code[0].lower())
    visitor.get_by_role("button", name="Check it").click()
    expect(visitor.locator(".banner b")).to_have_text("Genuine.")
    flipped = bytearray(report.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    other = report.with_name("flipped.pdf")
    other.write_bytes(flipped)
    assert said_of(visitor, other) == "Unknown."
    assert "Alder" not in visitor.locator("main").inner_text()


def said_of(visitor: Page, file: Path) -> str:
    visitor.goto("/verify/")
    visitor.get_by_label("Or the file itself").set_input_files(file)
    visitor.get_by_role("button", name="Check it").click()
    expect(visitor.locator(".banner")).to_be_visible()
    return visitor.locator(".banner b").inner_text()


def test_staff_sign_in_with_a_password_and_a_code(office: Office) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(office.world.cora.user, secret)
    page = office.visit()
    sign_in(page, "cora@example.org", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_label("Code").fill(
        totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    )
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")


@pytest.mark.clause("HLP-3")
def test_a_missed_promise_is_said_everywhere_within_a_minute(office: Office) -> None:
    ticket = acknowledged(office.world)
    client = office.visit(office.world.ben)
    office.later(days=1, minutes=1)
    office.sweep("response clocks")
    client.goto(f"/c/alder/requests/{ticket.ref}/")
    expect(client.locator("main")).to_contain_text("We should have answered by")
    expect(client.locator("main")).to_contain_text("No answer within 1 working day. This is on record")
    desk = office.visit(office.world.lee)
    desk.goto("/desk/alarms/")
    expect(desk.locator("main")).to_contain_text("Promise missed")
    expect(desk.locator("main")).to_contain_text(ticket.ref)
    desk.goto("/desk/notices/")
    expect(desk.locator("main")).to_contain_text(ticket.ref)
    desk.goto("/desk/")
    expect(desk.locator("#queue")).to_contain_text("Past the promised time")
    expect(desk.locator("#queue .row").first).to_contain_text("over")
    late = office.visit(office.world.cora)
    late.goto(f"/desk/tickets/{ticket.ref}/")
    write_now(late, "Sorry, this is late.")
    office.publish()
    client.reload()
    expect(client.locator("main")).to_contain_text("That was later than promised")
    desk.goto("/desk/alarms/")
    expect(desk.locator("main")).to_contain_text("No alarm is open")


def write_now(desk: Page, words: str) -> None:
    """A reply whatever is said about when it goes out."""
    desk.locator("#composer-body").fill(words)
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.locator("main")).to_contain_text(words)


def test_two_people_who_edit_one_request_both_see_both_sides(office: Office) -> None:
    office.tolerated.append("status of 409")
    ticket = acknowledged(office.world)
    first, second = office.visit(office.world.cora), office.visit(office.world.lee)
    for page in (first, second):
        page.goto(f"/desk/tickets/{ticket.ref}/")
        page.get_by_text("Move", exact=True).click()
    first.locator("#correct-subject").fill("Mailbox of accounts is full")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("heading", level=1)).to_contain_text("Mailbox of accounts is full")
    second.locator("#correct-subject").fill("Mailbox over its limit")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("Somebody was quicker")
    expect(second.get_by_label("What stands now")).to_contain_text("Mailbox of accounts is full")
    expect(second.get_by_label("What you were sending")).to_contain_text("Mailbox over its limit")
    with act_as_staff(SYSTEM):
        assert fresh(ticket).subject == "Mailbox of accounts is full"
    second.get_by_role("button", name="Send mine all the same").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("Mailbox over its limit")


def test_two_people_who_answer_one_request_do_not_both_send(office: Office) -> None:
    office.tolerated.append("status of 409")
    ticket = acknowledged(office.world)
    first, second = office.visit(office.world.cora), office.visit(office.world.lee)
    for page in (first, second):
        page.goto(f"/desk/tickets/{ticket.ref}/")
    write(first, "Cora's answer.")
    second.get_by_label("Attach files").first.set_input_files([screenshot_file()])  # type: ignore[list-item]
    second.keyboard.press("r")
    second.keyboard.type("Lee's answer.")
    second.keyboard.press("Control+Enter")
    expect(second.get_by_role("heading", level=1)).to_contain_text("Somebody was quicker")
    expect(second.get_by_label("What stands now")).to_contain_text("Cora's answer.")
    expect(second.get_by_label("Your text")).to_have_value("Lee's answer.")
    expect(second.get_by_label("Files already sent")).to_contain_text("screen.png")
    second.get_by_label("Your text").fill("Lee adds something.")
    second.get_by_role("button", name="Send mine all the same").click()
    expect(second.locator("#toasts")).to_contain_text("goes out in a few seconds")
    office.publish()
    words = [body_of(mail) for mail in office.mails(office.world.ben)]
    assert len(words) == 2 and "Lee adds something." in words[1]
    client = office.visit(office.world.ben)
    client.goto(f"/c/alder/requests/{ticket.ref}/")
    expect(client.get_by_role("link", name="screen.png")).to_be_visible()


def test_a_note_never_reaches_the_client_and_a_withdrawn_answer_leaves_the_page(office: Office) -> None:
    ticket = acknowledged(office.world)
    desk, client = office.visit(office.world.cora), office.visit(office.world.ben)
    desk.goto(f"/desk/tickets/{ticket.ref}/")
    desk.keyboard.press("n")
    desk.keyboard.type("He rang twice, handle with care.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg.note")).to_contain_text("handle with care")
    write(desk, "Your password is on its way.")
    office.publish()
    client.goto(f"/c/alder/requests/{ticket.ref}/")
    expect(client.locator("main")).to_contain_text("Your password is on its way.")
    assert "handle with care" not in client.content()
    desk.goto(f"/desk/tickets/{ticket.ref}/")
    answer = desk.locator(".msg", has_text="Your password is on its way.")
    answer.get_by_text("Withdraw this message").click()
    answer.get_by_label("Why?").fill("Sent to the wrong person")
    answer.get_by_role("button", name="Withdraw").click()
    expect(desk.locator("main")).to_contain_text("The client no longer sees that message.")
    client.reload()
    expect(client.locator("main")).to_contain_text("Cora Carter withdrew a message from view")
    assert "Your password" not in client.content() and "wrong person" not in client.content()
    with act_as_staff(SYSTEM):
        assert Message.objects.filter(ticket_id=ticket.pk, body="Your password is on its way.").count() == 1


@pytest.mark.clause("ODS-4")
def test_a_confidential_request_is_unseen_by_the_manager_until_named(office: Office) -> None:
    office.tolerated.append("status of 404")
    author, manager = office.visit(office.world.ben), office.visit(office.world.ann)
    secret = raise_confidential(author, "A complaint about a colleague")
    shared = raise_confidential(author, "A question about my contract", named="Ann Archer")
    manager.goto("/c/alder/requests/?view=all")
    expect(manager.locator("main")).to_contain_text("A question about my contract")
    assert "A complaint" not in manager.content()
    answer = manager.goto(f"/c/alder/requests/{secret}/")
    assert answer is not None and answer.status == 404
    manager.goto(f"/c/alder/requests/{shared}/")
    expect(manager.get_by_role("heading", level=1)).to_have_text("A question about my contract")
    desk = office.visit(office.world.cora)
    desk.goto(f"/desk/tickets/{secret}/")
    expect(desk.locator("main")).to_contain_text("Confidential")


def raise_confidential(page: Page, subject: str, named: str = "") -> str:
    page.goto("/c/alder/requests/new/")
    page.get_by_label("What is wrong").fill(subject)
    page.get_by_label("Tell us more").fill("Between us.")
    page.get_by_label("Keep this confidential").check()
    if named:
        page.get_by_label(named).check()
    page.get_by_role("button", name="Send to the helpdesk").click()
    expect(page.locator("main")).to_contain_text("Its reference is")
    return reference_on(page)
