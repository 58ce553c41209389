"""Triage: what may be snoozed, merged, split and declined, and what a tag may look like (D24)."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from portal.clauses import clause
from portal.errors import Refused

MOST_TAGS = 10
LONGEST_TAG = 30
LONGEST_SNOOZE = timedelta(days=90)
UNDO_MERGE = timedelta(hours=1)
UNDO_BULK = timedelta(minutes=10)
MOST_AT_ONCE = 100
SHORTEST_DECLINE = 20
TAG = re.compile(r"^[a-z0-9][a-z0-9 -]*$")


@clause("HLP-5")
def check_snooze(*, until: datetime, at: datetime, acknowledged: bool, clock_runs: bool, ended: bool) -> None:
    """Refuse a snooze that would hide a promise, or that never ends. A snooze never hides a running clock (D24)."""
    if ended:
        raise Refused("HLP-5", _("A finished request needs no snooze."))
    if clock_runs or not acknowledged:
        raise Refused("HLP-5", _("Its promise is running: answer it first, then it can be snoozed."))
    if until <= at:
        raise Refused("HLP-5", _("Choose a time that is still to come."))
    if until > at + LONGEST_SNOOZE:
        raise Refused("HLP-5", _("Ninety days are the most. Close it, or choose an earlier time."))


@clause("HLP-5")
def check_merge(
    *, same_client: bool, same_ticket: bool, same_requester: bool, confidential: bool, acknowledged: bool,
    target_ended: bool, holds_others: bool, comment: bool,
) -> None:  # fmt: skip
    """Refuse a merge that would mix clients, show somebody what is not theirs, or lose a promise (D24)."""
    if not same_client:
        raise Refused("HLP-5", _("Requests of different clients are never merged."))
    if same_ticket:
        raise Refused("HLP-5", _("A request cannot be merged into itself."))
    if target_ended:
        raise Refused("HLP-5", _("The other request is finished. Reopen it first, or merge the other way round."))
    if holds_others:
        raise Refused("HLP-5", _("Others were merged into this one. Merge the other way round."))
    if not acknowledged:
        raise Refused("HLP-5", _("Its acknowledgement is still on the way. Merge it when its clock runs."))
    if comment:
        raise Refused("DOC-1", _("A comment on the terms stays by itself. Link the two instead."))
    if confidential and not same_requester:
        raise Refused("ODS-4", _("One of them is confidential and somebody else asked. Link the two instead."))


@clause("HLP-5")
def may_unmerge(*, merged_at: datetime, at: datetime) -> bool:
    """A merge can be undone for an hour."""
    return at <= merged_at + UNDO_MERGE


@clause("HLP-5")
def earliest_unmet(dues: Iterable[datetime]) -> datetime | None:
    """The due time that orders a request which others were merged into: the earliest that no answer has met (D24)."""
    return min(dues, default=None)


@clause("HLP-5")
def check_decline(sentence: str) -> None:
    """A decline is an answer only if a person wrote it: so it needs a sentence (D24)."""
    if len(sentence.strip()) < SHORTEST_DECLINE or " " not in sentence.strip():
        raise Refused("HLP-5", _("Write to the client, in a sentence, why you cannot take it on."))


def plain_tags(said: str) -> list[str]:
    """Tags as they are kept: small letters, figures, spaces and dashes, each once, in order. Raises Refused."""
    tags = list(dict.fromkeys(" ".join(tag.lower().split()) for tag in said.split(",") if tag.strip()))
    for tag in tags:
        if len(tag) > LONGEST_TAG or not TAG.match(tag):
            raise Refused(
                "HLP-9",
                _("“%(tag)s” cannot be a tag: letters, figures and dashes, at most %(LONGEST_TAG)s.")
                % {"tag": tag[:40], "LONGEST_TAG": LONGEST_TAG},
            )
    if len(tags) > MOST_TAGS:
        raise Refused("HLP-9", _("At most %(MOST_TAGS)s tags.") % {"MOST_TAGS": MOST_TAGS})
    return tags
