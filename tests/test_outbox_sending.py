"""Mails leave once, are marked when they are accepted, and an outage loses none (HLP-5, D4)."""

from datetime import UTC, datetime, timedelta

import pytest

from portal import events, jobs, outbox
from portal.actions.mail import retry_mail, send_due_mail
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import Address, Alarm, AuditEvent, Outbox, User
from portal.outbox import smtp
from portal.rules.mail import GIVEN_UP_AFTER, wait_after
from portal.rules.states import AddressState, DemoState, MailState
from portal.tenancy import act_as_staff
from tests.smtpsink import Sink

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)

pytestmark = pytest.mark.clause("HLP-5")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Sink(tmp_path_factory.mktemp("sink")) as sink:
        yield sink


@pytest.fixture
def sink(server, settings):
    """The mail server, empty and willing."""
    for file in server.folder.glob("*.eml"):
        file.unlink()
    server.mode("ok")
    settings.PORTAL_SMTP_URL = server.url
    return server


@pytest.fixture
def accepted(monkeypatch):
    """What listeners to "mail accepted" were told."""
    told = []
    monkeypatch.setitem(
        events.HANDLERS, "mail accepted", [lambda outbox, at: told.append((outbox.pk, at, outbox.probably_accepted))]
    )
    return told


@pytest.fixture
def now(frozen):
    """The clock stands at AT; now(minutes=5) moves it on."""
    state = {"at": AT}
    frozen(AT)

    def move(**span):
        state["at"] += timedelta(**span)
        frozen(state["at"])
        return state["at"]

    return move


def queue(world, **changes):
    facts = {
        "to": world.ann.membership, "kind": "acknowledgement", "subject": "[AB12] We have it", "text": "Hello\n.dot\n", "by": SYSTEM,
        "client_id": world.alder.pk, "at": AT, "html": "<p>Hello</p>",
    }  # fmt: skip
    with act_as_staff(SYSTEM):
        return outbox.queue(**(facts | changes))


def look(row):
    with act_as_staff(SYSTEM):
        return Outbox.objects.get(pk=row.pk)


class TestSending:
    def test_a_due_mail_leaves_and_is_marked_with_its_instant(self, world, sink, now, accepted):
        row = queue(world)
        assert jobs.run("send mail") == 1
        row = look(row)
        assert (row.state, row.sent_at, row.dot_at, row.attempts) == (MailState.SENT, AT, AT, 1)
        assert (row.probably_accepted, row.leased_until) == (False, None)
        assert accepted == [(row.pk, AT, False)]
        [mail] = sink.mails()
        assert (mail["To"], mail["Message-ID"], mail["Subject"]) == (
            "ann@example.org",
            row.message_id,
            "[AB12] We have it",
        )
        assert mail["From"] == "Northgate support <support@northgate.example>"
        assert mail["Auto-Submitted"] == "auto-replied"
        assert mail.get_body(("plain",)).get_content() == "Hello\n.dot\n"
        assert mail.get_body(("html",)).get_content() == "<p>Hello</p>\n"
        assert sink.recipients() == ["ann@example.org"]

    def test_it_leaves_once_only(self, world, sink, now, accepted):
        queue(world)
        assert [jobs.run("send mail"), jobs.run("send mail")] == [1, 0]
        assert len(sink.mails()) == len(accepted) == 1

    def test_a_mail_waits_for_its_release(self, world, sink, now):
        queue(world, kind="reply", release_at=AT + timedelta(seconds=10))
        assert jobs.run("send mail") == 0
        now(seconds=10)
        assert jobs.run("send mail") == 1

    def test_a_cancelled_mail_never_leaves(self, world, sink, now):
        row = queue(world, kind="reply")
        with act_as_staff(SYSTEM):
            outbox.cancel(row, by=SYSTEM, at=AT)
        assert jobs.run("send mail") == 0
        assert sink.mails() == []

    def test_what_a_listener_raises_takes_the_mark_back(self, world, sink, now, monkeypatch):
        def fail(**facts):
            raise RuntimeError("no clock")

        monkeypatch.setitem(events.HANDLERS, "mail accepted", [fail])
        row, other = queue(world), queue(world, kind="reply", to=world.ben.membership)
        with pytest.raises(ExceptionGroup) as caught:
            send_due_mail(AT)
        assert [str(error) for error in caught.value.exceptions] == ["no clock", "no clock"]
        assert [look(row).state, look(other).state] == [MailState.SENDING, MailState.SENDING]
        assert len(sink.mails()) == 2


