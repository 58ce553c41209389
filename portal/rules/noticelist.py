"""The ground floor's own kinds of notices, and the mails that nobody can switch off."""

from django.utils.translation import gettext_lazy as _

from portal.rules.notices import Always, Kind, Side, Way
from portal.rules.states import Grade, Role

NEW_PERSON = "new person"
TERMS = "terms published"
ALARM = "alarm"
MAIL_ALARM = "mail alarm"
OUTAGE = "outage"
PLANNED = "planned work"
CLOSURE = "closure"
OUTAGE_OVERDUE = "outage overdue"

MANAGERS = frozenset({Role.MANAGER})
LEADS = frozenset({Grade.LEAD, Grade.ADMIN})

KINDS = (
    Kind(
        TERMS, Side.CLIENT, _("New terms"), _("A new version of our terms is in force. We always send you a mail about it."),
        Way.PORTAL, (Way.PORTAL,), clause="LOG-1", roles=MANAGERS,
    ),
    Kind(
        NEW_PERSON, Side.CLIENT, _("New person"), _("Somebody else invites a person to your organisation."),
        Way.DIGEST, roles=MANAGERS,
    ),
    Kind(OUTAGE, Side.CLIENT, _("Outage"), _("Something does not work, there is news of it, or it is mended."), Way.MAIL),
    Kind(
        PLANNED, Side.CLIENT, _("Planned work"),
        _("We plan work that you may notice, it begins the next day, changes, or is done."), Way.MAIL,
    ),
    Kind(CLOSURE, Side.CLIENT, _("Closure"), _("Our office will be closed on a day when it is usually open."), Way.MAIL),
    Kind(
        OUTAGE_OVERDUE, Side.STAFF, _("Outage without news"),
        _("An outage that you announced should have ended by now. Clients still read that it goes on."), Way.MAIL,
    ),
    Kind(
        ALARM, Side.STAFF, _("Alarm"), _("An alarm is raised. We send this mail at any hour."),
        Way.MAIL, (Way.MAIL, Way.PORTAL), urgent=True, clause="HLP-5", roles=LEADS,
    ),
    # A mail about mail that does not leave would not leave either, and its failure would be the next alarm.
    Kind(
        MAIL_ALARM, Side.STAFF, _("Alarm about mail"), _("A mail does not leave. This is told in the portal, not by mail."),
        Way.PORTAL, (Way.PORTAL,), urgent=True, clause="HLP-5", roles=LEADS,
    ),
)  # fmt: skip

SAFETY = _("Whoever gets into your account must not be able to silence these mails.")
INVITED = _("Invitations")
SIGN_IN = _("Password, second step and change of address")
NEW_TERMS = _("New terms")
ALWAYS = (
    Always(Side.CLIENT, NEW_TERMS, _("A new version of our terms is in force; managers get its summary."), "LOG-1"),
    Always(Side.CLIENT, INVITED, _("You join an organisation, get another role, or stand in for a manager."), "ODS-4"),
    Always(Side.CLIENT, SIGN_IN, SAFETY, "OWN-4"),
    Always(Side.STAFF, INVITED, _("You join the staff."), "CMP-6"),
    Always(Side.STAFF, SIGN_IN, SAFETY, "CMP-6"),
)
