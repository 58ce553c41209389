"""Pure rules of compliance: what the people of a report are told."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from portal.rules.noticelist import MANAGERS
from portal.rules.notices import Kind, Side, Way

MANAGERS_ONLY = gettext_noop("Reports are for client managers. Ask one of yours.")
READY_NOTICE = "report"
NOTICES = (
    Kind(
        READY_NOTICE,
        Side.CLIENT,
        _("Report ready"),
        _("A report that you asked for is made."),
        Way.MAIL,
        roles=MANAGERS,
    ),
)