class TestSecretLinks:
    def test_a_link_is_encrypted_until_it_leaves_and_wiped_then(self, world, sink, now):
        link = "https://portal.example/join/q8Zx"
        row = queue(
            world,
            kind="invitation",
            text=f"Open {outbox.SECRET_LINK}",
            html=f"<a href='{outbox.SECRET_LINK}'>",
            secret_link=link,
        )
        assert link.encode() not in bytes(look(row).secret)
        jobs.run("send mail")
        assert look(row).secret is None
        assert link not in look(row).text
        assert sink.mails()[0].get_body(("plain",)).get_content() == f"Open {link}\n"

    def test_the_demo_keeps_it_because_its_mail_page_is_the_only_inbox(self, world, sink, now, settings, tmp_path):
        settings.PORTAL_DEMO, settings.PORTAL_VAR = True, tmp_path
        row = queue(world, kind="invitation", text=outbox.SECRET_LINK, secret_link="https://x.example/")
        with act_as_staff(SYSTEM):
            User.objects.update(is_demo=True)
            world.supplier.demo_state = DemoState.OPEN
            world.supplier.save()
        jobs.run("send mail", AT)
        assert look(row).secret is not None

    def test_a_changed_secret_key_fails_the_mail_with_its_cure(self, world, sink, now, settings):
        row = queue(world, kind="invitation", text=outbox.SECRET_LINK, secret_link="https://x.example/")
        settings.SECRET_KEY = "another-key" * 6
        jobs.run("send mail")
        assert (look(row).state, sink.mails()) == (MailState.FAILED, [])
        assert "make a new invitation" in look(row).error


class TestTrouble:
    @pytest.mark.parametrize("mode", ["refuse", "4xx", "dot4xx", "sender5xx"])
    def test_it_waits_longer_after_each_attempt(self, world, sink, now, accepted, mode):
        sink.mode(mode)
        row = queue(world)
        for attempt, seconds in enumerate([10, 30, 120, 600, 1800, 1800], start=1):
            jobs.run("send mail")
            row = look(row)
            assert (row.state, row.attempts, row.error != "") == (MailState.QUEUED, attempt, True)
            assert row.next_try_at - now() == timedelta(seconds=seconds) == wait_after(attempt)
            assert row.dot_at is None
            now(seconds=seconds)
        assert accepted == []
        sink.mode("ok")
        jobs.run("send mail")
        assert (look(row).state, look(row).sent_at, len(sink.mails())) == (MailState.SENT, now(), 1)

    def test_a_server_that_is_away_is_asked_once_a_run(self, world, sink, now, settings):
        settings.PORTAL_SMTP_URL = "smtp://127.0.0.1:9"
        rows = [queue(world, kind="reply") for _ in range(3)]
        assert jobs.run("send mail") == 0
        assert [look(row).attempts for row in rows] == [1, 0, 0]
        assert look(rows[0]).error.startswith("No connection")

    def test_when_it_is_back_nothing_waits_for_its_turn(self, world, sink, now):
        sink.mode("refuse")
        rows = [queue(world, kind="reply") for _ in range(3)]
        for _ in range(4):
            jobs.run("send mail")
        assert all(look(row).next_try_at > now() for row in rows)
        sink.mode("ok")
        queue(world, kind="reply")
        assert jobs.run("send mail") == 4

    def test_after_four_days_it_is_given_up_with_an_alarm(self, world, sink, now):
        sink.mode("4xx")
        row = queue(world)
        now(seconds=GIVEN_UP_AFTER.total_seconds())
        jobs.run("send mail")
        assert look(row).state == MailState.FAILED
        with act_as_staff(SYSTEM):
            assert Alarm.objects.get(kind="mail failed", subject_id=row.pk).url == f"/desk/mail/{row.pk}/"

    def test_a_refused_address_is_marked_at_once_and_others_go_on(self, world, sink, now, accepted):
        sink.mode("5xx")
        row = queue(world)
        jobs.run("send mail")
        assert (look(row).state, accepted) == (MailState.FAILED, [])
        with act_as_staff(SYSTEM):
            address = Address.objects.get(pk=world.ann.address.pk)
            alarm = Alarm.objects.get(kind="address refused", subject_id=address.pk)
            assert AuditEvent.objects.filter(kind="mail failed", subject_id=row.pk).exists()
        assert (address.state, address.trouble) == (AddressState.BOUNCED, "550 5.1.1 no such person")
        assert (alarm.clause, "right address" in alarm.cure) == ("HLP-5", True)
        sink.mode("ok")
        other = queue(world, kind="reply", to=world.ben.membership)
        jobs.run("send mail")
        assert look(other).state == MailState.SENT

    def test_a_wished_for_address_that_is_refused_leaves_the_present_one_alone(self, world, sink, now):
        """Somebody mistyped the address that they want to change to (portal.actions.emails)."""
        sink.mode("5xx")
        wished = outbox.Recipient(world.ann.membership.address_id, "wrong@example.org")
        row = queue(world, to=wished, kind="email_change", client_id=None)
        jobs.run("send mail")
        assert look(row).state == MailState.FAILED
        assert Address.objects.get(pk=world.ann.address.pk).state == AddressState.ACTIVE

    def test_a_refused_mail_fails_without_blaming_the_address(self, world, sink, now):
        sink.mode("dot5xx")
        row = queue(world)
        jobs.run("send mail")
        assert (look(row).state, look(row).dot_at) == (MailState.FAILED, None)
        with act_as_staff(SYSTEM):
            assert Address.objects.get(pk=world.ann.address.pk).state == AddressState.ACTIVE

    def test_nothing_goes_to_a_retired_address(self, world, sink, now):
        with act_as_staff(SYSTEM):
            Address.objects.filter(pk=world.ann.address.pk).update(state=AddressState.RETIRED)
        row = queue(world)
        jobs.run("send mail")
        assert (look(row).state, sink.mails()) == (MailState.FAILED, [])

    def test_a_slow_server_is_not_waited_for_longer_than_the_limit(self, world, sink, now, monkeypatch):
        monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 0.5)
        sink.mode("slow")
        row = queue(world)
        jobs.run("send mail")
        assert (look(row).state, look(row).error) == (
            MailState.QUEUED,
            "No connection: Connection unexpectedly closed: timed out",
        )

    def test_staff_try_a_failed_mail_again(self, world, sink, now):
        sink.mode("dot5xx")
        row = queue(world)
        jobs.run("send mail")
        sink.mode("ok")
        with act_as_staff(SYSTEM):
            retry_mail(row, by=world.lee.actor, at=AT)
            assert not Alarm.objects.filter(kind="mail failed", cleared_at__isnull=True).exists()
        jobs.run("send mail")
        assert look(row).state == MailState.SENT
        with act_as_staff(SYSTEM), pytest.raises(Refused, match="only a waiting or failed"):
            retry_mail(row, by=world.lee.actor, at=AT)


