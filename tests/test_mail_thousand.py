"""A thousand mails of every kind through `receive_mail`: each ends in one of four ways, none lost, none doubled, none slow."""

import io
import sys
import time
from collections import Counter

import pytest
from django.core.management import call_command

from portal.actors import SYSTEM
from portal.models import Outbox
from portal.tenancy import act_as_staff
from tests.mailcorpus import FULL, QUICK, Kind, corpus
from tests.mails import DESK, mark_of
from tests.tickets import acknowledged
from tickets.models import Message, RawMail, Ticket
from tickets.rules.mail.verdict import RawState

pytestmark = [pytest.mark.clause("SUB-1"), pytest.mark.clause("HLP-5")]

BY_MACHINES = {Kind.AUTO_REPLY, Kind.GENERATED, Kind.BULK, Kind.BOUNCE, Kind.COMPLAINT}
FOUR = {"ticket", "reply", "ignored", "quarantined"}


def commanded(raw, monkeypatch):
    """What the command prints about one mail on standard input."""
    said = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    call_command("receive_mail", to=[DESK], stdout=said)
    return said.getvalue().split()


@pytest.mark.parametrize(
    "count", [pytest.param(QUICK, id="quick"), pytest.param(FULL, id="whole", marks=pytest.mark.full)]
)
def test_every_mail_ends_in_one_of_four_ways_and_quickly(world, monkeypatch, count):
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        [ours] = Outbox.objects.values_list("message_id", flat=True)
    writers = tuple(one.user.email for one in (world.ann, world.ben, world.bea))
    specimens = corpus(count, writers=writers, desk=DESK, answers_to=(ours, mark_of(ticket)))
    ends, seconds = {}, []
    for one in specimens:
        began = time.perf_counter()
        ends[one.name] = commanded(one.raw, monkeypatch)
        seconds.append(time.perf_counter() - began)
    assert {said[0] for said in ends.values()} <= FOUR
    slow = p99(seconds)
    print(f"{count} mails: {sum(seconds):.1f} s in all, p99 {slow:.2f} s, the slowest {max(seconds):.2f} s")
    print(f"ended as {dict(sorted(Counter(said[0] for said in ends.values()).items()))}")
    assert slow < 5
    with act_as_staff(SYSTEM):
        check_nothing_lost(specimens, ends)
        check_nobody_is_answered_twice(ticket, writers)
    wrong = [one.name for one in specimens if one.kind in BY_MACHINES and ends[one.name][0] in ("ticket", "reply")]
    assert wrong == [], "written by machines"
    silent = [one.name for one in specimens if one.kind == Kind.NOBODY and ends[one.name][0] in ("ticket", "reply")]
    assert silent == [], "nobody could be answered"
    people = [one for one in specimens if one.kind in (Kind.NEW, Kind.REPLY)]
    heard = Counter(ends[one.name][0] for one in people)
    assert heard["ticket"] + heard["reply"] == len(people), [
        one.name for one in people if ends[one.name][0] not in FOUR
    ]


def p99(seconds):
    """What 99 of 100 did not take longer than, in seconds."""
    return sorted(seconds)[int(len(seconds) * 0.99)]


def check_nothing_lost(specimens, ends):
    """As many rows as mails, each with its bytes; as many messages as mails that became part of a request."""
    rows = RawMail.objects.all()
    assert rows.count() == len(specimens)
    assert not rows.filter(state=RawState.STORED).exists()
    part = rows.filter(state__in=[RawState.TICKETED, RawState.REPLIED])
    assert part.count() == sum(said[0] in ("ticket", "reply") for said in ends.values())
    assert part.values("message").distinct().count() == part.count()
    assert Message.objects.filter(channel="email").count() == part.count()
    assert not Message.objects.filter(body="").exists()
    by_hash = Counter(rows.exclude(state=RawState.IGNORED).values_list("sha256", flat=True))
    assert by_hash.most_common(1)[0][1] == 1, "the same bytes twice"


def check_nobody_is_answered_twice(ticket, writers):
    """One acknowledgement a request, to its own requester, and no other mail at all."""
    mails = Outbox.objects.exclude(about_id=ticket.pk)
    assert set(mails.values_list("kind", flat=True)) <= {"acknowledgement"}
    assert set(mails.values_list("to_email", flat=True)) <= set(writers)
    assert mails.count() == Ticket.objects.exclude(pk=ticket.pk).count()
    for mail in mails:
        assert mail.to_email == Ticket.objects.select_related("requester").get(pk=mail.about_id).requester.email
