"""The permission matrix: how a row says what an address answers to every role. The rows are in matrix_rows.py
(STYLE.md 34).

    "client:tickets": page(member=200),
    "client:invite": page(author=403, manager=200, billing=403),
    "desk:ticket": page(staff=200, no_nda=403, given=a_ticket),

`member` stands for author, manager and billing; `staff` for agent, lead, admin and no_nda; a single role overrides its group.
Who is left out of a client's page gets 404 (or the sign-in page, 302, when nobody is signed in), and so for the desk.
A post by somebody who may not look is answered like the look; `post` names what differs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import World

# role -> who plays it; Bea is the manager of the other client.
PLAYERS = {
    "visitor": None,
    "author": "ben",
    "manager": "ann",
    "billing": "bill",
    "stranger": "bea",
    "agent": "cora",
    "lead": "lee",
    "admin": "ada",
    "no_nda": "dev",
}
MEMBERS = ("author", "manager", "billing")
STAFF = ("agent", "lead", "admin", "no_nda")
DENIED = (302, 401, 403, 404)

Given = Callable[[World], dict[str, Any]]


def nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """One address: the status for each role when looking, what differs when posting, and what the address needs."""

    get: dict[str, int]
    post: dict[str, int] = field(default_factory=dict)
    given: Given = nothing

    def posting(self, role: str) -> int | None:
        """The status that a post must get; None when any answer below 500 will do, because this role may look."""
        if role in self.post:
            return self.post[role]
        return self.get[role] if self.get[role] in DENIED else None


def page(*, post: dict[str, int] | None = None, given: Given = nothing, **statuses: int) -> Row:
    """A row of a client's page or of the desk; roles that are not named are strangers there."""
    known = {"visitor": 302, **dict.fromkeys([*MEMBERS, "stranger", *STAFF], 404)}
    return Row(spread(known, statuses), spread({}, post or {}), given)


def everybody(status: int = 200, *, post: dict[str, int] | None = None, given: Given = nothing, **statuses: int) -> Row:
    """A row of an open page."""
    return Row(spread(dict.fromkeys(PLAYERS, status), statuses), spread({}, post or {}), given)


def signed_in_only(status: int = 200, *, visitor: int = 302, given: Given = nothing, **statuses: int) -> Row:
    """A row of a page about oneself, for anybody who is signed in."""
    return everybody(status, given=given, visitor=visitor, **statuses)


def resource(*, post: dict[str, int] | None = None, given: Given = nothing, **statuses: int) -> Row:
    """A row of the interface: who shows no token is asked for one, and roles that are not named are refused."""
    known = {"visitor": 401, **dict.fromkeys([*MEMBERS, "stranger", *STAFF], 403)}
    return Row(spread(known, statuses), spread({}, post or {}), given)


def spread(known: dict[str, int], statuses: dict[str, int]) -> dict[str, int]:
    """Groups first, then single roles, so that a role overrides its group. Raises KeyError for an unknown role."""
    groups = {"member": MEMBERS, "staff": STAFF}
    answer = dict(known)
    for group in groups.keys() & statuses.keys():
        answer |= dict.fromkeys(groups[group], statuses[group])
    for role in statuses.keys() - groups.keys():
        if role not in PLAYERS:
            raise KeyError(role)
        answer[role] = statuses[role]
    return answer


def addresses(patterns: list[Any] | None = None, space: str = "", slug: bool = False) -> dict[str, bool]:
    """Every named address of the URL conf, and whether it begins with a client's slug. Nameless ones stand by their route."""
    found: dict[str, bool] = {}
    for one in get_resolver().url_patterns if patterns is None else patterns:
        has_slug = slug or "slug" in one.pattern.converters
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            found |= addresses(one.url_patterns, inner, has_slug)
        elif isinstance(one, URLPattern):
            found[f"{space}{one.name or one.pattern}"] = has_slug
    return found
