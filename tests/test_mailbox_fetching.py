"""Mail fetched from a real Dovecot: every mail once, whatever happens in the middle (SUB-1, TRUST F9, F10)."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from portal import clock, jobs
from portal.actors import SYSTEM
from portal.models import Alarm, AuditEvent, Outbox
from portal.tenancy import act_as_staff
from tests.cast import MORNING
from tests.dovecot import PASSWORD, USER, Dovecot, dovecot, need_dovecot  # noqa: F401 - a fixture
from tests.mailcorpus import FULL, Kind, corpus
from tests.mails import DESK, database_url, mark_of, raw_mail
from tests.test_mail_fetchers import at_once, read_everything
from tests.test_mail_thousand import BY_MACHINES, check_nobody_is_answered_twice, check_nothing_lost, p99
from tests.tickets import acknowledged
from tests.tokenserver import APPLICATION, TENANT, TokenServer
from tickets.actions import fetching
from tickets.actions.mailboxes import add_mailbox, change_secret, pause_mailbox, resume_mailbox
from tickets.actions.mailin import work_on
from tickets.actions.rawmail import claim_next
from tickets.models import Mailbox, RawMail, Ticket
from tickets.rules.mail.verdict import RawState, Reason
from tickets.rules.mailboxes import BoxState, PauseReason

pytestmark = [pytest.mark.clause("SUB-1"), pytest.mark.clause("HLP-5")]

QUICK = 100
ROOT = Path(__file__).resolve().parents[1]
# As the words of the command: state of the stored mail -> how it ended.
ENDS = {
    RawState.TICKETED: "ticket",
    RawState.REPLIED: "reply",
    RawState.IGNORED: "ignored",
    RawState.QUARANTINED: "quarantined",
}


def a_box(server: Dovecot, **more) -> Mailbox:
    given = {"host": "localhost", "port": server.tls, "security": "tls", "user": USER, "folder": "INBOX"}
    given |= {"label": "Support", "way": "password", "secret": PASSWORD} | more
    return add_mailbox(**given, by=SYSTEM, at=MORNING)


def now(box: Mailbox) -> Mailbox:
    with act_as_staff(SYSTEM):
        return Mailbox.objects.get(pk=box.pk)


def look_again(box: Mailbox) -> int:
    """What the sweep does when the mailbox's next look has come."""
    with act_as_staff(SYSTEM):
        early = clock.real_now() - timedelta(seconds=1)
        Mailbox.objects.filter(pk=box.pk).update(next_look_at=early)
        Mailbox.objects.filter(pk=box.pk, leased_until__isnull=False).update(leased_until=early)
    return jobs.run("fetch mail", MORNING)


def stored() -> list[RawMail]:
    with act_as_staff(SYSTEM):
        return list(RawMail.objects.order_by("id"))


def open_alarms() -> list[str]:
    with act_as_staff(SYSTEM):
        return list(Alarm.objects.filter(cleared_at__isnull=True).order_by("id").values_list("kind", flat=True))


