"""The staff's pages over HTTP: `python -m benchmarks.pages`, inside a house of benchmarks/run.py."""

import os
import re

from benchmarks.figures import Figure, percentile
from benchmarks.subject import deliver
from benchmarks.visitors import Visitor, signed_in
from portal import jobs
from portal.actors import SYSTEM
from portal.models import Client, Staff, User
from portal.tenancy import act_as_staff
from tickets.models import Ticket
from tickets.rules.states import Group

WARM_UP = 8
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "40"))
Limits = tuple[float | None, float | None]
NONE: Limits = (None, None)
# must and aim of p50, p95 and statements (DESIGN.md 5), for the pages that have them; the others must only not grow.
PROMISED: dict[str, tuple[Limits, Limits, Limits]] = {
    "queue": ((25, 15), (70, 40), (10, 8)),
    "ticket": ((20, 12), NONE, (14, 10)),
}
FIXED = (
    ("queue, rows only", "/desk/queue/rows/"), ("queue, mine", "/desk/mine/"),
    ("queue, nobody's", "/desk/?view=unassigned"), ("queue, waiting", "/desk/?view=waiting"),
    ("queue, done", "/desk/?view=done"), ("queue, version", "/desk/queue/version/"), ("clients", "/desk/clients/"),
    ("staff", "/desk/people/staff/"), ("alarms", "/desk/alarms/"),
    ("notices", "/desk/notices/"), ("feedback", "/desk/feedback/"), ("mail", "/desk/mail/"), ("jobs", "/desk/jobs/"),
    ("audit", "/desk/audit/"), ("calendar", "/desk/calendar/"), ("products", "/desk/offer/products/"),
    ("agreements", "/desk/offer/agreements/"),
)  # fmt: skip


def visitor() -> Visitor:
    """An administrator: every page is open to one."""
    with act_as_staff(SYSTEM):
        person = Staff.objects.filter(grade="admin", valid_to__isnull=True).order_by("id")[0]
    return signed_in(User.objects.get(pk=person.user_id), staff=True)


def pages(asking: Visitor) -> list[tuple[str, str]]:
    """Every page with its address: the fixed ones, and those of the largest client, of a request, and behind a cursor."""
    with act_as_staff(SYSTEM):
        running = Ticket.objects.filter(queue_group=Group.CLOCK).order_by("queue_at")
        ref = running.values_list("ref", flat=True)[0]
        slug = Client.objects.filter(pk=running.values_list("client_id", flat=True)[0]).values_list("slug", flat=True)[
            0
        ]
    further = re.search(r'rel="next" href="([^"]+)"', asking.get("/desk/").body)
    older = [("queue, second page", further.group(1).replace("&amp;", "&"))] if further else []
    own = [
        ("queue", "/desk/"),
        ("ticket", f"/desk/tickets/{ref}/"),
        ("ticket, preview", f"/desk/tickets/{ref}/preview/"),
        ("queue of one client", f"/desk/?client={slug}"),
        ("client", f"/desk/clients/{slug}/"),
        ("new ticket", f"/desk/tickets/new/{slug}/"),
    ]
    return [*own, *older, *FIXED]


def measure() -> list[Figure]:
    # No worker runs beside us: what it does each minute.
    jobs.run("queue numbers")
    asking = visitor()
    found = [figure for name, path in pages(asking) for figure in page(asking, name, path)]
    asking.close()
    return found


def page(asking: Visitor, name: str, path: str) -> list[Figure]:
    """A page's waiting times, its processor time, and how many statements it costs."""
    answers = [asking.get(path) for _ in range(WARM_UP + REQUESTS)][WARM_UP:]
    wrong = {answer.status for answer in answers} - {200, 204}
    if wrong:
        raise RuntimeError(f"{path} answered {wrong}.")
    waited = [answer.milliseconds for answer in answers]
    p50, p95, statements = PROMISED.get(name, (NONE, NONE, NONE))
    return [
        Figure(f"page {name}, p50", percentile(waited, 0.5), "ms", p50[0], p50[1], plan=name),
        Figure(f"page {name}, p95", percentile(waited, 0.95), "ms", p95[0], p95[1], plan=name),
        Figure(f"page {name}, fastest tenth", percentile(waited, 0.1), "ms", plan=name),
        Figure(f"page {name}, processor", percentile([answer.processor for answer in answers], 0.5), "ms"),
        Figure(
            f"page {name}, statements", max(answer.statements for answer in answers), "", statements[0], statements[1]
        ),
    ]


if __name__ == "__main__":
    deliver(measure())
