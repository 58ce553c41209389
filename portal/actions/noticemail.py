"""Notices that leave by mail: at once, outside working hours at the next opening, or once a day with everything that happened."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Max, QuerySet
from django.urls import reverse

from portal import noticekinds, outbox
from portal.actors import SYSTEM
from portal.jobs import sweep
from portal.models import Notice
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.notices import Reached, Reader, Wanted, reached, readers
from portal.rules.notices import Kind, Way, digest_due, is_quiet
from portal.worktime import Calendar, is_open, next_opening

BATCH = 200
PEOPLE_A_BATCH = 50
MOST_LINES = 50
SENT = ["mail_due_at", "mailed_at", "digest_due_at", "digested_at"]


def mails_due(at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(mail_due_at__lte=at)


def digests_due(at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(digest_due_at__lte=at)


@sweep("notices by mail", every_seconds=15, backlog=lambda at: mails_due(at).count())
def mail_notices(at: datetime) -> int:
    """Write the mails that are due: to who is still in office, has not read the line meanwhile, and still wants a mail."""
    due = mails_due(at).select_related("client").order_by("mail_due_at", "id")
    rows = list(due.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    if not rows:
        return 0
    calendar, people, mailboxes = worktime_of(calendar_at(at)), _still(rows, at), readers(rows, at)
    for row in rows:
        row.mail_due_at = None
        person, reader = people.get(row.pk), mailboxes.get(row.pk)
        if person is not None and reader is not None and row.read_at is None:
            _settle(row, noticekinds.kind_of(row.kind), person, reader, calendar, at)
    Notice.objects.bulk_update(rows, SENT)
    return len(rows)


def _still(rows: Sequence[Notice], at: datetime) -> dict[int, Reached]:
    """By notice, who may still get it, in the capacity in which they were told."""
    people = reached([Wanted(row.kind, row.client_id, row.user_id) for row in rows], at)
    found = {rows[place].pk: person for place, person in people.items()}
    return {
        row.pk: found[row.pk]
        for row in rows
        if row.pk in found and (found[row.pk].membership_id is None) == (row.membership_id is None)
    }


def _settle(row: Notice, kind: Kind, person: Reached, reader: Reader, calendar: Calendar, at: datetime) -> None:
    match kind.way(person.way):
        case Way.MAIL if is_quiet(at, kind, calendar):
            row.mail_due_at = next_opening(at, calendar)
        case Way.MAIL if reader.nda or row.client_id is None:
            row.mailed_at = at
            _send(row, "notice", [row], reader, at)
        case Way.DIGEST:
            row.digest_due_at = digest_due(at, calendar)


@sweep("daily mails of notices", every_seconds=60, backlog=lambda at: digests_due(at).count())
def send_digests(at: datetime) -> int:
    """One mail a day to each person for whom something happened that they have not read. Late, it still is one."""
    users = list(digests_due(at).order_by("user_id").values_list("user_id", flat=True).distinct()[:PEOPLE_A_BATCH])
    if not users:
        return 0
    due = digests_due(at).filter(user_id__in=users).select_related("client").order_by("user_id", "id")
    rows = list(due.select_for_update(of=("self",), skip_locked=True))
    calendar, people, mailboxes = worktime_of(calendar_at(at)), _still(rows, at), readers(rows, at)
    had = _last_digests(users)
    for inbox, lines in _by_inbox(rows).items():
        if _must_wait(inbox, had, calendar, at):
            for row in lines:
                row.digest_due_at = digest_due(at, calendar)
        else:
            _digest(lines, people, mailboxes, at)
    Notice.objects.bulk_update(rows, SENT, batch_size=BATCH)
    return len(rows)


Inbox = tuple[int, int | None]


def _inbox(row: Notice) -> Inbox:
    """A person's inbox: one at each of their clients, or one as a colleague."""
    return row.user_id, row.client_id if row.membership_id is not None else None


def _by_inbox(rows: Sequence[Notice]) -> dict[Inbox, list[Notice]]:
    found: defaultdict[Inbox, list[Notice]] = defaultdict(list)
    for row in rows:
        found[_inbox(row)].append(row)
    return found


def _last_digests(users: Sequence[int]) -> dict[Inbox, datetime]:
    """When each inbox of these people last had its daily mail."""
    sent = Notice.objects.filter(user_id__in=users, digested_at__isnull=False)
    member = sent.filter(membership__isnull=False).values_list("user_id", "client_id").annotate(last=Max("digested_at"))
    colleague = sent.filter(membership__isnull=True).values_list("user_id").annotate(last=Max("digested_at"))
    return {(user, client): last for user, client, last in member} | {(user, None): last for user, last in colleague}


def _must_wait(inbox: Inbox, had: dict[Inbox, datetime], calendar: Calendar, at: datetime) -> bool:
    """Whether this inbox had its mail today, or belongs to a colleague whose office is closed by now."""
    last = had.get(inbox)
    if last is not None and calendar.local_date(last) == calendar.local_date(at):
        return True
    return inbox[1] is None and not is_open(at, calendar)


def _digest(lines: Sequence[Notice], people: dict[int, Reached], mailboxes: dict[int, Reader], at: datetime) -> None:
    for row in lines:
        row.digest_due_at = None
    told = [row for row in lines if row.read_at is None and _in_digest(row, people.get(row.pk), mailboxes.get(row.pk))]
    if not told:
        return
    for row in told:
        row.digested_at = at
    _send(told[0], "digest", told, mailboxes[told[0].pk], at)


def _in_digest(row: Notice, person: Reached | None, reader: Reader | None) -> bool:
    if person is None or reader is None or not (reader.nda or row.client_id is None):
        return False
    return noticekinds.kind_of(row.kind).way(person.way) in (Way.DIGEST, Way.MAIL)


def _send(first: Notice, template: str, rows: Sequence[Notice], reader: Reader, at: datetime) -> None:
    """Queue one mail with these lines, as the portal."""
    member = first.membership_id is not None and first.client is not None
    space, given = ("client", [first.client.slug]) if member and first.client else ("desk", [])
    home = f"{settings.PORTAL_URL}{reverse(f'{space}:notices', args=given)}"
    lines = [
        {"at": row.at, "sentence": row.sentence, "link": f"{settings.PORTAL_URL}{row.url}" if row.url else home}
        for row in rows[:MOST_LINES]
    ]
    facts = {
        "name": reader.label,
        "lines": lines,
        "number": len(rows),
        "more": len(rows) - len(lines),
        "home": home,
        "choices": f"{settings.PORTAL_URL}{reverse(f'{space}:notice-choices', args=given)}",
        "client": first.client if member else None,
    }
    subject, text, html = outbox.compose(template, facts)
    outbox.queue(
        to=outbox.Recipient(reader.address_id, reader.email), kind=template, subject=subject, text=text, html=html,
        client_id=first.client_id if member or template == "notice" else None, at=at, by=SYSTEM, about=first,
    )  # fmt: skip
