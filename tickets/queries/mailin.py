"""What must be known about a mail before it is judged: whose address, which requests it names, whether we have it already."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import DateField, Func, Q, Value

from portal.actors import Actor
from portal.models import Address, Membership, Outbox, Staff, Supplier
from portal.queries.paging import Page, newest_first
from portal.rules.states import AddressState, ClientState, Role
from tickets.models import Message, RawMail, Ticket, TicketPerson
from tickets.queries.access import memberships_of, tickets_for_client
from tickets.rules.mail.verdict import ACKNOWLEDGEMENTS_AN_HOUR, Belonging, Named, RawState, Reason, Sender
from tickets.rules.states import ENDED_STATES, State

STRENGTH = {Role.MANAGER: 0, Role.AUTHOR: 1, Role.BILLING: 2}
HOUR = timedelta(hours=1)
MOST_MERGES = 10
# The first number of the lock that lets one copy of a mail be judged at a time; the second is made from what it says.
COPY_LOCK = 78


class ContractDay(Func):
    """The contract day of an instant, reckoned by the database."""

    function = "public.contract_day"
    output_field = DateField()


def own_addresses() -> frozenset[str]:
    """Every address at which the portal itself takes mail, in small letters."""
    sender = Supplier.objects.values_list("sender_email", flat=True).filter(pk=1)
    return frozenset(address.lower() for address in (*sender, *settings.PORTAL_MAIL_ADDRESSES))


def is_own(address: str, own: Iterable[str]) -> bool:
    """Whether it is one of our addresses, whatever stands behind its +."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in own


def address_of_sender(email: str | None) -> Address | None:
    """The registered address a mail comes from, with its person. A retired one is nobody's any more."""
    if not email:
        return None
    rows = Address.objects.filter(email=email).exclude(state=AddressState.RETIRED)
    return rows.select_related("user").first()


def is_staff(user_id: int, at: datetime) -> bool:
    """Whether the person is on the staff, or will be."""
    return Staff.objects.filter(user_id=user_id).exclude(valid_to__lte=ContractDay(Value(at))).exists()


def places_of(user_id: int, at: datetime) -> dict[int, Membership]:
    """A person's clients at an instant, each with the strongest role that they hold there."""
    places: dict[int, Membership] = {}
    for one in sorted(memberships_on(user_id, at), key=lambda row: STRENGTH[Role(row.role)]):
        places.setdefault(one.client_id, one)
    return places


def sender_of(address: Address | None, places: Mapping[int, Membership], at: datetime) -> Sender:
    """Who they are today: staff, or a person of some clients. Nobody is both, so a client's person is not looked for there."""
    if address is None or not address.user.is_active:
        return Sender()
    if not places and is_staff(address.user_id, at):
        return Sender(is_registered=True, is_staff=True)
    belongs = (Belonging(pk, one.client.slug, ClientState(one.client.state), one.pk) for pk, one in places.items())
    return Sender(True, False, tuple(belongs), address.home_client_id)


def memberships_on(user_id: int, at: datetime) -> list[Membership]:
    """A person's memberships that hold at an instant."""
    day = ContractDay(Value(at))
    held = Membership.objects.filter(user_id=user_id, valid_from__lte=day)
    return list(held.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)).select_related("client").order_by("id"))


def named_by(ticket_ids: Sequence[int], places: Mapping[int, Membership]) -> list[Named]:
    """The requests that a mail names, in that order; what was merged is answered where it lives on."""
    found = {ticket.pk: ticket for ticket in Ticket.objects.filter(pk__in=ticket_ids)}
    living = dict.fromkeys(survivor(found[pk]) for pk in ticket_ids if pk in found)
    return [as_named(ticket, places.get(ticket.client_id)) for ticket in living]


def survivor(ticket: Ticket) -> Ticket:
    """The request that a merged one lives on in."""
    for _ in range(MOST_MERGES):
        if ticket.merged_into_id is None:
            break
        ticket = Ticket.objects.get(client_id=ticket.client_id, pk=ticket.merged_into_id)
    return ticket


