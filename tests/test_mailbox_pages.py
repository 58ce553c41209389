"""Mailboxes at the desk: added, tested, paused, given a new secret and removed, by administrators with a fresh proof."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.actors import SYSTEM
from portal.models import AuditEvent
from portal.tenancy import act_as_staff
from tests.dovecot import PASSWORD, USER, dovecot  # noqa: F401 - a fixture
from tests.mails import raw_mail
from tests.test_mailbox_fetching import a_box, now, stored
from tickets.actions.mailboxes import account_of
from tickets.models import Mailbox
from tickets.rules.mailboxes import BoxState, PauseReason

pytestmark = pytest.mark.clause("SUB-1")
LIST = "/desk/mailboxes/"
GIVEN = {
    "label": "Support", "host": "localhost", "port": "993", "security": "tls", "user": USER, "folder": "INBOX",
    "way": "password", "secret": PASSWORD,
}  # fmt: skip


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.PORTAL_MAILBOX_HOSTS = ["localhost"]


class Anywhere:
    """Where nothing listens."""

    tls = 9


def at(name, box):
    return reverse(f"desk:mailbox-{name}", args=[box.pk])


def boxes():
    with act_as_staff(SYSTEM):
        return list(Mailbox.objects.order_by("id"))


def test_it_is_added_once_and_its_secret_stands_nowhere(world, as_user):
    browser = as_user(world.ada)
    for _ in range(2):
        assert browser.post(f"{LIST}add/", GIVEN | {"idempotency_key": "one"}).headers["Location"] == LIST
    [box] = boxes()
    assert PASSWORD.encode() not in bytes(box.secret)
    assert account_of(box).secret == PASSWORD
    assert PASSWORD not in repr(account_of(box))
    assert PASSWORD not in browser.get(LIST).content.decode()
    assert bytes(box.secret).decode() not in browser.get(LIST).content.decode()
    with act_as_staff(SYSTEM):
        [event] = AuditEvent.objects.filter(kind="mailbox added").select_related("body")
    assert "secret" not in event.body.payload and event.body.payload["user"] == USER
    again = browser.post(f"{LIST}add/", GIVEN)
    assert again.status_code == 422 and "fetched already" in again.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"host": "elsewhere.example"}, id="host that no setting names"),
        pytest.param({"way": "microsoft"}, id="no tenant"),
        pytest.param({"way": "microsoft", "tenant": "a/b", "application": "x"}, id="tenant with a path"),
        pytest.param({"done_folder": "INBOX"}, id="moved to where it is"),
        pytest.param({"security": "none"}, id="an open line"),
        pytest.param({"secret": ""}, id="no secret"),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(world, as_user, change):
    assert as_user(world.ada).post(f"{LIST}add/", GIVEN | change).status_code == 422
    assert boxes() == []


def test_pause_resume_new_secret_and_removal_are_on_record(world, as_user):
    browser, box = as_user(world.ada), a_box(Anywhere)
    browser.post(at("pause", box))
    assert (now(box).state, now(box).reason) == (BoxState.PAUSED, PauseReason.BY_STAFF)
    browser.post(at("secret", box), {"secret": "another word"})
    assert (account_of(now(box)).secret, now(box).state) == ("another word", BoxState.PAUSED)
    browser.post(at("resume", box))
    assert now(box).state == BoxState.RUNNING
    browser.post(at("remove", box))
    assert (bytes(now(box).secret), now(box).removed_at is None) == (b"", False)
    assert browser.post(at("pause", box)).status_code == 404
    with act_as_staff(SYSTEM):
        events = AuditEvent.objects.filter(subject_type="mailbox", actor_label="Ada Ashby").order_by("id")
        assert list(events.values_list("kind", flat=True)) == [
            "mailbox paused", "mailbox secret changed", "mailbox resumed", "mailbox removed",
        ]  # fmt: skip


def test_everything_that_changes_it_asks_for_a_fresh_proof(world, as_user):
    browser, box = as_user(world.ada, minutes_ago=16), a_box(Anywhere)
    answers = [browser.post(at(name, box), {"secret": "x"}) for name in ("test", "pause", "resume", "remove", "secret")]
    answers.append(browser.post(f"{LIST}add/", GIVEN))
    assert all(answer.headers["Location"].startswith("/accounts/confirm/") for answer in answers)
    assert (now(box).state, len(boxes())) == (BoxState.RUNNING, 1)
    held = str(dict(browser.session.items()))
    assert USER in held and PASSWORD not in held, "the form waits, its secret is typed again"


def test_the_test_signs_in_and_takes_nothing(world, as_user, dovecot):
    dovecot.deliver(raw_mail(world.ben))
    browser, box = as_user(world.ada), a_box(dovecot)
    assert "Signed in: 1 mail waits." in browser.post(at("test", box), follow=True).content.decode()
    assert (dovecot.count("UNSEEN"), stored()) == (1, [])
    browser.post(at("secret", box), {"secret": "another one"})
    assert "does not let" in browser.post(at("test", box), follow=True).content.decode()


def test_one_row_and_twenty_cost_the_same_queries(world, as_user):
    browser, counts = as_user(world.ada), []
    browser.get(LIST)
    for wanted in (1, 20):
        for number in range(len(boxes()), wanted):
            a_box(Anywhere, user=f"box{number}@northgate.example", label=f"Number {number}")
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(LIST)
        assert page.content.decode().count("/pause/") == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1]
