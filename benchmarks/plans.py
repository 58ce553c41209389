"""How PostgreSQL answers the key queries: `python -m benchmarks.plans` prints one plan per query, under its name.

The queries are the portal's own, caught on their way to the database, so that no plan is of a query that nobody asks.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection

from benchmarks.subject import deliver
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.models import Membership, Staff
from portal.queries.contract import calendar_at, worktime_of
from portal.tenancy import act_as, act_as_staff
from tickets.actions.watch import watch_clocks
from tickets.models import Ticket
from tickets.queries.access import ticket_for_staff
from tickets.queries.client import client_page
from tickets.queries.queue import View, queue_page


def plan_of(work: Callable[[], Any], word: str) -> str:
    """The plan of the first statement of this work that holds a word."""
    caught: list[tuple[str, Any]] = []

    def catch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        caught.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(catch):
        work()
    sql, params = next((sql, params) for sql, params in caught if word in sql)
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers) {sql}", params)
        return "\n".join(row[0] for row in cursor.fetchall())


def plans() -> dict[str, str]:
    """Each key query's plan, by the name that a figure carries (benchmarks/figures.py, plan)."""
    at = clock.now()
    with act_as_staff(SYSTEM):
        person = Staff.objects.order_by("id")[0]
        member = Membership.objects.filter(role="manager", joined_at__isnull=False).order_by("client_id")[0]
        ref = Ticket.objects.filter(queue_group=1).values_list("ref", flat=True)[0]
        actor = Actor("staff", person.label, user_id=person.user_id, staff_id=person.pk, role=person.grade)
        calendar = worktime_of(calendar_at(at))

        def queue(name: str, cursor: str = "") -> Any:
            return queue_page(View(name), actor=actor, at=at, calendar=calendar, cursor=cursor)

        further = queue("open").next_cursor
        found = {
            "queue": plan_of(lambda: queue("open"), "order by"),
            "queue, its numbers": plan_of(lambda: queue("open"), "tickets_queuetally"),
            "queue, second page": plan_of(lambda: queue("open", further), "order by"),
            "queue, mine": plan_of(lambda: queue("mine"), "order by"),
            "queue, done": plan_of(lambda: queue("done"), "order by"),
            "ticket": plan_of(lambda: ticket_for_staff(ref), "tickets_ticket"),
            "sweep": plan_of(lambda: watch_clocks(at.replace(year=at.year - 5)), "tickets_responseclock"),
        }
    reader = Actor(
        "member", member.label, user_id=member.user_id, client_id=member.client_id,
        membership_id=member.pk, role=member.role,
    )  # fmt: skip
    with act_as(member.client_id):
        found["a client's list"] = plan_of(lambda: client_page(reader, "all"), "ORDER BY")
    return found


if __name__ == "__main__":
    deliver(plans())
