"""Requests raised by the interface in a world, over one connection, with a token made for it: `python -m benchmarks.api_raising`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.api_create import AIM, LIMIT, WARM_UP, post
from benchmarks.figures import Figure, rate_of
from benchmarks.line import Line
from benchmarks.subject import deliver
from portal import clock
from portal.actions.tokens import make_token, revoke_token
from portal.actors import SYSTEM, Actor
from portal.launcher.ports import LOOPBACK
from portal.models import Membership
from portal.queries.tokens import Place
from portal.rules.tokens import scopes_for
from portal.tenancy import act_as_staff


@contextmanager
def token() -> Iterator[str]:
    """Of a manager who is there; it is as good as one made on the page, and works until the end."""
    with act_as_staff(SYSTEM):
        one = Membership.objects.filter(
            role="manager", joined_at__isnull=False, valid_to__isnull=True, delegated_by__isnull=True
        ).select_related("client")[0]
    by = Actor("member", one.label, one.user_id, one.client_id, one.pk, None, one.role)
    place, at = Place(membership=one, staff=None), clock.now()
    scopes = list(scopes_for(staff=False))
    row, shown = make_token(place=place, user_id=one.user_id, name="Benchmark", scopes=scopes, days=30, by=by, at=at)
    try:
        yield shown
    finally:
        revoke_token(token_id=row.pk, by=by, at=clock.now())


def measure() -> list[Figure]:
    with token() as shown, Line(LOOPBACK, int(os.environ["PORTAL_PORT"])) as line:
        for _ in range(WARM_UP):
            post(line, shown)
        rate = rate_of(lambda: post(line, shown))
    return [Figure("requests raised by the interface, one connection", rate, "a second", LIMIT, AIM, rate=True)]


if __name__ == "__main__":
    deliver(measure())
