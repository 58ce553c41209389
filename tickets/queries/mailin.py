"""What must be known about a mail before it is judged: whose address, which requests it names, whether we have it already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import DateField, Func, Q, QuerySet, Value

from portal.actors import Actor
from portal.models import Client, Membership, Outbox, Staff
from portal.prepared import Prepared
from portal.queries.joined import Joined
from portal.queries.paging import Page, newest_first
from portal.queries.supplier import supplier
from portal.rules.states import AddressState, ClientState
from portal.tenancy.door import loaded
from tickets.models import RawMail, Ticket
from tickets.queries.access import BOND, SEEN
from tickets.queries.moving import moved_to
from tickets.rules.mail.verdict import ACKNOWLEDGEMENTS_AN_HOUR, Belonging, Named, RawState, Reason, Sender
from tickets.rules.states import ENDED_STATES, State

HOUR = timedelta(hours=1)
MOST_MERGES = 10
# The first number of the lock that lets one copy of a mail be judged at a time; the second is made from what it says.
COPY_LOCK = 78


# Of each person: the place at each client, and since when an hour's acknowledgements to its address are used up, if they are
# (an index lookup each). The strongest role at a client comes last, so that it is the one that stays.
OF_PERSON = """
a.id, a.user_id, a.home_client_id, f.next_try_at, m.id, m.client_id, m.role, m.label, m.email, m.address_id, c.slug, c.name, c.state
"""
BEHIND = """
(portal_address a join portal_user u on u.id = a.user_id and u.is_active)
"""
PLACES = """
left join lateral (
    select * from portal_membership held
    where held.user_id = a.user_id and held.valid_from <= public.contract_day(%(at)s)
      and (held.valid_to is null or held.valid_to > public.contract_day(%(at)s))
) m on true
left join portal_client c on c.id = m.client_id
left join lateral (
    select next_try_at from portal_outbox
    where address_id = m.address_id and kind = 'acknowledgement' and next_try_at > %(since)s
    order by next_try_at desc offset %(most)s limit 1
) f on true
"""
IN_ORDER = "order by m.client_id, array_position(array['billing', 'author', 'manager'], m.role::text), m.id desc"
PERSON = Prepared(
    f"select {OF_PERSON} from {BEHIND} {PLACES} where a.email = %(email)s and a.state <> %(retired)s {IN_ORDER}"  # noqa: S608 - only our own constants
)
# The second statement looks only when the lock is held, so it sees what the copy before committed. Two looks, each along
# its own index. One row at least: whether it is a copy is asked of a stranger's mail as well.
LOOKED_UP = Prepared(f"""
select pg_advisory_xact_lock(%(lock)s, hashtext(%(key)s));
select copy.is_one, {OF_PERSON} from (select exists (
    select from tickets_rawmail o where o.sha256 = %(sha256)s
    and o.id <> %(pk)s and o.state <> %(stored)s and o.reason <> %(duplicate)s
) or (%(header_id)s <> '' and exists (
    select from tickets_rawmail o where o.header_id = %(header_id)s and o.header_id <> '' and o.content_sha256 = %(content)s
    and o.id <> %(pk)s and o.state <> %(stored)s and o.reason <> %(duplicate)s
)) as is_one) copy
left join {BEHIND} on a.email = %(email)s and a.state <> %(retired)s
{PLACES} {IN_ORDER}
""")  # noqa: S608 - only our own constants


# Takes part: the person asked, wrote, was named on the request, or gets copies of its answers.
NAMED_TICKET = Joined({"t": Ticket}, without={"search"})
NAMED = Prepared(f"""
select {SEEN}, {SEEN} and (
    bond.asked or bond.named or exists (
        select from tickets_ticketwatcher w
        where w.client_id = t.client_id and w.ticket_id = t.id and w.membership_id = any(bond.ids)
    ) or exists (
        select from tickets_message o where o.client_id = t.client_id and o.ticket_id = t.id
        and o.author_member_id = any(bond.ids) and o.client_visible
    )
), {NAMED_TICKET.columns}
from tickets_ticket t
{BOND}
where t.id = %(id)s
""")  # noqa: S608 - only our own constants and columns


class ContractDay(Func):
    """The contract day of an instant, reckoned by the database."""

    function = "public.contract_day"
    output_field = DateField()


def own_addresses() -> frozenset[str]:
    """Every address at which the portal itself takes mail, in small letters."""
    us = supplier()
    return frozenset(
        address.lower() for address in (*([us.sender_email] if us else []), *settings.PORTAL_MAIL_ADDRESSES)
    )


def is_own(address: str, own: Iterable[str]) -> bool:
    """Whether it is one of our addresses, whatever stands behind its +."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in own