def as_named(ticket: Ticket, place: Membership | None) -> Named:
    ended = (ticket.resolved_at or ticket.closed_at or ticket.state_since) if ticket.state in ENDED_STATES else None
    seen = part = False
    if place is not None:
        actor = actor_of(place)
        seen = tickets_for_client(actor).filter(pk=ticket.pk).exists()
        part = seen and takes_part(ticket, actor)
    return Named(ticket.pk, ticket.client_id, State(ticket.state), ended, seen, part)


def actor_of(one: Membership) -> Actor:
    """The person as one membership."""
    return Actor("member", one.label, one.user_id, one.client_id, one.pk, None, one.role)


def takes_part(ticket: Ticket, actor: Actor) -> bool:
    """Whether the person asked, wrote, or was named on the request."""
    own = memberships_of(actor)
    if own.filter(pk=ticket.requester_id).exists():
        return True
    of_ticket = {"client_id": ticket.client_id, "ticket_id": ticket.pk}
    named = TicketPerson.objects.filter(**of_ticket, membership__in=own).exists()
    return named or Message.objects.filter(**of_ticket, author_member__in=own, client_visible=True).exists()


def is_copy(mail: RawMail) -> bool:
    """Whether another mail with the same bytes, or the same Message-ID and words, was judged. Copies wait for each other:
    the lock holds until this transaction ends."""
    key = mail.header_id or mail.sha256
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, hashtext(%s))", [COPY_LOCK, key])
    same = Q(sha256=mail.sha256)
    if mail.header_id:
        same |= Q(header_id=mail.header_id, content_sha256=mail.content_sha256)
    others = RawMail.objects.filter(same).exclude(pk=mail.pk).exclude(state=RawState.STORED)
    return others.exclude(reason=Reason.DUPLICATE).exists()


def release_of(address_id: int, at: datetime) -> datetime | None:
    """When the next acknowledgement to an address may leave; None for at once. At most twenty leave in any hour (F8)."""
    recent = Outbox.objects.filter(address_id=address_id, kind="acknowledgement", next_try_at__gt=at - HOUR)
    instants = list(recent.order_by("-next_try_at").values_list("next_try_at", flat=True)[:ACKNOWLEDGEMENTS_AN_HOUR])
    if len(instants) < ACKNOWLEDGEMENTS_AN_HOUR:
        return None
    return instants[-1] + HOUR


def mail_answered(header_id: str | None) -> Outbox | None:
    """The mail of ours that a report is about."""
    return Outbox.objects.select_related("address").filter(message_id=header_id).first() if header_id else None


def waiting_mails(real_at: datetime) -> Q:
    """What nobody reads: stored and not claimed, or left behind by a process that died. Leases run on real time."""
    return Q(state=RawState.STORED) & (Q(leased_until__isnull=True) | Q(leased_until__lt=real_at))


def in_words(row: RawMail) -> str:
    """What became of a mail, in the words of the command: "ticket REF", "reply REF", "ignored REASON", "quarantined REASON"."""
    words = {RawState.TICKETED: "ticket", RawState.REPLIED: "reply"}
    if row.state in words and row.ticket is not None:
        return f"{words[RawState(row.state)]} {row.ticket.ref}"
    return f"{row.state} {row.reason}".strip()


TABS = {
    "quarantined": RawState.QUARANTINED,
    "ignored": RawState.IGNORED,
    "waiting": RawState.STORED,
}
HEAVY = ("raw", "envelope_to")


def mails_in(state: RawState, *, before: int | None = None, after: int | None = None) -> Page[RawMail]:
    """Received mails in one state, newest first, without their content. Staff's scope."""
    rows = RawMail.objects.defer(*HEAVY).select_related("client", "ticket").filter(state=state)
    return newest_first(rows, before=before, after=after)


def quarantined() -> int:
    """How many mails wait for staff, counted up to a hundred."""
    return RawMail.objects.filter(
        pk__in=RawMail.objects.filter(state=RawState.QUARANTINED).order_by("-id")[:100]
    ).count()
