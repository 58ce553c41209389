"""The events of a ticket as sentences for its timeline."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tickets.rules.life import STATE_WORDS
from tickets.rules.promise import TARGET_WORDS
from tickets.rules.states import State, Target

# A message on the timeline already says these.
TOLD_BY_MESSAGES = frozenset({"request received", "client replied", "reply published", "note written"})


def event_sentence(kind: str, actor: str, payload: Mapping[str, Any], *, client_side: bool) -> str:
    """One line for the timeline, or "" when a message beside it already tells it."""
    if kind in TOLD_BY_MESSAGES:
        return ""
    if kind == "acknowledgement accepted":
        return _acknowledged(payload, client_side=client_side)
    if kind == "promise missed":
        words = TARGET_WORDS[Target(payload["target"])] if "target" in payload else "the promised time"
        return _("No answer within %(words)s. This is on record and in the report.") % {"words": words}
    if kind == "message withdrawn" and client_side:
        return _("%(actor)s withdrew a message from view") % {"actor": actor}  # the reason is on record, for staff
    if kind == "request assigned":
        return (
            (_("%(actor)s gave it to %(payload)s") % {"actor": actor, "payload": payload["to"]})
            if payload.get("to")
            else (_("%(actor)s took it off everybody’s desk") % {"actor": actor})
        )
    if kind == "request moved":
        return _moved(actor, payload)
    return _plain(kind, actor, payload)


def _acknowledged(payload: Mapping[str, Any], *, client_side: bool) -> str:
    doubt = " (probably: the mail server’s answer was lost)" if payload.get("probably_accepted") else ""
    if "to" in payload and "target" not in payload:
        return _("The acknowledgement went to %(payload)s%(doubt)s. No clock: no promise runs for feedback.") % {
            "payload": payload["to"],
            "doubt": doubt,
        }
    words = TARGET_WORDS[Target(payload["target"])] if "target" in payload else "the promised time"
    if client_side:
        return _("Our acknowledgement went to %(get)s%(doubt)s. From then on we have %(words)s to answer.") % {
            "get": payload.get("to", "you"),
            "doubt": doubt,
            "words": words,
        }
    return _("Acknowledgement accepted for %(get)s%(doubt)s. Clock started: %(words)s.") % {
        "get": payload.get("to", "the requester"),
        "doubt": doubt,
        "words": words,
    }


def _moved(actor: str, payload: Mapping[str, Any]) -> str:
    state = payload.get("state", "")
    words = STATE_WORDS[State(state)] if state in set(State) else "moved"
    note = f": {payload['note']}" if payload.get("note") else ""
    return _("%(actor)s marked it %(words)s%(note)s") % {"actor": actor, "words": words, "note": note}


PLAIN = {
    "access asked": gettext_noop("{who} asked for access to {place}"),
    "access decided": gettext_noop("{manager} said {word} about access to data"),
    "access opened": gettext_noop("{actor} opened an access to {place}"),
    "access closed": gettext_noop("{actor} closed the access"),
    "data changed": gettext_noop("{actor} worked on {thing}: {act}"),
    "identity checked": gettext_noop("{actor} checked who asks for the reset"),
    "emergency access allowed": gettext_noop("{actor} confirmed an emergency access to {place}: {reason}"),
    "task added": gettext_noop("{who} added: {purpose}"),
    "task confirmed": gettext_noop("{actor} confirmed what was added: {purpose}"),
    "task accepted": gettext_noop("{actor} accepted what was added: {purpose}"),
    "task done": gettext_noop("{actor} finished what was added: {purpose}"),
    "content redacted": gettext_noop("{actor} redacted part of a message: {reason}"),
    "request escalated": gettext_noop("{actor} passed it to Microsoft, case {case}: {reason}"),
    "deadline moved": gettext_noop("{actor} changed the working calendar, and the promised time moved with it"),
    "request accepted": gettext_noop("{actor} accepted the request"),
    "request resolved": gettext_noop("{actor} resolved the request"),
    "request closed": gettext_noop("{actor} closed the request"),
    "request reopened": gettext_noop("{actor} reopened the request"),
    "request declined": gettext_noop("{actor} declined the request"),
    "request corrected": gettext_noop("{actor} corrected the request’s details"),
    "message withdrawn": gettext_noop("{actor} withdrew a message from view: {reason}"),
}


def _plain(kind: str, actor: str, payload: Mapping[str, Any]) -> str:
    pattern = PLAIN.get(kind)
    if pattern is None:
        return f"{actor}: {kind}"
    word = _("yes") if payload.get("yes") else _("no")
    facts = {"reason": "no reason kept", **dict.fromkeys(NAMED, ""), **payload}
    return _(pattern).format(**{**facts, "actor": actor, "word": word})


# What a sentence may name; a payload that retention erased names nothing.
NAMED = ("who", "place", "manager", "thing", "act", "purpose", "case")
