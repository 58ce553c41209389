"""A request that was made for the wrong client: when it may move, and what must be said about who saw it (CMP-5)."""

from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.clauses import clause
from portal.errors import Refused
from portal.rules.states import ClientState
from tickets.rules.states import State

# Nothing of it is with Microsoft, waits for a yes to a charge, or is finished.
MOVABLE = frozenset({State.ACKNOWLEDGED, State.ACCEPTED, State.IN_PROGRESS, State.WAITING_CLIENT})
# What the wrong client's page says from now on instead of the subject.
MISFILED = gettext_noop("Filed here by mistake")


class Side(StrEnum):
    """The two halves of a move: where the request was closed, and where its copy lives."""

    LEFT = "left"
    CAME = "came"


@clause("CMP-5", "HLP-5")
def check_move_client(
    *, state: State, same_client: bool, to_state: ClientState, requester_belongs: bool, holds_others: bool, comment: bool,
    reply_waits: bool, access_open: bool, timer_runs: bool, charge_asked: bool, charged_seconds: int,
    reported: bool, by_form: bool, access_asked: bool,
) -> None:  # fmt: skip
    """Refuse a move of a request to another client that would lose a promise, a charge or a record of access."""
    if same_client:
        raise Refused("CMP-5", _("It is this client’s request already."))
    if to_state != ClientState.ACTIVE:
        raise Refused("CMP-5", _("That client’s access is suspended or has ended."))
    if not requester_belongs:
        raise Refused("HLP-5", _("Choose a registered person of that client: the acknowledgement goes to them."))
    if comment:
        raise Refused("DOC-1", _("A comment on the terms stays with who made it."))
    if state == State.RECEIVED:
        raise Refused("HLP-5", _("Its acknowledgement is still on the way. Move it when its clock runs."))
    if state == State.MERGED or holds_others:
        raise Refused("HLP-5", _("It was merged with others of this client. Undo that first."))
    if state in (State.WITH_MICROSOFT, State.AWAITING_CHARGE):
        raise Refused("HLP-10", _("It waits for Microsoft or for a yes to a charge. Take it back to work first."))
    if state not in MOVABLE:
        raise Refused("HLP-5", _("It is finished. Reopen it first."))
    if reply_waits:
        raise Refused("HLP-5", _("An answer is about to go out. Undo it, or wait until it has gone."))
    _check_rows(
        access_open=access_open,
        access_asked=access_asked,
        reported=reported,
        by_form=by_form,
        charged=timer_runs or charge_asked or charged_seconds > 0,
    )


def _check_rows(*, access_open: bool, access_asked: bool, reported: bool, by_form: bool, charged: bool) -> None:
    """Refuse while rows of other kinds hang on the request: they name this client, and would stay behind."""
    if access_open:
        raise Refused("ACC-5", _("An access to this client’s data is open under it. Close it first."))
    if access_asked:
        raise Refused(
            "ACC-5",
            _("Access to data was asked for under it. Write it down anew for the right client, and decline this one."),
        )
    if reported:
        raise Refused(
            "EML-6", _("It reports a suspicious mail. Write it down anew for the right client, and decline this one.")
        )
    if by_form:
        raise Refused(
            "CMP-5", _("It came by a ready-made form. Write it down anew for the right client, and decline this one.")
        )
    if charged:
        raise Refused("HLP-8", _("Time or a charge stands on it for this client. Stop it or take it back first."))


@clause("CMP-5")
def check_disclosure(*, reason: str, told: str, disclosed: bool, saw: str, sentence: str) -> None:
    """Refuse a move without its reason, without words to the wrong client, or without an answer to who saw it."""
    if not reason.strip():
        raise Refused("CMP-5", _("Say how it came to the wrong client; it stays on record."))
    if not told.strip():
        raise Refused("HLP-5", _("Write to who asked here why it is closed: it is the answer to their request."))
    if not sentence.strip():
        raise Refused("CMP-5", _("Say in a sentence why it was, or was not, a disclosure to the wrong people."))
    if disclosed and not saw.strip():
        raise Refused("CMP-5", _("Say who saw it."))