class CutLine:
    """A line to a server that breaks after so many bytes from there, each time anew."""

    def __init__(self, to: int, after: int) -> None:
        self.to, self.after = to, after
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.door.getsockname()[1])

    def __enter__(self) -> "CutLine":
        self.thread = Thread(target=self.serve)
        self.thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.door.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.door.close()

    def serve(self) -> None:
        while True:
            try:
                here = self.door.accept()[0]
            except OSError:
                return
            with here, socket.create_connection(("127.0.0.1", self.to)) as there:
                back = Thread(target=self.carry, args=(there, here, self.after))
                back.start()
                self.carry(here, there, 1 << 40)
                back.join()

    def carry(self, source: socket.socket, target: socket.socket, most: int) -> None:
        """Bytes one way until they end or are too many; then both sides are shut."""
        with suppress(OSError):
            while most > 0 and (data := source.recv(4096)):
                target.sendall(data)
                most -= len(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class TestTheWay:
    def test_a_mail_is_stored_byte_for_byte_then_marked_and_never_fetched_again(self, world, dovecot) -> None:
        raw = raw_mail(world.ben).replace(b"\n", b"\r\n")
        dovecot.deliver(raw)
        box = a_box(dovecot)
        assert [look_again(box) for _ in range(2)] == [1, 0]
        [row] = stored()
        assert (bytes(row.raw), row.source, row.uid, row.state) == (raw, f"imap:{box.pk}", 1, RawState.STORED)
        assert (dovecot.count("SEEN"), dovecot.count("UNSEEN")) == (1, 0)
        assert (now(box).last_uid, now(box).fetched_at, now(box).leased_until) == (1, MORNING, None)

    def test_over_starttls_into_a_folder_of_the_dealt_with_ones(self, world, dovecot) -> None:
        dovecot.make_folder("Done")
        dovecot.deliver(raw_mail(world.ben))
        box = a_box(dovecot, port=dovecot.starttls, security="starttls", done_folder="Done")
        assert look_again(box) == 1
        assert (dovecot.count("ALL"), dovecot.count("ALL", "Done")) == (0, 1)

    def test_a_certificate_that_nobody_vouches_for_is_not_believed(self, world, dovecot, settings) -> None:
        settings.PORTAL_MAILBOX_CA = ""
        dovecot.deliver(raw_mail(world.ben))
        box = a_box(dovecot)
        assert look_again(box) == 0
        assert stored() == []
        assert "CERTIFICATE_VERIFY_FAILED" in now(box).note

    def test_a_server_that_no_setting_names_is_never_spoken_to(self, world, dovecot, settings) -> None:
        box = a_box(dovecot)
        settings.PORTAL_MAILBOX_HOSTS = ["elsewhere.example"]
        assert look_again(box) == 0
        assert (now(box).state, open_alarms()) == (BoxState.PAUSED, ["mailbox refused"])
        assert "PORTAL_MAILBOX_HOSTS" in now(box).note

    def test_a_mail_over_the_cap_stays_there_unmarked_and_the_next_ones_flow(self, world, dovecot, monkeypatch) -> None:
        monkeypatch.setattr(fetching, "SIZE_LIMIT", 3000)
        dovecot.deliver(raw_mail(world.ben, body="x " * 3000))
        dovecot.deliver(raw_mail(world.ben))
        box = a_box(dovecot)
        look_again(box)
        assert [row.uid for row in stored()] == [2]
        assert (dovecot.count("UNSEEN"), open_alarms()) == (1, ["mail left in a mailbox"])


class TestTrouble:
    def test_a_wrong_password_pauses_it_with_an_alarm_that_clears_when_it_works(self, world, dovecot) -> None:
        dovecot.deliver(raw_mail(world.ben))
        box = a_box(dovecot, secret="not the password")
        assert look_again(box) == 0
        after = now(box)
        assert (after.state, after.reason, after.failures) == (BoxState.PAUSED, PauseReason.REFUSED, 1)
        assert after.next_look_at > clock.real_now() + timedelta(minutes=14), "an account is locked by many tries"
        assert open_alarms() == ["mailbox refused"]
        assert look_again(box) == 0
        assert open_alarms() == ["mailbox refused"]
        change_secret(box.pk, secret=PASSWORD, by=SYSTEM, at=MORNING)
        assert jobs.run("fetch mail", MORNING) == 1
        assert (now(box).state, now(box).failures, open_alarms()) == (BoxState.RUNNING, 0, [])
        with act_as_staff(SYSTEM):
            kinds = list(
                AuditEvent.objects.filter(subject_type="mailbox").order_by("id").values_list("kind", flat=True)
            )
        assert kinds == ["mailbox added", "mailbox paused", "mailbox secret changed", "mailbox works again"]

    def test_what_a_person_paused_stays_paused(self, world, dovecot) -> None:
        dovecot.deliver(raw_mail(world.ben))
        box = a_box(dovecot)
        pause_mailbox(box.pk, by=SYSTEM, at=MORNING)
        assert look_again(box) == 0
        assert stored() == []
        resume_mailbox(box.pk, by=SYSTEM, at=MORNING)
        assert jobs.run("fetch mail", MORNING) == 1

    def test_a_server_that_is_away_is_tried_later_and_alarmed_at_the_third_time(self, world, dovecot) -> None:
        dovecot.deliver(raw_mail(world.ben))
        box = a_box(dovecot)
        dovecot.stop()
        assert [(look_again(box), len(open_alarms())) for _ in range(3)] == [(0, 0), (0, 0), (0, 1)]
        assert now(box).state == BoxState.RUNNING
        dovecot.start()
        assert look_again(box) == 1
        assert (open_alarms(), now(box).failures) == ([], 0)

    def test_a_mailbox_in_trouble_holds_up_no_other(self, world, dovecot) -> None:
        dovecot.deliver(raw_mail(world.ben))
        a_box(dovecot, user="wrong@northgate.example", label="Wrong")
        a_box(dovecot)
        assert jobs.run("fetch mail", MORNING) == 1

    def test_a_mail_at_which_the_line_always_breaks_is_left_after_three_tries(self, world, dovecot) -> None:
        dovecot.deliver(raw_mail(world.ben, "Before it"))
        dovecot.deliver(raw_mail(world.ben, "The poison", body="x y z\n" * 60_000))
        dovecot.deliver(raw_mail(world.ben, "After it"))
        with CutLine(dovecot.tls, after=100_000) as line:
            box = a_box(dovecot, port=line.port)
            looks = [look_again(box) for _ in range(4)]
        assert looks == [1, 0, 0, 2], "the line broke three times, then the mail was left"
        assert [row.uid for row in stored()] == [1, 3]
        assert (open_alarms(), dovecot.count("UNSEEN")) == (["mail left in a mailbox"], 1)

    def test_a_line_that_breaks_once_loses_nothing(self, world, dovecot) -> None:
        for number in range(12):
            dovecot.deliver(raw_mail(world.ben, f"Number {number}", body="x y z\n" * 2_000))
        with CutLine(dovecot.tls, after=80_000) as line:
            box = a_box(dovecot, port=line.port)
            looks = [look_again(box) for _ in range(4)]
        assert sum(looks) == 12 and looks[0] < 12
        assert [row.uid for row in stored()] == list(range(1, 13))
        assert dovecot.count("UNSEEN") == 0


class TestMicrosoft:
    @pytest.fixture
    def tokens(self, settings):
        need_dovecot()
        with TokenServer() as tokens, Dovecot(f"{tokens.base}/introspect") as server:
            settings.PORTAL_MICROSOFT_LOGIN = tokens.base
            settings.PORTAL_MAILBOX_HOSTS, settings.PORTAL_MAILBOX_CA = ["localhost"], server.ca
            yield server

    def box(self, server: Dovecot, secret: str, **more) -> Mailbox:
        return a_box(server, way="microsoft", secret=secret, **{"tenant": TENANT, "application": APPLICATION} | more)

    def test_a_token_of_the_application_opens_the_mailbox(self, world, tokens) -> None:
        tokens.deliver(raw_mail(world.ben))
        assert look_again(self.box(tokens, "good-secret")) == 1
        assert len(stored()) == 1

    @pytest.mark.parametrize(
        ("secret", "more"),
        [
            pytest.param("wrong-secret", {}, id="wrong secret"),
            pytest.param("late-secret", {}, id="expired token"),
            pytest.param("other-secret", {}, id="token of another mailbox"),
            pytest.param("good-secret", {"application": "somebody-else"}, id="unknown application"),
        ],
    )
    def test_token_trouble_pauses_it_and_is_an_alarm(self, world, tokens, secret, more) -> None:
        tokens.deliver(raw_mail(world.ben))
        box = self.box(tokens, secret, **more)
        assert look_again(box) == 0
        assert (now(box).reason, open_alarms(), stored()) == (PauseReason.REFUSED, ["mailbox refused"], [])

    def test_a_token_endpoint_that_is_away_pauses_nothing(self, world, tokens, settings) -> None:
        settings.PORTAL_MICROSOFT_LOGIN = "http://127.0.0.1:9"
        box = self.box(tokens, "good-secret")
        assert look_again(box) == 0
        assert (now(box).state, now(box).failures) == (BoxState.RUNNING, 1)


class TestNothingTwice:
    def test_new_numbers_in_the_middle(self, world, dovecot, monkeypatch) -> None:
        monkeypatch.setattr(fetching, "BATCH", 4)
        for number in range(10):
            dovecot.deliver(raw_mail(world.ben, f"Number {number}"))
        box = a_box(dovecot)
        assert fetching.fetch_mail(MORNING) == 4
        before = now(box).uidvalidity
        dovecot.renumber()
        dovecot.deliver(raw_mail(world.ben, "One more"))
        assert look_again(box) == 11
        assert now(box).uidvalidity != before
        read_everything()
        with act_as_staff(SYSTEM):
            assert RawMail.objects.filter(state=RawState.TICKETED).count() == Ticket.objects.count() == 11
            assert RawMail.objects.count() == 11
        assert dovecot.count("UNSEEN") == 0


class TestNothingTwiceForOthers:
    """Committed: a class of its own, for the class of a world that is rolled back keeps its transaction to its end."""

    def test_three_fetchers_at_once(self, lasting_world, dovecot) -> None:
        for number in range(30):
            dovecot.deliver(raw_mail(lasting_world.ben, f"Number {number}"))
        box = a_box(dovecot)
        at_once(*[lambda: jobs.run("fetch mail")] * 3)
        rows = stored()
        assert len(rows) == len({row.uid for row in rows}) == 30
        # Without its lease the mailbox is still safe: three in the very same folder.
        dovecot.renumber()
        at_once(*[lambda: fetching.look_into(now(box), MORNING)] * 3)
        read_everything()
        with act_as_staff(SYSTEM):
            assert (Ticket.objects.count(), Outbox.objects.count(), RawMail.objects.count()) == (30, 30, 30)

    def test_killed_between_storing_and_marking(self, lasting_world, dovecot) -> None:
        for number in range(3):
            dovecot.deliver(raw_mail(lasting_world.ben, f"Number {number}"))
        box = a_box(dovecot)
        words = [sys.executable, "-c", "import django; django.setup(); from portal import jobs; jobs.run('fetch mail')"]
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        given = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
        given |= {
            "PORTAL_FAULT": "mail fetched:2",
            "PORTAL_MAILBOX_HOSTS": "localhost",
            "PORTAL_MAILBOX_CA": dovecot.ca,
        }
        done = subprocess.run(words, cwd=ROOT, env=kept | given, capture_output=True, timeout=60, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert (len(stored()), dovecot.count("SEEN")) == (2, 1)
        assert jobs.run("fetch mail") == 0, "the lease still holds"
        assert look_again(box) == 2
        assert ([row.uid for row in stored()], dovecot.count("UNSEEN")) == ([1, 2, 3], 0)


@pytest.mark.parametrize(
    "count", [pytest.param(QUICK, id="quick"), pytest.param(FULL, id="whole", marks=pytest.mark.full)]
)
def test_the_whole_corpus_by_imap_ends_in_one_of_four_ways(world, dovecot, count) -> None:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        [ours] = Outbox.objects.values_list("message_id", flat=True)
    writers = tuple(one.user.email for one in (world.ann, world.ben, world.bea))
    specimens = corpus(count, writers=writers, desk=DESK, answers_to=(ours, mark_of(ticket)))
    for one in specimens:
        dovecot.deliver(one.raw)
    box = a_box(dovecot)
    began = time.perf_counter()
    assert look_again(box) == count
    fetched = time.perf_counter()
    seconds = []
    while (row := claim_next()) is not None:
        taken_up = time.perf_counter()
        work_on(row)
        seconds.append(time.perf_counter() - taken_up)
    # A mail's own share of the fetching counts too.
    slow = p99(seconds) + (fetched - began) / count
    print(f"{count} mails: {fetched - began:.1f} s fetched, {sum(seconds):.1f} s decided, p99 {slow:.2f} s")
    assert slow < 5
    assert (dovecot.count("SEEN"), dovecot.count("UNSEEN"), open_alarms().count("mail left in a mailbox")) == (
        count,
        0,
        0,
    )
    with act_as_staff(SYSTEM):
        rows = {row.uid: row for row in RawMail.objects.select_related("ticket")}
        ends = {one.name: [ENDS[rows[uid].state]] for uid, one in enumerate(specimens, start=1)}
        check_nothing_lost(specimens, ends)
        check_nobody_is_answered_twice(ticket, writers)
    wrong = [one.name for one in specimens if one.kind in BY_MACHINES and ends[one.name][0] in ("ticket", "reply")]
    assert wrong == [], "written by machines"
    heard = Counter(ends[one.name][0] for one in specimens if one.kind in (Kind.NEW, Kind.REPLY))
    assert heard.keys() <= {"ticket", "reply"}
    assert not any(row.reason == Reason.POISON for row in rows.values())
