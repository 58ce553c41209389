"""The whole corpus out of a real mailbox, by three fetchers and three readers at once, numbered anew in the middle (TRUST F9, F10)."""

import time
from collections import Counter

import pytest

from portal.actors import SYSTEM
from portal.models import Outbox
from portal.tenancy import act_as_staff
from tests.cast import MORNING
from tests.dovecot import dovecot  # noqa: F401 - a fixture
from tests.mailcorpus import FULL, Kind, corpus
from tests.mails import DESK, mark_of
from tests.test_mail_fetchers import at_once, read_everything
from tests.test_mail_thousand import BY_MACHINES, check_nobody_is_answered_twice, check_nothing_lost
from tests.test_mailbox_fetching import ENDS, a_box, now, open_alarms, stored
from tests.tickets import acknowledged
from tickets.actions import fetching
from tickets.models import RawMail
from tickets.rules.mail.verdict import Reason

pytestmark = [pytest.mark.clause("SUB-1"), pytest.mark.clause("HLP-5")]

QUICK = 60


def fetch_until(number):
    """One fetcher: look again and again, until so many mails are stored or nothing has come for a minute."""
    limit = time.monotonic() + 60
    while (here := how_many()) < number and time.monotonic() < limit:
        fetching.fetch_mail(MORNING)
        if how_many() > here:
            limit = time.monotonic() + 60


def how_many():
    with act_as_staff(SYSTEM):
        return RawMail.objects.count()


@pytest.mark.parametrize(
    "count", [pytest.param(QUICK, id="quick"), pytest.param(FULL, id="whole", marks=pytest.mark.full)]
)
def test_three_fetchers_and_new_numbers_in_the_middle_lose_and_double_nothing(
    lasting_world, dovecot, monkeypatch, count
):
    monkeypatch.setattr(fetching, "BATCH", count // 10)
    ticket = acknowledged(lasting_world)
    with act_as_staff(SYSTEM):
        [ours] = Outbox.objects.values_list("message_id", flat=True)
    writers = tuple(one.user.email for one in (lasting_world.ann, lasting_world.ben, lasting_world.bea))
    specimens = corpus(count, writers=writers, desk=DESK, answers_to=(ours, mark_of(ticket)))
    for one in specimens:
        dovecot.deliver(one.raw)
    box, began = a_box(dovecot), time.monotonic()
    at_once(*[lambda: fetch_until(count // 2)] * 3, read_everything)
    halfway, numbers = how_many(), now(box).uidvalidity
    assert count // 2 <= halfway < count
    dovecot.renumber()
    at_once(*[lambda: fetch_until(count)] * 3, read_everything)
    assert now(box).uidvalidity != numbers
    at_once(*[read_everything] * 3)
    print(f"{count} mails, {halfway} before the new numbers: {time.monotonic() - began:.1f} s with three of each")
    assert (dovecot.count("SEEN"), dovecot.count("UNSEEN")) == (count, 0)
    assert "mail left in a mailbox" not in open_alarms()
    rows = {row.uid: row for row in stored()}
    ends = {one.name: [ENDS[rows[uid].state]] for uid, one in enumerate(specimens, start=1)}
    print(f"ended as {dict(sorted(Counter(said[0] for said in ends.values()).items()))}")
    with act_as_staff(SYSTEM):
        check_nothing_lost(specimens, ends)
        check_nobody_is_answered_twice(ticket, writers)
    assert not any(row.reason == Reason.POISON for row in rows.values())
    wrong = [one.name for one in specimens if one.kind in BY_MACHINES and ends[one.name][0] in ("ticket", "reply")]
    assert wrong == [], "written by machines"
    assert {ends[one.name][0] for one in specimens if one.kind in (Kind.NEW, Kind.REPLY)} <= {"ticket", "reply"}
