"""Documents of requests that wait for the worker when the demo begins, so that the first look finds them made."""

from collections.abc import Sequence

from portal.demo.ground import Ground
from tickets.demo.life import Life
from tickets.models import TicketDocument
from tickets.rules.papers import Paper

CLIENT = "northfield-trust"


def ask_for_papers(ground: Ground, lives: Sequence[Life]) -> None:
    """A proof sheet and a whole copy of one client's newest answered request, and of its newest late one."""
    pack = next(pack for pack in ground.clients if pack.spec.slug == CLIENT)
    met = [
        life
        for life in lives
        if life.ticket.client_id == pack.client.pk and life.clock is not None and life.clock.met_at
    ]
    met.sort(key=lambda life: life.ticket.received_at)
    late = [life for life in met if life.clock is not None and life.clock.breached_at]
    chosen = {life.ticket.pk: life for life in [*met[-1:], *late[-1:]]}
    TicketDocument.objects.bulk_create(
        TicketDocument(
            client_id=pack.client.pk,
            ticket_id=pk,
            kind=paper,
            requested_by_label=life.requester.label,
            requested_at=ground.at,
            progress_says="Waiting for a worker",
        )
        for pk, life in chosen.items()
        for paper in Paper
    )
