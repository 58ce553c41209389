"""Reads of the outbox: every mail that left or waits."""

from portal.models import Outbox, User
from portal.outbox import secret_links
from portal.queries.demo import demo_is_open
from portal.queries.paging import Page, newest_first
from portal.rules.states import MailState

STATES = [str(state) for state in MailState]
HEAVY = ("text", "html", "headers", "secret")


def mails(*, state: str = "", before: int | None = None, after: int | None = None) -> Page[Outbox]:
    """Every mail, newest first, without its body. Staff's scope."""
    rows = Outbox.objects.defer(*HEAVY).select_related("client")
    if state in STATES:
        rows = rows.filter(state=state)
    return newest_first(rows, before=before, after=after)


def mail_of(pk: int) -> Outbox | None:
    """One mail with everything that may be shown of it."""
    return Outbox.objects.select_related("client", "address").filter(pk=pk).first()


def body_of(row: Outbox) -> str:
    """The mail's words. A secret link is shown in the demo only, where this page is the only inbox."""
    link = secret_links.unlock(row.secret) if row.secret is not None and demo_is_open() else None
    return secret_links.put_in(row.text, link)


def recent_for(user: User, limit: int = 20) -> list[Outbox]:
    """The newest mails to a person, all their addresses together, bodies included. Staff's scope; for the demo's inbox."""
    rows = Outbox.objects.filter(address__user=user).select_related("client")
    return list(rows.order_by("-id")[:limit])
