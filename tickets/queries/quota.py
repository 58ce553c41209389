"""How much a client, and one person of it, may send in a day, so that a flood fills nobody else's disk (TRUST A28)."""

from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.errors import Refused
from portal.files.limits import CLIENT_DAY_BYTES, PERSON_DAY_BYTES, in_words
from tickets.models import Attachment

DAY = timedelta(hours=24)


@clause("SUB-1")
def check_quota(client_id: int, adding_bytes: int, at: datetime, membership_id: int | None = None) -> None:
    """Raises Refused when this client, or this person of it, would pass the bytes of the last 24 hours.

    Files that staff sent are not counted: our answer never uses up the client's room.
    """
    sent = Attachment.objects.filter(
        client_id=client_id, added_at__gt=at - DAY, added_at__lte=at, message__author_member__isnull=False
    )
    if membership_id is not None:
        refuse_over(sent.filter(message__author_member=membership_id), adding_bytes, PERSON_DAY_BYTES, _("You have"))
    refuse_over(sent, adding_bytes, CLIENT_DAY_BYTES, _("Your organisation has"))


def refuse_over(sent: QuerySet[Attachment], adding: int, most: int, who: str) -> None:
    used = sent.aggregate(total=Sum("size"))["total"] or 0
    if used + adding > most:
        raise Refused(
            "SUB-1",
            _(
                "%(who)s sent files of %(in_words)s in the last 24 hours, and a day takes %(in_words_2)s. Please send the message without files, or share a link."
            )
            % {"who": who, "in_words": in_words(used), "in_words_2": in_words(most)},
        )
