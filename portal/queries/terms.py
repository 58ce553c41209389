"""The terms' own history: what each version changed (LOG-1)."""

from dataclasses import dataclass
from itertools import pairwise

from portal.models import ClauseText, Terms
from portal.terms import Decision, TermsParameters, decisions


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that reads otherwise than in the version before; `before` is "" for one that is new."""

    number: str
    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A version with what it changed; `clauses` are the ids whose wording it changed."""

    terms: Terms
    changes: list[Change]
    clauses: list[str]


def latest_terms() -> Terms | None:
    """The newest version."""
    return Terms.objects.order_by("-version").first()


def parameters_of(terms: Terms) -> TermsParameters:
    """Its parameters; the usual ones for a version that stored none."""
    return TermsParameters.from_json(terms.parameters) if terms.parameters else TermsParameters()


def changes_between(before: TermsParameters, after: TermsParameters) -> list[Change]:
    """The decisions that read differently."""
    pairs: list[tuple[Decision, Decision]] = list(zip(decisions(before), decisions(after), strict=True))
    return [
        Change(new.number, new.question, old.sentence, new.sentence)
        for old, new in pairs
        if old.sentence != new.sentence
    ]


def wording_of(terms: Terms) -> dict[str, str]:
    """Clause id to the hash of its wording."""
    return dict(ClauseText.objects.filter(terms=terms).values_list("clause", "sha256"))


def change_log() -> list[LogEntry]:
    """Every version, newest first, in two queries."""
    versions = list(Terms.objects.order_by("version"))
    wording: dict[int, dict[str, str]] = {terms.pk: {} for terms in versions}
    for terms_id, clause, sha256 in ClauseText.objects.values_list("terms_id", "clause", "sha256").order_by("id"):
        wording[terms_id][clause] = sha256
    entries = [LogEntry(terms, [], []) for terms in versions[:1]]
    entries += [
        LogEntry(
            new,
            changes_between(parameters_of(old), parameters_of(new)),
            [one for one, sha256 in wording[new.pk].items() if wording[old.pk].get(one, sha256) != sha256],
        )
        for old, new in pairwise(versions)
    ]
    return entries[::-1]
