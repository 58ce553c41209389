"""What stands beside a ticket on its page, in one query: each part is one look along an index."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from portal.actors import Actor
from portal.prepared import Prepared
from portal.rules.states import EntitlementKind
from tickets.models import Ticket

# As tickets.queries.people.nda_of, portal.queries.contract.entitlements_on, tickets.actions.base.running_due and
# tickets.queries.desk say it one by one.
BESIDE = Prepared("""
select (select n.valid_from from portal_nda n where n.staff_id = %(staff)s
        and n.valid_from <= %(day)s and (n.valid_to is null or n.valid_to > %(day)s) order by n.id limit 1),
       (select e.valid_from from portal_entitlement e where e.client_id = %(client)s and e.kind = %(support)s
        and e.valid_from <= %(day)s and (e.valid_to is null or e.valid_to > %(day)s) order by e.valid_from limit 1),
       (select min(c.due_at) from tickets_responseclock c where c.client_id = %(client)s and c.met_at is null
        and c.ticket_id in (select %(ticket)s union all select t.id from tickets_ticket t
                            where t.client_id = %(client)s and t.merged_into_id = %(ticket)s)),
       exists (select from tickets_attachment a where a.client_id = %(client)s and a.ticket_id = %(ticket)s),
       exists (select from tickets_savedanswer s
               where s.retired_at is null and (s.owner_id is null or s.owner_id = %(staff)s)),
       (select coalesce(json_agg(json_build_array(f.id, f.kind, f.due_at, f.words, s.label) order by f.due_at, f.id), '[]')
        from tickets_followup f join portal_staff s on s.id = f.staff_id
        where f.client_id = %(client)s and f.ticket_id = %(ticket)s and f.state = 'planned'),
       d.kind, d.body, d.saved_at, v.kind, f.open_steps,
       (select r.verdict from tickets_spamreport r where r.client_id = %(client)s and r.ticket_id = %(ticket)s)
from (select) one
left join tickets_draft d on d.client_id = %(client)s and d.ticket_id = %(ticket)s and d.staff_id = %(staff)s
left join tickets_filledform f on f.client_id = %(client)s and f.ticket_id = %(ticket)s
left join tickets_formversion v on v.id = f.version_id
""")


@dataclass(frozen=True, slots=True)
class Planned:
    """A follow-up that waits: kind is of tickets.rules.followups.Plan, who its author or whom it reminds."""

    pk: int
    kind: str
    due_at: datetime
    words: str
    who: str


@dataclass(frozen=True, slots=True)
class Beside:
    """follow_ups: what is planned, the next first. nda_from: since when the reader's NDA holds; support_from: since when
    the client has the support package; due_at: the earliest promise that no answer has met. draft_*: the reader's unsent
    words; form_kind, open_steps: of the ready-made form that it came by. None without any. reported: the verdict on the mail
    that was reported with it, "" before there is one, None for a request that is no such report."""

    nda_from: date | None
    support_from: date | None
    due_at: datetime | None
    has_files: bool
    has_answers: bool
    follow_ups: list["Planned"]
    draft_kind: str | None
    draft_body: str | None
    draft_at: datetime | None
    form_kind: str | None
    open_steps: int | None
    reported: str | None


def beside(ticket: Ticket, actor: Actor, day: date) -> Beside:
    """day: the contract day. Staff's scope."""
    values: dict[str, Any] = {
        "staff": actor.staff_id or 0,
        "day": day,
        "client": ticket.client_id,
        "ticket": ticket.pk,
        "support": EntitlementKind.SUPPORT,
    }
    with connection.cursor() as cursor:
        BESIDE.run(cursor, values)
        row: tuple[Any, ...] = cursor.fetchone()
    plans = [Planned(pk, kind, datetime.fromisoformat(due), words, who) for pk, kind, due, words, who in row[5]]
    return Beside(*(*row[:5], plans, *row[6:]))