@dataclass(frozen=True, slots=True)
class Known:
    """The person behind an address, and what they may do at each of their clients today. held_until: when the next
    acknowledgement to the address that stands at a client may leave, where that is not at once (F8)."""

    address_id: int
    user_id: int
    home_client_id: int | None
    places: Mapping[int, Membership]
    held_until: Mapping[int, datetime]


def person_behind(email: str | None, at: datetime) -> Known | None:
    """Whose registered address it is; None for nobody's, for a retired one, and for a person who may not sign in."""
    if not email:
        return None
    with connection.cursor() as cursor:
        PERSON.run(cursor, asked_of(email, at))
        return known_from(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What the tables say about a mail: who is behind its sender, and whether another with the same bytes, or the same
    Message-ID and words, was judged."""

    known: Known | None
    is_copy: bool


def looked_up(mail: RawMail, email: str | None, at: datetime) -> LookedUp:
    """One trip, because every mail asks it. Copies wait for each other: the lock holds until this transaction ends."""
    values = asked_of(email or "", at) | {
        "lock": COPY_LOCK, "key": mail.header_id or mail.sha256, "pk": mail.pk, "sha256": mail.sha256,
        "header_id": mail.header_id, "content": mail.content_sha256, "stored": RawState.STORED, "duplicate": Reason.DUPLICATE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        LOOKED_UP.run(cursor, values)
        rows = cursor.fetchall()
    return LookedUp(known_from([row[1:] for row in rows if row[1] is not None]), rows[0][0])


def asked_of(email: str, at: datetime) -> dict[str, Any]:
    """The values of PERSON. Of twenty acknowledgements within an hour, the earliest one says when the next may leave."""
    last = ACKNOWLEDGEMENTS_AN_HOUR - 1
    return {"email": email, "at": at, "retired": AddressState.RETIRED, "since": at - HOUR, "most": last}


def known_from(rows: Sequence[Sequence[Any]]) -> Known | None:
    if not rows:
        return None
    address_id, user_id, home_client_id = rows[0][:3]
    places = {row[5]: member_from(user_id, row[4:]) for row in rows if row[4] is not None}
    held = {row[5]: row[3] for row in rows}  # the last row of a client counts, as for its place
    return Known(
        address_id,
        user_id,
        home_client_id,
        places,
        {at: since + HOUR for at, since in held.items() if since is not None},
    )


def member_from(user_id: int, row: Sequence[Any]) -> Membership:
    """A membership with its client, from a row of PERSON."""
    pk, client_id, role, label, email, address_id, slug, name, state = row
    member = loaded(
        Membership,
        id=pk,
        client_id=client_id,
        user_id=user_id,
        role=role,
        label=label,
        email=email,
        address_id=address_id,
    )
    member.client = loaded(Client, id=client_id, slug=slug, name=name, state=state)
    return member


def is_staff(user_id: int, at: datetime) -> bool:
    """Whether the person is on the staff, or will be."""
    return Staff.objects.filter(user_id=user_id).exclude(valid_to__lte=ContractDay(Value(at))).exists()


def sender_of(known: Known | None, at: datetime) -> Sender:
    """Who they are today: staff, or a person of some clients. Nobody is both, so a client's person is not looked for there."""
    if known is None:
        return Sender()
    if not known.places and is_staff(known.user_id, at):
        return Sender(is_registered=True, is_staff=True)
    belongs = (
        Belonging(pk, one.client.slug, ClientState(one.client.state), one.pk) for pk, one in known.places.items()
    )
    return Sender(True, False, tuple(belongs), known.home_client_id)


def named_by(ticket_ids: Sequence[int], places: Mapping[int, Membership]) -> list[Named]:
    """The requests that a mail names, in that order; what was merged is answered where it lives on."""
    living = (living_one(pk, places) for pk in ticket_ids)
    return list(dict.fromkeys(as_named(one) for one in living if one is not None))


@dataclass(frozen=True, slots=True)
class AsSeen:
    """A request, as the person sees it who stands at these places."""

    ticket: Ticket
    is_seen: bool
    takes_part: bool


def as_seen(ticket_id: int, places: Mapping[int, Membership]) -> AsSeen | None:
    """One statement, because every answer asks it; None for a request that is not there."""
    values = {
        "id": ticket_id,
        "clients": list(places),
        "roles": [one.role for one in places.values()],
        "user": next((one.user_id for one in places.values()), 0),
    }
    with connection.cursor() as cursor:
        NAMED.run(cursor, values)
        row = cursor.fetchone()
    return AsSeen(NAMED_TICKET.models(row[2:])[0], *row[:2]) if row is not None else None


def living_one(ticket_id: int, places: Mapping[int, Membership]) -> AsSeen | None:
    """The request, or the one in which it lives on."""
    named = as_seen(ticket_id, places)
    if named is None:
        return None
    later = survivor(named.ticket)
    return named if later is named.ticket else as_seen(later.pk, places)


def survivor(ticket: Ticket) -> Ticket:
    """The request in which a merged one, or one that was another client's, lives on."""
    for _ in range(MOST_MERGES):
        later = successor(ticket)
        if later is None:
            break
        ticket = later
    return ticket


def successor(ticket: Ticket) -> Ticket | None:
    if ticket.merged_into_id is not None:
        return Ticket.objects.get(client_id=ticket.client_id, pk=ticket.merged_into_id)
    return moved_to(ticket) if ticket.misfiled_at is not None else None


def as_named(one: AsSeen) -> Named:
    ticket = one.ticket
    ended = (ticket.resolved_at or ticket.closed_at or ticket.state_since) if ticket.state in ENDED_STATES else None
    return Named(ticket.pk, ticket.client_id, State(ticket.state), ended, one.is_seen, one.takes_part)


def actor_of(one: Membership) -> Actor:
    """The person as one membership."""
    return Actor("member", one.label, one.user_id, one.client_id, one.pk, None, one.role)


def capped_until(address_id: int) -> datetime | None:
    """From when on an acknowledgement to an address leaves at once again; None for one that never had twenty."""
    known = Outbox.objects.filter(address_id=address_id, kind="acknowledgement").order_by("-next_try_at")
    last = known.values_list("next_try_at", flat=True)[ACKNOWLEDGEMENTS_AN_HOUR - 1 : ACKNOWLEDGEMENTS_AN_HOUR]
    return last[0] + HOUR if last else None


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
    return newest_first(every_mail().filter(state=state), before=before, after=after)


def every_mail() -> QuerySet[RawMail]:
    """Received mails without their content. Staff's scope."""
    return RawMail.objects.defer(*HEAVY, "ticket__search").select_related("client", "ticket")


MAIL_IN = "mail in"
# How many mails wait for staff, counted up to a hundred; for the pulse of a staff page.
QUARANTINED = f"""
select count(*) from (select from tickets_rawmail where state = '{RawState.QUARANTINED}' order by id desc limit 100) waiting
"""  # noqa: S608 - only our own constants
