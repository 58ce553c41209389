"""Requests raised by the client's form, one after the other over one connection: `python -m benchmarks.creating`.

Each is one commit with ticket, message, audit event and the acknowledgement in the outbox.
"""

import re
from itertools import count
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.urls import reverse

from benchmarks.figures import Figure, percentile, rate_of
from benchmarks.subject import deliver
from benchmarks.visitors import Answer, signed_in
from portal.actors import SYSTEM
from portal.models import Membership, Outbox, User
from portal.tenancy import act_as_staff
from tickets.models import Ticket

WARM_UP = 10


def counts() -> tuple[int, int]:
    with act_as_staff(SYSTEM):
        return Ticket.objects.count(), Outbox.objects.count()


def measure() -> list[Figure]:
    with act_as_staff(SYSTEM):
        member = Membership.objects.filter(
            role="manager", joined_at__isnull=False, valid_to__isnull=True, delegated_by__isnull=True
        ).select_related("client")[0]
    # Before the connection is there: gunicorn closes one that is silent for two seconds.
    before = counts()
    asking = signed_in(User.objects.get(pk=member.user_id), staff=False)
    path = reverse("client:ask", args=[member.client.slug])
    form = asking.get(path)
    asking.cookies[settings.CSRF_COOKIE_NAME] = cookie(form.headers["set-cookie"])
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.body)[0]
    numbers = count()
    answers: list[Answer] = []

    def post() -> None:
        given = {
            "csrfmiddlewaretoken": token,
            "idempotency_key": str(uuid4()),
            "subject": f"Benchmark request {next(numbers)}",
            "body": "The shared calendar does not show since this morning.",
        }
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": settings.PORTAL_URL}
        answers.append(asking.ask("POST", path, urlencode(given), **kind))
        if answers[-1].status != 302:
            raise RuntimeError(f"The form answered {answers[-1].status}.")

    for _ in range(WARM_UP):
        post()
    rate = rate_of(post)
    after = counts()
    if [new - old for new, old in zip(after, before, strict=True)] != [len(answers)] * 2:
        raise RuntimeError(f"{before} requests and mails became {after}.")
    asking.close()
    return [
        Figure("requests raised by the form, one connection", rate, "a second", 100, 160, rate=True),
        Figure("one such form, processor", percentile([answer.processor for answer in answers[WARM_UP:]], 0.5), "ms"),
        Figure("one such form, statements", answers[-1].statements, ""),
    ]


def cookie(line: str) -> str:
    return line.split(";", 1)[0].split("=", 1)[1]


if __name__ == "__main__":
    deliver(measure())