class TestLostAnswers:
    def test_the_first_dot_is_the_start_and_one_copy_more_at_most(self, world, sink, now, accepted):
        sink.mode("drop:1")
        row = queue(world)
        jobs.run("send mail")
        assert (look(row).state, look(row).dot_at, accepted) == (MailState.QUEUED, AT, [])
        later = now(seconds=10)
        jobs.run("send mail")
        row = look(row)
        assert (row.state, row.sent_at, row.probably_accepted) == (MailState.SENT, AT, True)
        assert row.sent_at < later
        assert accepted == [(row.pk, AT, True)]
        assert [mail["Message-ID"] for mail in sink.mails()] == [row.message_id] * 2

    def test_two_lost_answers_end_it(self, world, sink, now, accepted):
        sink.mode("drop")
        row = queue(world)
        for _ in range(4):
            jobs.run("send mail")
            now(minutes=3)
        assert (look(row).state, look(row).sent_at, len(sink.mails())) == (MailState.SENT, AT, 2)
        assert accepted == [(row.pk, AT, True)]

    def test_a_server_that_says_later_to_the_second_copy_leaves_the_first_dot_standing(
        self, world, sink, now, accepted
    ):
        sink.mode("drop:1")
        row = queue(world)
        jobs.run("send mail")
        sink.mode("dot4xx")
        now(seconds=10)
        jobs.run("send mail")
        assert (look(row).dot_at, look(row).probably_accepted) == (AT, False)
        sink.mode("ok")
        now(seconds=30)
        jobs.run("send mail")
        assert (look(row).sent_at, look(row).probably_accepted, len(sink.mails())) == (AT, True, 2)

    def test_an_outage_of_days_after_a_lost_answer_keeps_the_first_dot(self, world, sink, now, accepted):
        sink.mode("drop:1")
        row = queue(world)
        jobs.run("send mail")
        sink.mode("refuse")
        now(days=4)
        jobs.run("send mail")
        assert (look(row).state, look(row).sent_at, look(row).probably_accepted) == (MailState.SENT, AT, True)
        assert accepted == [(row.pk, AT, True)]


class TestLateAcknowledgements:
    def test_five_minutes_late_is_an_alarm_and_sending_clears_it(self, world, sink, now):
        sink.mode("refuse")
        row = queue(world)
        jobs.run("send mail")
        now(minutes=4, seconds=59)
        assert alarm_now() == 0
        now(seconds=1)
        assert [alarm_now(), alarm_now()] == [1, 0]
        with act_as_staff(SYSTEM):
            alarm = Alarm.objects.get(kind="acknowledgement late", subject_id=row.pk)
        assert (alarm.clause, alarm.client_id, alarm.cleared_at) == ("HLP-5", world.alder.pk, None)
        sink.mode("ok")
        now(minutes=1)
        jobs.run("send mail")
        with act_as_staff(SYSTEM):
            assert Alarm.objects.get(pk=alarm.pk).cleared_by == "The portal"

    def test_other_mails_and_sent_acknowledgements_are_no_alarm(self, world, sink, now):
        queue(world, kind="reply", release_at=AT + timedelta(days=1))
        queue(world)
        jobs.run("send mail")
        now(minutes=10)
        assert alarm_now() == 0


def alarm_now():
    return jobs.run("late acknowledgements")
