"""Reports about our own mail: a bounce or a complaint marks the address that it is about (HLP-5)."""

from datetime import datetime

from django.utils.translation import gettext as _

from portal.actions.mail import note_bounce
from portal.clauses import clause
from portal.models import Outbox
from tickets.queries.mailin import mail_answered
from tickets.rules.mail.shape import AutoKind, Report

UNWANTED = "complaint"


@clause("HLP-5")
def note_report(report: Report, *, at: datetime) -> Outbox | None:
    """Find the mail that a report is about and, if it failed for good, mark its address. The clock stands as it is.

    None when the report names no mail of ours: such a report marks nobody.
    """
    outbox = mail_answered(report.original_message_id)
    if outbox is None:
        return None
    told = next((one for one in report.recipients if one.address in (None, outbox.to_email)), None)
    if report.kind == AutoKind.COMPLAINT:
        note_bounce(outbox, said=_("The recipient reported our mail as unwanted."), at=at)
    elif told is not None and told.action == "failed" and not told.status.startswith("4"):
        note_bounce(outbox, said=f"{told.status} {told.detail}".strip() or "undeliverable", at=at)
    return outbox
