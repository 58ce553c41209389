"""What the tests about people share: reading back what an action wrote, across clients."""

import re
from contextlib import contextmanager

from portal.actors import SYSTEM
from portal.models import AuditEvent, Outbox
from portal.outbox import secret_links
from portal.tenancy import act_as_staff


@contextmanager
def overview():
    """Look at everything, as the portal's own jobs do."""
    with act_as_staff(SYSTEM):
        yield


def audited(kind, **wanted):
    """The events of a kind, oldest first."""
    with overview():
        return list(AuditEvent.objects.filter(kind=kind, **wanted).order_by("id"))


def mails_to(email):
    with overview():
        return list(Outbox.objects.filter(to_email=email).order_by("id"))


def token_in(row):
    """The one-time token that a mail will carry once it leaves."""
    link = secret_links.unlock(row.secret)
    return re.search(r"/accounts/invitation/([^/]+)/$", link)[1]


def token_of(link):
    return re.search(r"/accounts/invitation/([^/]+)/$", link.strip())[1]
