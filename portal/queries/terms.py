"""The terms' own history: what each version changed (LOG-1)."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import pairwise
from typing import cast

from portal.canonical import canonical, to_json
from portal.models import ClauseText, Membership, Terms, TermsAcceptance
from portal.queries.people import contract_day
from portal.rules.states import ClientState, Role
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
    """Its parameters; the usual ones for a version that stored none. A row remembers what was read from it: the rows that a
    process keeps (terms_at) are asked with every mail and every request."""
    stored, known = terms.__dict__.get("_parameters_read", (None, None))
    if known is None or stored is not terms.parameters:
        known = TermsParameters.from_json(terms.parameters) if terms.parameters else TermsParameters()
        terms.__dict__["_parameters_read"] = (terms.parameters, known)
    return cast(TermsParameters, known)


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
    for terms_id, clause, digest in ClauseText.objects.values_list("terms_id", "clause", "sha256").order_by("id"):
        wording[terms_id][clause] = digest
    entries = [LogEntry(terms, [], []) for terms in versions[:1]]
    entries += [
        LogEntry(
            new,
            changes_between(parameters_of(old), parameters_of(new)),
            [one for one, digest in wording[new.pk].items() if wording[old.pk].get(one, digest) != digest],
        )
        for old, new in pairwise(versions)
    ]
    return entries[::-1]


def hash_of(terms: Terms) -> str:
    """SHA-256 over a version: its number, its decisions and the hash of every clause's wording. What an acceptance names."""
    whole = {"version": terms.version, "parameters": terms.parameters, "clauses": wording_of(terms)}
    return sha256(to_json(canonical(whole)).encode()).hexdigest()


def entry_of(terms: Terms) -> LogEntry:
    """One version with what it changed."""
    last = Terms.objects.filter(version__lt=terms.version).order_by("-version").first()
    if last is None:
        return LogEntry(terms, [], [])
    old, new = wording_of(last), wording_of(terms)
    changed = [one for one, digest in new.items() if old.get(one, digest) != digest]
    return LogEntry(terms, changes_between(parameters_of(last), parameters_of(terms)), changed)


def asked_until(client_id: int, at: datetime) -> date | None:
    """Until when a client's managers are asked to accept the terms in force; None when nobody asks, or they have.

    A later version without a question of its own does not answer the question of an earlier one.
    """
    day = contract_day(at)
    asking = Terms.objects.filter(reaccept_by__gte=day, published_at__lte=at).order_by("-version").first()
    if asking is None:
        return None
    given = TermsAcceptance.objects.filter(client_id=client_id, terms__version__gte=asking.version)
    return None if given.exists() else asking.reaccept_by


def terms_acceptances(client_id: int) -> list[TermsAcceptance]:
    """Which versions a client has accepted, newest first."""
    rows = TermsAcceptance.objects.filter(client_id=client_id).select_related("terms")
    return list(rows.order_by("-accepted_at", "-id"))


def managers_in_office(at: datetime, client_id: int | None = None) -> list[Membership]:
    """Every manager of every client that is not gone, or of one, by client; somebody who manages two stands there twice."""
    day = contract_day(at)
    rows = Membership.objects.filter(role=Role.MANAGER, joined_at__isnull=False, valid_from__lte=day)
    rows = rows.exclude(valid_to__lte=day).exclude(client__state=ClientState.ENDED)
    rows = rows.filter(client_id=client_id) if client_id is not None else rows
    return list(rows.select_related("client").order_by("client_id", "id"))
