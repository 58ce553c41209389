"""Invented values for the style guide: every component in every state."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from portal.documents.charts import ON_A_PAGE, Point, bar_chart

Values = dict[str, Any]

TONES = ("", "line", "accent", "info", "good", "warn", "bad", "solid")
CHART = bar_chart(
    [
        Point(month, None if share is None else Decimal(share))
        for month, share in (("Jun", 91), ("Jul", 100), ("Aug", None), ("Sep", 96), ("Oct", 100), ("Nov", 98))
    ],
    title="Answered in time, by month", unit="%", top=Decimal(100), width=ON_A_PAGE,
)  # fmt: skip
STEPS = [
    {"state": "done", "when": "24 Nov", "title": "Notice received", "note": "Acknowledged at 11:04"},
    {"state": "now", "when": "24 Nov to 24 Dec", "title": "Notice period", "note": "Licences stay on"},
    {"state": "", "when": "8 Dec", "title": "Settlement due", "note": "14 days from your notice"},
    {
        "state": "end",
        "when": "By 23 Jan 2027",
        "title": "Backup erased",
        "note": "Copies cannot be recovered after this",
    },
]
SLAS: list[Values] = [
    {"tone": "over", "left": "22 m over", "percent": 0},
    {"tone": "warn", "left": "38 m", "percent": 16, "remaining": 2280, "total": 14400, "runs_for": 9000},
    {"tone": "good", "left": "2 h 41 m", "percent": 67},
    {"tone": "good", "left": "Wed 09:50", "percent": 92},
    {"tone": "", "left": "Answered", "percent": 0},
]


class SampleForm(forms.Form):
    """One field of each kind; shown empty and with every mistake."""

    email = forms.EmailField(label="E-mail address", help_text="We write to this address.")
    kind = forms.ChoiceField(
        label="What is it about?",
        choices=[("fault", "Something does not work"), ("change", "I need something changed")],
        widget=forms.RadioSelect,
    )
    product = forms.ChoiceField(label="Product", choices=[("", "Choose"), ("exchange", "Exchange")])
    words = forms.CharField(label="What happened?", widget=forms.Textarea(attrs={"rows": 3}))
    day = forms.DateField(label="Since when", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    agreed = forms.BooleanField(label="Our team may look into my mailbox for this", required=False)


def clocks() -> list[Values]:
    """A response clock as it runs, is nearly over, late, and met."""
    said = {"started": "Acknowledged 09:18", "due": "Due 13:18 today", "clause_id": "HLP-4"}
    return [
        said | {"tone": "good", "left": "2 h 41 m", "of": "of 4 working hours left", "used": 33, "width": 132},
        said | {"tone": "warn", "left": "0 h 38 m", "of": "of 4 working hours left", "used": 84, "width": 337},
        said | {"tone": "over", "left": "22 m over", "of": "the promise of 4 working hours", "used": 100, "width": 400},
        said | {"tone": "", "left": "Answered", "of": "after 1 h 12 m", "used": 30, "width": 120},
    ]


def rows(now: datetime) -> list[Values]:
    """One queue row per state of a clock."""
    base = {"url": "#row", "client": "Alder & Finch Ltd", "target": "4 h", "subscriber": True}
    texts = ("Cannot sign in after a new phone", "Shared mailbox stopped receiving mail", "Restore a folder")
    found = []
    for number, sla in enumerate(SLAS):
        found.append(
            base
            | {
                "ref": f"K7QM-2XR{number}",
                "subject": texts[number % len(texts)],
                "sla": sla | {"due": "", "say": "Answer due"},
                "unread": number == 1,
                "current": number == 1,
                "flags": [("lock-keyhole", "Client data is locked")] if number == 1 else [],
                "assignee": "Dana Joyce" if number % 2 else "",
                "assignee_label": "Assigned to Dana Joyce",
                "since": now - timedelta(hours=number + 1),
            }
        )
    return found


def groups(now: datetime) -> list[Values]:
    """The queue's list with its three tones of heading."""
    late, soon, *later = rows(now)
    return [
        {"name": "Past the promised time", "tone": "bad", "count": 1, "rows": [late]},
        {"name": "Due within one working hour", "tone": "warn", "count": 1, "rows": [soon]},
        {"name": "Due today", "tone": "", "count": 3, "rows": later},
    ]


# A mail's words, of which the page shows the first and folds the others.
MAIL: Values = {
    "visible": "It works again since nine o'clock, thank you.",
    "signature": "Ben Okafor\nAccounts",
    "history": "On 22 November 2026 at 08:30, Dana Joyce wrote:\n> Could you try again, please?",
}


def thread(now: datetime) -> list[Values]:
    """Messages and events in every kind."""
    file = {"name": "bounce.eml", "size": 14_000, "url": "#file", "note": "not scanned"}
    words = "Since the mailbox was renamed on Friday we get no invoices.\n\nCould you look at it?"
    message = {"author": "Priya Nair", "body": words, "at": now - timedelta(hours=2)}
    return [
        {"message": message | {"kind": "client", "to": "to support@", "files": [file]}},
        {
            "event": {
                "at": now,
                "text": "Acknowledgement sent.",
                "strong": "Clock started.",
                "tone": "key",
                "clause_id": "HLP-5",
            }
        },
        {"event": {"at": now, "text": "Dana Joyce accepted the request.", "tone": "", "clause_id": "ACC-6"}},
        {
            "event": {
                "at": now,
                "text": "The promised time passed without an answer.",
                "tone": "bad",
                "clause_id": "HLP-4",
            }
        },
        {"message": message | {"author": "Ben Okafor", "kind": "client", "to": "by mail", "mail": MAIL}},
        {"message": message | {"author": "Marcus Obi", "kind": "note", "body": "Log the copy as its own task first."}},
        {
            "message": message
            | {"author": "Dana Joyce", "kind": "reply", "held": "Goes out in 8 s", "undo_url": "#undo"}
        },
        {
            "message": message
            | {
                "author": "Dana Joyce",
                "kind": "reply",
                "withdrawn": "Withdrawn by Dana Joyce: sent to the wrong ticket.",
            }
        },
    ]


PANEL: Values = {
    "title": "Charge",
    "icon": "pound-sterling",
    "chip": "Included",
    "tone": "good",
    "say": "An Exchange fault on a subscribed tenant: the support package covers it.",
    "facts": [("Task: copy messages", "£85 an hour", "HLP-8"), ("Client approval", "Not asked yet", "")],
    "clause_id": "HLP-8",
    "clause_text": "Errors and changes are charged by the hour unless support is subscribed.",
    "clause_label": "Help desk, version 1",
    "action_url": "#ask",
    "action_label": "Ask Priya to approve",
}
COMPOSER: Values = {"post_url": "#send", "to": "Priya", "body": "", "max_bytes": 25_000_000, "may_reply": True}
