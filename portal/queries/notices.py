"""Reads of a person's inbox inside the portal, of their choices, and of whom a notice may reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, Value

from portal import noticekinds
from portal.actors import Actor
from portal.models import Membership, Notice, NoticeChoice, Staff
from portal.rules.notices import Kind, Side, Way
from portal.rules.states import AddressState

SIZE = 50
READ, UNREAD = "r", "u"
PEOPLE = (
    "select place, user_id, membership_id, way"
    " from public.notice_people(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s) order by place"
)


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of a person's notices, the unread ones first. `older` is the place to go on from, "" at the end."""

    rows: list[Notice]
    older: str

    @property
    def unread(self) -> bool:
        """Whether there is something to mark on this page."""
        return any(row.read_at is None for row in self.rows)


def inbox(by: Actor, after: str = "") -> Inbox:
    """A person's own notices: in a client's scope those as this client's person, on the desk those as a colleague."""
    part, number = place_of(after)
    mine = own(by)
    unread = mine.filter(read_at__isnull=True)
    rows: list[Notice] = []
    if part == UNREAD:
        rows = list((unread.filter(pk__lt=number) if number else unread).order_by("-pk")[: SIZE + 1])
        number = 0
    if len(rows) <= SIZE:
        read = mine.filter(read_at__isnull=False)
        rows += list((read.filter(pk__lt=number) if number else read).order_by("-pk")[: SIZE + 1 - len(rows)])
    page = rows[:SIZE]
    older = f"{READ if page[-1].read_at else UNREAD}{page[-1].pk}" if len(rows) > SIZE else ""
    return Inbox(page, older)


def place_of(after: str) -> tuple[str, int]:
    """A place in the inbox from its address; anything that is none is the beginning."""
    part, number = after[:1], after[1:]
    sound = part in (READ, UNREAD) and number.isascii() and number.isdigit() and len(number) < 19
    return (part, int(number)) if sound else (UNREAD, 0)


def own(by: Actor) -> QuerySet[Notice]:
    """A person's own notices in the inbox where they stand now."""
    mine = Notice.objects.filter(user_id=by.user_id or 0, membership__isnull=not by.is_member)
    return mine.filter(client_id=by.client_id or 0) if by.is_member else mine.select_related("client")


def unread_count(by: Actor) -> int:
    """How many notices the person has not read."""
    return own(by).filter(read_at__isnull=True).count()


def choices_of(by: Actor) -> dict[str, Way]:
    """What a person chose, by kind, in the inbox where they stand now."""
    rows = NoticeChoice.objects.filter(user_id=by.user_id or 0)
    rows = rows.filter(client_id=by.client_id) if by.client_id else rows.filter(client__isnull=True)
    return {kind: Way(way) for kind, way in rows.values_list("kind", "way")}


def side_of(by: Actor) -> Side:
    return Side.CLIENT if by.is_member else Side.STAFF


def kinds_of(by: Actor, roles: Sequence[str]) -> list[tuple[Kind, Way]]:
    """Each kind that this person may get, and how they are told of it at present."""
    chosen = choices_of(by)
    return [(kind, kind.way(chosen.get(kind.name, ""))) for kind in noticekinds.kinds_for(side_of(by), roles)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A person whom a notice may reach; `client_id` is whom it is about, and whose person they must be if they are no colleague."""

    kind: str
    client_id: int | None
    user_id: int | None = None
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody in office, as a colleague or as a membership, and what they chose ("" when nothing)."""

    user_id: int
    membership_id: int | None
    way: str


def reached(wanted: Sequence[Wanted], at: datetime) -> dict[int, Reached]:
    """By place in `wanted`, who is in office at an instant; leavers and strangers are missing. One query, in every scope."""
    given: list[list[Any]] = [
        [one.user_id for one in wanted], [one.staff_id for one in wanted],
        [one.client_id for one in wanted], [one.kind for one in wanted],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [*given, at])
        return {place - 1: Reached(*rest) for place, *rest in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Reader:
    """Where a person's mail goes, and whether it may hold what clients write (CMP-6)."""

    address_id: int
    email: str
    label: str
    nda: bool


def readers(rows: Sequence[Notice], at: datetime) -> dict[int, Reader]:
    """By notice, who reads its mail; nobody whose address is known not to work. Staff's scope."""
    members = Membership.objects.filter(address__state=AddressState.ACTIVE).in_bulk({row.membership_id for row in rows})
    colleagues = {one.user_id: one for one in _colleagues([row.user_id for row in rows if not row.membership_id], at)}
    found: dict[int, Reader] = {}
    for row in rows:
        member, colleague = members.get(row.membership_id), colleagues.get(row.user_id)
        if member is not None:
            found[row.pk] = Reader(member.address_id, member.email, member.label, True)
        elif colleague is not None and row.membership_id is None:
            nda = bool(colleague.nda_valid)  # type: ignore[attr-defined]
            found[row.pk] = Reader(colleague.address_id, colleague.email, colleague.label, nda)
    return found


def _colleagues(user_ids: Sequence[int], at: datetime) -> list[Staff]:
    nda = Func(F("pk"), Value(at), function="public.staff_nda_valid", output_field=BooleanField())
    return list(Staff.objects.filter(user_id__in=user_ids, address__state=AddressState.ACTIVE).annotate(nda_valid=nda))
