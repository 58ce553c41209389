"""Knowledge articles: their states, who may read them, and what an editor is warned of. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.errors import Refused

CLAUSE = "HLP-9"
LONGEST_BODY = 20_000
LONGEST_KEYWORDS = 200
MOST_SUGGESTED = 5
EXCERPT = 280
NO_NAMES = frozenset({"the", "and", "ltd", "llp", "plc", "limited", "company", "group", "partners", "services"})
SPACES = re.compile(r"\s+")
BLANKS = re.compile(r"\n\s*\n")


class ArticleState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Audience(StrEnum):
    """Who may read it once it is published. Visitors never: what we know is for our clients."""

    STAFF = "staff"
    CLIENTS = "clients"
    CHOSEN = "chosen"


class Category(StrEnum):
    MAIL = "mail"
    SIGN_IN = "sign-in"
    FILES = "files"
    MEETINGS = "meetings"
    DEVICES = "devices"
    SERVICE = "service"


STATE_WORDS = {
    ArticleState.DRAFT: gettext_noop("Draft"),
    ArticleState.PUBLISHED: gettext_noop("Published"),
    ArticleState.RETIRED: gettext_noop("Retired"),
}
AUDIENCE_WORDS = {
    Audience.STAFF: gettext_noop("Staff only"),
    Audience.CLIENTS: gettext_noop("All clients"),
    Audience.CHOSEN: gettext_noop("Chosen clients"),
}
CATEGORY_WORDS = {
    Category.MAIL: gettext_noop("Mail and calendar"),
    Category.SIGN_IN: gettext_noop("Signing in and security"),
    Category.FILES: gettext_noop("Files and sharing"),
    Category.MEETINGS: gettext_noop("Teams and meetings"),
    Category.DEVICES: gettext_noop("Computers and phones"),
    Category.SERVICE: gettext_noop("Our service"),
}

# What was retired comes back as a draft, so that somebody reads it again before a client does.
MOVES: dict[ArticleState, frozenset[ArticleState]] = {
    ArticleState.DRAFT: frozenset({ArticleState.PUBLISHED, ArticleState.RETIRED}),
    ArticleState.PUBLISHED: frozenset({ArticleState.RETIRED}),
    ArticleState.RETIRED: frozenset({ArticleState.DRAFT}),
}
REFUSALS = {
    ArticleState.DRAFT: gettext_noop("Only a retired article becomes a draft again."),
    ArticleState.PUBLISHED: gettext_noop("Only a draft can be published."),
    ArticleState.RETIRED: gettext_noop("It is retired already."),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A line of a comparison: "same", "added" or "removed"."""

    kind: str
    line: str


def check_article_move(old: ArticleState, new: ArticleState, *, audience: Audience, chosen: int) -> None:
    """Refuse a move that the table does not know, and publishing to chosen clients without choosing any."""
    if new not in MOVES[old]:
        raise Refused(CLAUSE, _(REFUSALS[new]))
    if new == ArticleState.PUBLISHED:
        check_audience(audience, chosen)


def check_audience(audience: Audience, chosen: int) -> None:
    """Refuse "chosen clients" with none chosen: nobody would know whom it is for."""
    if audience == Audience.CHOSEN and not chosen:
        raise Refused(CLAUSE, _("Choose at least one client, or let all clients read it."))


def check_names(left: list[str]) -> None:
    """Refuse to show clients the names of another one: `left` are those that stand in the words."""
    if left:
        words = _(
            "Names of the client that it came from stand in it: %(names)s. Take them out, or say that they may stay."
        )
        raise Refused(CLAUSE, words % {"names": ", ".join(left)})


def client_may_read(state: ArticleState, audience: Audience, *, chosen: bool) -> bool:
    """Whether a client reads it; `chosen` says whether it is among the article's own. The database's wall says the same."""
    return state == ArticleState.PUBLISHED and (
        audience == Audience.CLIENTS or (audience == Audience.CHOSEN and chosen)
    )


def names_left(text: str, names: Iterable[str]) -> list[str]:
    """Which names of a client and its people stand in a text, whole words in any case: a warning before others read it.

    Of a person's name each part counts that has three letters or more.
    """
    parts = [name for name in names if name.strip()]
    parts += [part for name in parts for part in SPACES.split(name) if len(part) > 2 and part.lower() not in NO_NAMES]
    unique = {part.strip().lower(): part.strip() for part in reversed(parts)}
    found = [name for low, name in unique.items() if re.search(rf"(?<!\w){re.escape(low)}(?!\w)", text.lower())]
    return sorted(found, key=lambda name: (-len(name), name))


def plain_keywords(said: str) -> str:
    """Tags in one form: small letters, single spaces, each once, between commas."""
    words = [SPACES.sub(" ", word).strip().lower() for word in said.replace(";", ",").split(",")]
    return ", ".join(dict.fromkeys(word for word in words if word))


def difference(old: str, new: str) -> list[Change]:
    """Two texts line by line. What stands far from any change is left out, with a line "…" in its place."""
    before, after = old.splitlines(), new.splitlines()
    changes: list[Change] = []
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(2):
        changes += [Change("same", "…")] if changes else []
        for tag, a, b, c, d in group:
            if tag == "equal":
                changes += [Change("same", line) for line in before[a:b]]
                continue
            changes += [Change("removed", line) for line in before[a:b]]
            changes += [Change("added", line) for line in after[c:d]]
    return changes


def excerpt(plain: str) -> str:
    """The beginning of an article's words, ended at a word: for a reply that links to it."""
    text = SPACES.sub(" ", BLANKS.split(plain.strip(), maxsplit=1)[0]).strip()
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + "…"
