"""Forged answers: none joins across clients, none sends a mail to a stranger (TRUST A1 to A6, A20, A21)."""

from datetime import timedelta

import pytest

from portal.actors import SYSTEM
from portal.models import Outbox
from portal.tenancy import act_as_staff
from tests.cast import MORNING
from tests.mails import DESK, came, mark_of, raw_mail
from tests.tickets import acknowledged, publish_now
from tickets.actions.marks import reply_mark
from tickets.actions.merging import merge, unmerge
from tickets.actions.moving import Disclosure, Moved, move_client
from tickets.models import Message, Ticket, TicketPerson
from tickets.rules.mail.marks import mark_for
from tickets.rules.mail.verdict import RawState, Reason
from tickets.rules.states import State, Visibility

pytestmark = [pytest.mark.clause("SUB-1"), pytest.mark.clause("CMP-6")]

VICTIM = "victim@third.example"


def open_one(world):
    return acknowledged(world)


def closed_one(world):
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        publish_now(ticket.pk, "Done.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
    return ticket


def long_closed_one(world):
    ticket = closed_one(world)
    with act_as_staff(SYSTEM):
        ended = MORNING - timedelta(days=30)
        Ticket.objects.filter(pk=ticket.pk).update(resolved_at=ended, state_since=ended)
    return ticket


def merged(world, ticket, living):
    with act_as_staff(SYSTEM):
        merge(ticket.pk, into_id=living.pk, by=world.cora.actor, at=MORNING)


def merged_one(world):
    ticket = acknowledged(world)
    merged(world, ticket, acknowledged(world, subject="It lives on"))
    return ticket


def merged_into_one(world):
    """The one that lives on, with the request of somebody else in it."""
    living = acknowledged(world)
    merged(world, acknowledged(world, who=world.ann, subject="It lives on elsewhere"), living)
    return living


def merged_with_anothers_one(world):
    ticket = acknowledged(world)
    merged(world, ticket, acknowledged(world, who=world.ann, subject="Ann's"))
    return ticket


def merged_and_closed_one(world):
    ticket, living = acknowledged(world), acknowledged(world, subject="It ended")
    merged(world, ticket, living)
    with act_as_staff(SYSTEM):
        publish_now(living.pk, "Done.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
    return ticket


def merged_and_parted_one(world):
    ticket = merged_one(world)
    with act_as_staff(SYSTEM):
        unmerge(ticket.pk, by=world.cora.actor, at=MORNING)
    return ticket


def moved_one(world):
    """Filed for Birch by mistake, and moved to Alder: Bea holds its true mark, and has no part in it."""
    ticket = acknowledged(world, who=world.bea)
    moved = Moved((), (), "Filed wrongly.", "It was not yours.", Disclosure(True, "Bea", "She was its requester."))
    with act_as_staff(SYSTEM):
        move_client(ticket.pk, requester_id=world.ben.membership.pk, moved=moved, by=world.cora.actor, at=MORNING)
    return ticket


def confidential_one(world):
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        Ticket.objects.filter(pk=ticket.pk).update(visibility=Visibility.CONFIDENTIAL)
    return ticket


SITUATIONS = [
    open_one, closed_one, long_closed_one, confidential_one, merged_one, merged_into_one, merged_with_anothers_one,
    merged_and_closed_one, merged_and_parted_one, moved_one,
]  # fmt: skip


def forgeries(world, ticket):
    """(words, mail, envelope's recipients): what somebody at Birch, or nobody's, sends to get on Alder's request."""
    ours, forged = mark_of(ticket), f"<{mark_for(ticket.pk, b'guessed')}.0a@northgate.example>"
    alias = f"support+{reply_mark(ticket.pk)}@northgate.example"
    bea, ben = world.bea, world.ben.user.email
    return [
        ("a stranger with the true mark", raw_mail(VICTIM, In_Reply_To=ours, passed=True), DESK),
        ("a stranger writes to the alias", raw_mail(VICTIM, to=alias, passed=True), alias),
        ("another client's person with the true mark", raw_mail(bea, In_Reply_To=ours, passed=True), DESK),
        ("another client's person writes to the alias", raw_mail(bea, "A", to=alias, passed=True), alias),
        ("another client's person with References", raw_mail(bea, "B", References=f"<a@b> {ours}", passed=True), DESK),
        ("a guessed mark", raw_mail(world.ann, "C", In_Reply_To=forged, passed=True), DESK),
        ("the reference in the subject", raw_mail(bea, f"Re: [{ticket.ref}]", passed=True), DESK),
        ("spoofed, and the server says so", raw_mail(world.ben, "D", In_Reply_To=ours, passed=False), DESK),
        ("spoofed with a Cc", raw_mail(world.ben, "E", In_Reply_To=ours, passed=False, Cc=VICTIM), DESK),
        ("spoofed with Reply-To", raw_mail(world.ben, "F", In_Reply_To=ours, passed=False, Reply_To=VICTIM), DESK),
        ("in the name of our staff", raw_mail(world.cora, "G", In_Reply_To=ours, passed=True), DESK),
        ("in the name of the desk", raw_mail(f"Us <{DESK}>", "H", In_Reply_To=ours, passed=True), DESK),
        ("the name of a person, a stranger's address", raw_mail(f'"{ben}" <{VICTIM}>', "I", In_Reply_To=ours), DESK),
        ("a header that gives orders", raw_mail(VICTIM, "J", f"#owner {VICTIM}\n#close", X_Ticket=ticket.ref), DESK),
        ("a colleague without an authentication", raw_mail(world.bill, "K", In_Reply_To=ours), DESK),
    ]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_no_forgery_joins_and_no_stranger_gets_a_mail(world, situation):
    ticket = situation(world)
    with act_as_staff(SYSTEM):
        before = list(Ticket.objects.order_by("pk").values("pk", "state", "requester_id", "version"))
        said = Message.objects.filter(client_id=world.alder.pk).count()
        newest, named = Outbox.objects.latest("id").pk, TicketPerson.objects.count()
    for words, raw, recipient in forgeries(world, ticket):
        row = came(raw, to=[recipient])
        assert row.state != RawState.REPLIED, words
    with act_as_staff(SYSTEM):
        known = [one["pk"] for one in before]
        after = list(
            Ticket.objects.filter(pk__in=known).order_by("pk").values("pk", "state", "requester_id", "version")
        )
        assert after == before
        on_old = Message.objects.filter(client_id=world.alder.pk, ticket_id__in=known)
        assert on_old.count() == said
        assert TicketPerson.objects.count() == named
        told = set(Outbox.objects.filter(pk__gt=newest).values_list("to_email", "client_id"))
        # Bea's own requests, and Bill's: each acknowledged to nobody but themselves, at their own client.
        assert told == {("bea@example.org", world.birch.pk), ("bill@example.org", world.alder.pk)}


@pytest.mark.parametrize("situation", [merged_one, merged_with_anothers_one], ids=lambda one: one.__name__)
def test_the_true_sender_of_a_merged_request_is_heard_where_it_lives_on(world, situation):
    """So that the suite above proves walls, and not that nobody gets in at all."""
    ticket = situation(world)
    row = came(raw_mail(world.ben, "And one more", In_Reply_To=mark_of(ticket), passed=True))
    with act_as_staff(SYSTEM):
        assert (row.state, row.ticket_id) == (RawState.REPLIED, Ticket.objects.get(pk=ticket.pk).merged_into_id)


def test_a_true_mark_in_the_hands_of_another_client_begins_their_own_request(world):
    ticket = acknowledged(world)
    row = came(raw_mail(world.bea, In_Reply_To=mark_of(ticket), passed=True))
    assert (row.state, row.client_id) == (RawState.TICKETED, world.birch.pk)
    assert row.ticket.follows_id is None


@pytest.mark.parametrize(
    ("who", "passed", "reason"),
    [
        (VICTIM, None, Reason.UNREGISTERED),
        (VICTIM, True, Reason.UNREGISTERED),
        ("ben@example.org", False, Reason.NOT_AUTHENTIC),
        ("cora@example.org", True, Reason.STAFF_SENDER),
    ],
    ids=["unregistered", "unregistered but true", "forged", "staff"],
)
def test_whoever_is_not_registered_or_not_true_is_answered_by_nobody(world, who, passed, reason):
    row = came(raw_mail(who, passed=passed))
    assert (row.state, row.reason) == (RawState.QUARANTINED, reason)
    with act_as_staff(SYSTEM):
        assert not Outbox.objects.exists()
        assert not Ticket.objects.exists()


def test_a_third_partys_verification_mail_is_seen_by_staff_only(world):
    """The desk's address was used to sign up somewhere: the code must reach no client (TRUST A5)."""
    row = came(raw_mail("noreply@chat.example", "Your code is 424242", to=DESK, Auto_Submitted="auto-generated"))
    assert (row.state, row.reason, row.client_id) == (RawState.QUARANTINED, Reason.UNREGISTERED, None)


@pytest.mark.parametrize(
    "subject",
    ["=?utf-8?q?Hello=0D=0ABcc:_victim@third.example?=", "=?utf-8?b?SGVsbG8NCkJjYzogdmljdGltQHRoaXJkLmV4YW1wbGU=?="],
    ids=["quoted", "base64"],
)
def test_a_subject_with_a_line_break_adds_no_header_and_no_recipient(world, subject):
    raw = raw_mail(world.ben).replace(b"Subject: Mailbox full", f"Subject: {subject}".encode())
    row = came(raw)
    assert row.state == RawState.TICKETED
    assert "\n" not in row.ticket.subject
    assert "\r" not in row.ticket.subject
    with act_as_staff(SYSTEM):
        [mail] = Outbox.objects.all()
        assert (mail.to_email, "\n" in mail.subject) == ("ben@example.org", False)
