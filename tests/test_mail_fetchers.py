"""Three fetchers at once, and a mailbox that numbers its mails anew: one request a mail, none lost (TRUST F9, F10)."""

from threading import Thread

import pytest
from django.db import connections

from portal import clock, jobs
from portal.actors import SYSTEM
from portal.models import Outbox
from portal.tenancy import act_as_staff
from tests.mails import raw_mail
from tickets.actions.rawmail import take_raw
from tickets.models import RawMail, Ticket
from tickets.rules.mail.verdict import RawState, Reason

pytestmark = [pytest.mark.clause("SUB-1"), pytest.mark.clause("HLP-5")]

SOURCE = "imap:support"


def at_once(*works):
    """Each piece of work in a thread and on a connection of its own; what one raises is raised here."""
    faults = []

    def guarded(work):
        try:
            work()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def fetch(mails, uidvalidity):
    for uid, raw in enumerate(mails, start=1):
        take_raw(raw, source=SOURCE, at=clock.now(), uidvalidity=uidvalidity, uid=uid)


def read_everything():
    while jobs.run("read mail"):
        pass


def test_three_fetchers_and_new_numbers_in_the_middle_make_one_request_a_mail(lasting_world):
    world = lasting_world
    mails = [raw_mail(world.ben if number % 2 else world.ann, f"Number {number}") for number in range(12)]
    mails.append(raw_mail("stranger@elsewhere.example", "Not known"))
    at_once(*[lambda: fetch(mails[:8], 1)] * 3)
    with act_as_staff(SYSTEM):
        assert RawMail.objects.count() == 8, "the same number is the same mail"
    at_once(read_everything, lambda: fetch(mails, 2), read_everything, lambda: fetch(mails, 2))
    at_once(*[read_everything] * 3)
    with act_as_staff(SYSTEM):
        rows = RawMail.objects.all()
        assert rows.count() == 8 + 13
        assert not rows.filter(state=RawState.STORED).exists()
        assert rows.filter(state=RawState.TICKETED).count() == Ticket.objects.count() == Outbox.objects.count() == 12
        assert rows.filter(reason=Reason.DUPLICATE).count() == 8
        assert [row.reason for row in rows.filter(state=RawState.QUARANTINED)] == [Reason.UNREGISTERED]
