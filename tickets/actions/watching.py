"""Who gets copies of the answers on a request: added, taken off, told (ODS-4)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.actions.notices import notify
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.models import Membership
from portal.queries.people import contract_day
from tickets.actions.answermail import mail_answer
from tickets.actions.base import lock, record
from tickets.models import Message, Ticket, TicketPerson, TicketWatcher
from tickets.queries.people import members_on
from tickets.queries.watching import adder_of, copies_of, watchers_of, who_see
from tickets.rules.noticelist import WATCHED
from tickets.rules.watching import Adder, check_adding, check_removing


@clause("ODS-4")
@transaction.atomic
def watch(ticket_id: int, *, person_id: int, by_mail: bool, by: Actor, at: datetime) -> TicketWatcher:
    """Give a person of the client a copy of each answer from now on. Where the requester adds somebody who cannot see the
    request, they are named on it. Raises Refused."""
    ticket, day = lock(ticket_id), contract_day(at)
    person = members_on(ticket.client_id, day).select_related("client").filter(pk=person_id).first()
    if person is None:
        raise Refused("ODS-4", _("Choose one of the client’s people."))
    rows = watchers_of(ticket)
    if rows.filter(membership__user_id=person.user_id).exists():
        raise Refused("ODS-4", _("%(person)s gets copies already.") % {"person": person.label})
    adder = adder_of(ticket, by, person)
    sees = who_see(ticket, day).filter(user_id=person.user_id).exists()
    check_adding(adder, sees=sees, watching=rows.count())
    stamp = {
        "client_id": ticket.client_id,
        "ticket": ticket,
        "membership": person,
        "added_by": by.label,
        "added_at": at,
    }
    if not sees:
        TicketPerson.objects.create(**stamp)
    row = TicketWatcher.objects.create(**stamp, by_mail=by_mail, named=not sees)
    record(ticket, "watcher added", by=by, at=at, person=person.label, by_mail=by_mail, named=not sees)
    words = _("%(who)s added you to %(ref)s %(subject)s.") % {
        "who": by.label, "ref": ticket.ref, "subject": ticket.subject[:150],
    }  # fmt: skip
    _tell(person, ticket, words, key=f"watcher {row.pk}", by=by, at=at)
    return row


@clause("ODS-4")
@transaction.atomic
def unwatch(ticket_id: int, *, watcher_id: int, by: Actor, at: datetime) -> TicketWatcher:
    """End somebody's copies, and return what was. Taken off by the requester who had shown them the request, they see it no more; whoever leaves
    by themselves still may. Raises Refused, and TicketWatcher.DoesNotExist for a row of another request."""
    ticket = lock(ticket_id)
    row = watchers_of(ticket).get(pk=watcher_id)
    adder = adder_of(ticket, by, row.membership)
    check_removing(adder)
    if row.named and adder == Adder.REQUESTER:
        named = TicketPerson.objects.filter(client_id=ticket.client_id, ticket=ticket)
        named.filter(membership_id=row.membership_id).delete()
    row.delete()
    record(ticket, "watcher removed", by=by, at=at, person=row.membership.label)
    return row


def copy_to_watchers(
    message: Message, ticket: Ticket, merged: Collection[Ticket], *, without: Collection[int], by: Actor, at: datetime
) -> None:
    """Tell the watchers of an answer: in the portal, and with the answer itself to those who get copies by mail, each in a
    mail of their own. It is delivered to who asked; a copy meets no promise. The ticket is locked by the caller."""
    for person, by_mail in copies_of(ticket, merged, contract_day(at), without=without):
        if by_mail:
            mail_answer(message, ticket, person, by=by, at=at, kind="copy")
        words = _("%(ref)s %(subject)s is answered.") % {"ref": ticket.ref, "subject": ticket.subject[:150]}
        _tell(person, ticket, words, key=f"copy {message.pk}", by=by, at=at)


def _tell(person: Membership, ticket: Ticket, sentence: str, *, key: str, by: Actor, at: datetime) -> None:
    notify(
        [person.user_id],
        kind=WATCHED,
        sentence=sentence,
        url=reverse("client:ticket", args=[person.client.slug, ticket.ref]),
        client_id=ticket.client_id,
        key=key,
        by=by,
        at=at,
    )
