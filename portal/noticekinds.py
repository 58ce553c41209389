"""The register of notice kinds: who is told of what, by which ways, and what nobody can switch off.

    noticekinds.register(Kind("request resolved", Side.CLIENT, _("Request resolved"), _("Your request is …"), Way.MAIL))

Upper floors register theirs in AppConfig.ready, one line each; `notify` refuses a kind that is not registered.
"""

from collections.abc import Iterable

from portal.rules.notices import Always, Kind, Side

KINDS: dict[str, Kind] = {}
ALWAYS: dict[tuple[Side, str], Always] = {}


def register(*kinds: Kind) -> None:
    """Add kinds; the same name again replaces it. Raises ValueError for one whose default cannot be chosen."""
    for kind in kinds:
        if kind.default not in kind.ways:
            raise ValueError(
                f"The notice {kind.name!r} is told by {kind.default} when nobody chose, which it does not offer."
            )
        KINDS[kind.name] = kind


def always(*mails: Always) -> None:
    """Name mails that leave whatever a person chooses."""
    for mail in mails:
        ALWAYS[mail.side, str(mail.label)] = mail


def kind_of(name: str) -> Kind:
    """The registered kind. Raises LookupError."""
    try:
        return KINDS[name]
    except KeyError:
        raise LookupError(f"No notice is of the kind {name!r}; register it in the app's ready().") from None


def kinds_for(side: Side, roles: Iterable[str]) -> list[Kind]:
    """What somebody with these roles, or this grade, may choose about, in the order of registration."""
    held = set(roles)
    return [kind for kind in KINDS.values() if kind.side == side and (not kind.roles or kind.roles & held)]


def always_for(side: Side) -> list[Always]:
    """What reaches everybody of that side anyway."""
    return [mail for mail in ALWAYS.values() if mail.side == side]
