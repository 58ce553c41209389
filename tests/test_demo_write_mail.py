"""“Write a mail to the desk”: the demo's page hands a raw mail over by SMTP, and only there."""

import pytest

from portal.actors import SYSTEM
from portal.launcher.ports import free_port
from portal.models import Outbox
from portal.tenancy import act_as_staff
from tests.cast import MORNING
from tests.mails import DESK, came
from tests.smtpsink import Sink
from tests.test_demo_doors import demo, here  # noqa: F401 - a fixture
from tests.tickets import acknowledged

WRITE = "/demo/mail/write/"

pytestmark = pytest.mark.clause("SUB-1")


def entered(person):
    browser = here()
    browser.post("/demo/door/", {"who": person.user.email})
    return browser


@pytest.fixture
def sink(tmp_path, settings):
    with Sink(tmp_path / "sink") as server:
        settings.PORTAL_SMTP_PORT = server.port
        yield server


def test_a_mail_goes_by_smtp_to_the_desk_and_answers_what_it_says(demo, sink):
    ticket = acknowledged(demo, MORNING)
    with act_as_staff(SYSTEM):
        ours = Outbox.objects.get().message_id
    browser = entered(demo.ben)
    assert ours in browser.get(WRITE).content.decode().replace("&lt;", "<").replace("&gt;", ">")
    given = {"sender": demo.ben.user.email, "subject": "Re: that", "body": "It works – thanks.", "answers": ours}
    assert browser.post(WRITE, given).headers["Location"] == "/demo/mail/"
    [mail] = sink.mails()
    assert (mail["From"], mail["In-Reply-To"], sink.recipients()) == (demo.ben.user.email, ours, [DESK])
    row = came(bytes(mail))
    assert (row.state, row.ticket_id) == ("replied", ticket.pk)
    assert "It works – thanks." in row.message.body


def test_an_absence_notice_says_that_it_is_one(demo, sink):
    browser = entered(demo.ben)
    browser.post(WRITE, {"sender": "ben@example.org", "body": "Away.", "is_automatic": "on"})
    [mail] = sink.mails()
    assert mail["Auto-Submitted"] == "auto-replied"


def test_without_the_receiver_the_page_says_so_and_keeps_the_words(demo, settings):
    settings.PORTAL_SMTP_PORT = free_port()
    answer = entered(demo.ben).post(WRITE, {"sender": "ben@example.org", "body": "Are you there?"})
    assert answer.status_code == 422
    assert "did not take it" in answer.content.decode()
    assert "Are you there?" in answer.content.decode()


def test_outside_the_demo_nobody_writes(world, as_user):
    assert as_user(world.ben).get(WRITE).status_code == 403
    assert as_user(world.ben).post(WRITE, {"sender": "x@example.org", "body": "x"}).status_code == 403
