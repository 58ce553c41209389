"""The events of a ticket as sentences for its timeline."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from tickets.rules.life import STATE_WORDS
from tickets.rules.promise import TARGET_WORDS
from tickets.rules.states import State, Target

# A message on the timeline already says these.
TOLD_BY_MESSAGES = frozenset({"request received", "client replied", "reply published", "note written"})
# Time has its own table beside the thread.
TOLD_BY_TIME = frozenset({"timer started", "timer stopped", "time added", "time taken back", "timer dropped"})


def event_sentence(kind: str, actor: str, payload: Mapping[str, Any], *, client_side: bool) -> str:
    """One line for the timeline, or "" when a message beside it already tells it."""
    if kind in TOLD_BY_MESSAGES or kind in TOLD_BY_TIME:
        return ""
    if kind == "acknowledgement accepted":
        return _acknowledged(payload, client_side=client_side)
    if kind == "promise missed":
        words = TARGET_WORDS[Target(payload["target"])] if "target" in payload else "the promised time"
        return gettext("No answer within %(words)s. This is on record and in the report.") % {"words": words}
    if kind == "message withdrawn" and client_side:
        return gettext("%(actor)s withdrew a message from view") % {
            "actor": actor
        }  # the reason is on record, for staff
    if kind == "request assigned":
        return (
            (gettext("%(actor)s gave it to %(payload)s") % {"actor": actor, "payload": payload["to"]})
            if payload.get("to")
            else (gettext("%(actor)s took it off everybody’s desk") % {"actor": actor})
        )
    if kind == "request moved":
        return _moved(actor, payload)
    if kind in CHARGES:
        said = payload.get("offer") or payload.get("words")
        return _(CHARGES[kind]) % {"actor": actor, "what": _(said) if said else ""}
    if kind in PLAIN_TRIAGE:
        return str(PLAIN_TRIAGE[kind]) % {**payload, "actor": actor}
    return _plain(kind, actor, payload)


CHARGES = {
    "request ruled": gettext_noop("%(actor)s ruled: %(what)s"),
    "charge asked": gettext_noop("%(actor)s asked for a yes to a charge: %(what)s"),
    "charge approved": gettext_noop("%(actor)s said yes to the charge: %(what)s"),
    "charge refused": gettext_noop("%(actor)s said no to the charge: %(what)s"),
}


def _acknowledged(payload: Mapping[str, Any], *, client_side: bool) -> str:
    doubt = " (probably: the mail server’s answer was lost)" if payload.get("probably_accepted") else ""
    if "to" in payload and "target" not in payload:
        return gettext("The acknowledgement went to %(payload)s%(doubt)s. No clock: no promise runs for feedback.") % {
            "payload": payload["to"],
            "doubt": doubt,
        }
    words = TARGET_WORDS[Target(payload["target"])] if "target" in payload else "the promised time"
    if client_side:
        return gettext("Our acknowledgement went to %(get)s%(doubt)s. From then on we have %(words)s to answer.") % {
            "get": payload.get("to", "you"),
            "doubt": doubt,
            "words": words,
        }
    return gettext("Acknowledgement accepted for %(get)s%(doubt)s. Clock started: %(words)s.") % {
        "get": payload.get("to", "the requester"),
        "doubt": doubt,
        "words": words,
    }


PLAIN_TRIAGE = {
    "request merged": _("%(actor)s merged it into %(into)s"),
    "request joined": _("%(actor)s merged %(other)s into this one"),
    "merge undone": _("%(actor)s undid the merge with %(other)s"),
    "answered with another": _("Answered together with %(other)s"),
    "request linked": _("%(actor)s linked it with %(other)s"),
    "request unlinked": _("%(actor)s took away the link with %(other)s"),
    "request split": _("%(actor)s split it off %(origin)s: it has its own acknowledgement and its own time to answer"),
    "request split off": _("%(actor)s made a request of its own of a part: %(other)s"),
    "request snoozed": _("%(actor)s snoozed it: %(reason)s"),
    "snooze ended": _("The snooze ended"),
    "watcher added": _("%(actor)s added %(person)s, who gets a copy of each answer"),
    "watcher removed": _("%(person)s gets no more copies"),
    "follow-up planned": _("%(actor)s planned a follow-up for %(when)s"),
    "follow-up promised": _("%(actor)s means to come back to this by %(when)s"),
    "follow-up cancelled": _("%(actor)s cancelled the follow-up of %(when)s"),
    "follow-up due": _("The planned follow-up is due"),
    "follow-up sent": _("The planned message went out"),
    "follow-up not sent": _("The planned message was not sent: %(why)s"),
    "request marked": _("%(actor)s changed its priority or tags"),
    "macro played": _("%(actor)s played the macro “%(macro)s”"),
    "form filled in": _("It came by the form “%(name)s”"),
    "step ticked": _("%(actor)s ticked: %(step)s"),
    "step taken back": _("%(actor)s took back: %(step)s"),
}


def _moved(actor: str, payload: Mapping[str, Any]) -> str:
    state = payload.get("state", "")
    words = STATE_WORDS[State(state)] if state in set(State) else "moved"
    note = f": {payload['note']}" if payload.get("note") else ""
    return gettext("%(actor)s marked it %(words)s%(note)s") % {"actor": actor, "words": words, "note": note}


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
    "mail reported": gettext_noop("{actor} reported a suspicious mail"),
    "report judged": gettext_noop("{actor} judged the reported mail"),
    "sender blocked": gettext_noop("{actor} blocked the sender {value}"),
    "block lifted": gettext_noop("{actor} no longer blocks {value}: {reason}"),
    "deadline moved": gettext_noop("{actor} changed the working calendar, and the promised time moved with it"),
    "request accepted": gettext_noop("{actor} accepted the request"),
    "request resolved": gettext_noop("{actor} resolved the request"),
    "request closed": gettext_noop("{actor} closed the request"),
    "request misfiled": gettext_noop("{actor} closed it: it had been filed here by mistake"),
    "request came over": gettext_noop("{actor} moved it here: it had been filed with another client by mistake"),
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
NAMED = ("who", "place", "manager", "thing", "act", "purpose", "case", "value")
