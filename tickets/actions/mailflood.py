"""A sender who asks more often than twenty times an hour: an alarm while their acknowledgements wait (TRUST F8)."""

from datetime import datetime

from django.utils.translation import gettext as _

from portal.actions.alarms import clear_alarm, raise_alarm
from portal.actors import SYSTEM
from portal.clauses import clause
from portal.jobs import sweep
from portal.models import Alarm, Membership
from tickets.queries.mailin import capped_until
from tickets.rules.mail.verdict import ACKNOWLEDGEMENTS_AN_HOUR

FLOOD = "mail flood"


def alarm_flood(author: Membership, *, at: datetime) -> None:
    """One alarm a sender: their acknowledgements leave at twenty an hour, and no clock runs before each has left."""
    raise_alarm(
        kind=FLOOD,
        subject_type="address",
        subject_id=author.address_id,
        client_id=author.client_id,
        clause="HLP-5",
        sentence=_(
            "%(who)s has sent more than %(most)s requests by mail within an hour; the further acknowledgements wait."
        )
        % {"who": author.email, "most": ACKNOWLEDGEMENTS_AN_HOUR},
        cure=_(
            "Ask the person whether a machine writes in their name. The waiting acknowledgements leave by themselves."
        ),
        url="/desk/mail/",
        at=at,
    )


@sweep("mail floods", every_seconds=60, clause="HLP-5")
@clause("HLP-5")
def clear_floods(at: datetime) -> int:
    """Clear the alarm of each sender whose next acknowledgement would leave at once again. A late sweep writes the true
    instants."""
    open_ones = Alarm.objects.filter(kind=FLOOD, subject_type="address", cleared_at__isnull=True)
    cleared = 0
    for alarm in open_ones.order_by("raised_at", "id").select_for_update(of=("self",), skip_locked=True):
        over_at = capped_until(alarm.subject_id) or at
        if over_at <= at:
            cleared += clear_alarm(
                kind=FLOOD,
                subject_type="address",
                subject_id=alarm.subject_id,
                at=max(over_at, alarm.raised_at),
                by=SYSTEM,
            )
    return cleared
