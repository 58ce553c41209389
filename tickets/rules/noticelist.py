"""The helpdesk's kinds of notices, and the mails of it that nobody can switch off."""

from django.utils.translation import gettext_lazy as _

from portal.rules.notices import Always, Kind, Side, Way
from portal.rules.states import Role

CLOCK_WARNING = "response clock"
CLOCK_MISSED = "promise missed"
ASSIGNED = "request assigned"
CLIENT_ANSWERED = "client answered"
ANSWERED = "request answered"
ACCEPTED = "request accepted"
WAITING = "request waiting"
ENDED = "request ended"
REOPENED = "request reopened"
ACCESS_ASKED = "access asked"
MICROSOFT_REMINDER = "ask Microsoft again"
CHARGE_ASKED = "charge asked"
CHARGE_ANSWERED = "charge answered"
MENTIONED = "mention"
SNOOZE_OVER = "snooze"
WATCHED = "request watched"
ARTICLE_REVIEW = "article review"
FOLLOW_UP = "follow-up"

MANAGERS = frozenset({Role.MANAGER})
QUIETER = (Way.DIGEST, Way.PORTAL, Way.OFF)

KINDS = (
    # The answer itself is a mail that the contract promises: a second one would only say that there was a first.
    Kind(
        ANSWERED, Side.CLIENT, _("Request answered"), _("We answer a request of yours. The answer itself always comes by mail."),
        Way.PORTAL, (Way.PORTAL, Way.OFF),
    ),
    Kind(ACCEPTED, Side.CLIENT, _("Request accepted"), _("Somebody takes your request on."), Way.PORTAL),
    Kind(WAITING, Side.CLIENT, _("We wait for you"), _("Your request cannot go on without you."), Way.MAIL),
    Kind(ENDED, Side.CLIENT, _("Request ended"), _("Your request is resolved, declined or closed."), Way.MAIL),
    Kind(
        ACCESS_ASKED, Side.CLIENT, _("Your word on access to data"),
        _("Somebody asks us for access to another person’s data, and a manager must say yes or no."),
        Way.MAIL, roles=MANAGERS,
    ),
    Kind(
        MICROSOFT_REMINDER, Side.STAFF, _("Ask Microsoft again"),
        _("A request has been with Microsoft for two more working days."), Way.PORTAL, QUIETER,
    ),
    Kind(REOPENED, Side.CLIENT, _("Request reopened"), _("Somebody else opens your request again."), Way.PORTAL),
    # Who gets copies by mail has said so on the request itself: a second mail would only say that there was a first.
    Kind(
        WATCHED, Side.CLIENT, _("Request of a colleague"), _("You are added to a colleague’s request, or it is answered."),
        Way.PORTAL, (Way.PORTAL, Way.OFF),
    ),
    # The question goes by mail to every manager anyway.
    Kind(
        CHARGE_ASKED, Side.CLIENT, _("Charge to approve"), _("Work on a request costs extra and waits for a manager’s yes."),
        Way.PORTAL, (Way.PORTAL, Way.OFF), roles=frozenset({Role.MANAGER}),
    ),
    Kind(
        CLOCK_WARNING, Side.STAFF, _("Response time runs out"), _("75 % or 90 % of the time for an answer is used up."),
        Way.PORTAL,
    ),
    Kind(
        CLOCK_MISSED, Side.STAFF, _("Promise missed"), _("A request was not answered in time. We send this mail at any hour."),
        Way.MAIL, (Way.MAIL, Way.PORTAL), urgent=True, clause="HLP-3",
    ),
    Kind(ASSIGNED, Side.STAFF, _("Request assigned"), _("A colleague gives you a request."), Way.PORTAL),
    Kind(
        CHARGE_ANSWERED, Side.STAFF, _("Charge answered"), _("A client says yes or no to a charge that you asked about."),
        Way.PORTAL,
    ),
    Kind(MENTIONED, Side.STAFF, _("Mention"), _("A colleague names you in a note."), Way.MAIL),
    Kind(SNOOZE_OVER, Side.STAFF, _("Snooze over"), _("A request that you put away comes back."), Way.PORTAL),
    Kind(
        ARTICLE_REVIEW, Side.STAFF, _("Article to review"), _("An article of yours has reached the day of its review."),
        Way.PORTAL, QUIETER,
    ),
    Kind(
        FOLLOW_UP, Side.STAFF, _("Follow-up due"),
        _("Something that you planned on a request is due, or your planned message was not sent."), Way.PORTAL,
        (Way.MAIL, Way.DIGEST, Way.PORTAL),
    ),
    Kind(CLIENT_ANSWERED, Side.STAFF, _("Client answered"), _("A client writes on a request that is yours."), Way.PORTAL, QUIETER),
)  # fmt: skip

ALWAYS = (
    Always(
        Side.CLIENT, _("Acknowledgement of your request"),
        _("It carries the reference, and the time for our answer starts with it."), "HLP-5",
    ),
    Always(
        Side.CLIENT, _("Charges to approve"), _("Nothing is charged before a manager says yes, so managers are always asked by mail."),
        "HLP-8",
    ),
    Always(Side.CLIENT, _("Our answers"), _("An answer reaches you by mail even if you never sign in."), "HLP-5"),
)  # fmt: skip
