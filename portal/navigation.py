"""What the menus offer. An entry is shown only if its page exists in this build and the person may open it.

Floors above register the small numbers beside an entry (`count_for`) and the demo registers its doors (`doors_from`) in
AppConfig.ready, because nothing here may import them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_noop

from portal.rules.people import POWERS, Power
from portal.rules.states import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu. `roles` empty means everybody of that shell; `short` is the phone bar's word, if it stands there;
    `under` begins the addresses of further pages that belong to it."""

    label: str
    icon: str
    url_name: str
    roles: frozenset[str] = frozenset()
    key: str = ""
    short: str = ""
    head: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """The number beside an entry; `hot` paints it, so only for what is late. `live` names it in the poll's answer, which
    keeps it fresh; nought is not shown."""

    number: int
    hot: bool = False
    live: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as one person sees it on one page."""

    entry: Entry
    url: str
    current: bool
    count: Count | None


@dataclass(frozen=True, slots=True)
class Door:
    """A demo person whom the banner's menu can become; `who` goes into the form field of that name."""

    who: str
    label: str
    note: str


MACHINERY = POWERS[Power.SEE_MACHINERY]
MANAGERS = frozenset({Role.MANAGER})

DESK = (
    Entry(gettext_noop("Queue"), "inbox", "desk:queue", key="g q", short=gettext_noop("Queue"), under="/desk/tickets/"),
    Entry(gettext_noop("My work"), "user-round", "desk:mine", key="g m", short=gettext_noop("Mine")),
    Entry(gettext_noop("Search"), "search", "desk:search", key="/"),
    Entry(gettext_noop("Time"), "clock", "desk:time", key="g w"),
    Entry(gettext_noop("Clients"), "building-2", "desk:clients", key="g c", short=gettext_noop("Clients")),
    Entry(
        gettext_noop("Staff"), "users-round", "desk:staff", POWERS[Power.SEE_STAFF], key="g s", under="/desk/people/"
    ),
    Entry(gettext_noop("Figures"), "chart-no-axes-column", "desk:figures", POWERS[Power.SEE_FIGURES], key="g r"),
    Entry(gettext_noop("Alarms"), "bell", "desk:alarms", key="g a"),
    Entry(gettext_noop("Notices"), "message-square-text", "desk:notices", key="g n"),
    Entry(gettext_noop("Problems"), "bug", "desk:problems", key="g p"),
    Entry(gettext_noop("Announcements"), "megaphone", "desk:announcements", POWERS[Power.ANNOUNCE], key="g o"),
    Entry(gettext_noop("Saved answers"), "message-square-quote", "desk:answers", key="g v"),
    Entry(gettext_noop("Forms"), "clipboard-list", "desk:forms", POWERS[Power.MANAGE_FORMS]),
    Entry(gettext_noop("Articles"), "book-open", "desk:articles", key="g k"),
    Entry(gettext_noop("Feedback"), "message-circle", "desk:feedback", key="g f"),
    Entry(gettext_noop("Mail in"), "mail-question-mark", "desk:mail_in", key="g i"),
    Entry(gettext_noop("Reported mail"), "mail-warning", "desk:suspicious", key="g x"),
    Entry(gettext_noop("Mail"), "mail", "desk:mail", key="g e", head=gettext_noop("Behind the scenes")),
    Entry(gettext_noop("Jobs"), "cog", "desk:jobs", MACHINERY, key="g j"),
    Entry(gettext_noop("Audit"), "list-checks", "desk:audit", MACHINERY, key="g u"),
    Entry(gettext_noop("Calendar"), "calendar-days", "desk:calendar", POWERS[Power.CHANGE_CALENDAR]),
    Entry(gettext_noop("Products"), "package", "desk:products", POWERS[Power.MANAGE_SUPPLIER], under="/desk/offer/"),
    Entry(gettext_noop("Mailboxes"), "mailbox", "desk:mailboxes", POWERS[Power.MANAGE_SUPPLIER]),
    Entry(gettext_noop("Supplier"), "settings", "desk:supplier", POWERS[Power.MANAGE_SUPPLIER]),
    Entry(gettext_noop("Terms"), "scale", "public:terms", key="g t"),
)
CLIENT = (
    Entry(gettext_noop("Home"), "house", "client:home"),
    Entry(gettext_noop("Requests"), "messages-square", "client:tickets"),
    Entry(gettext_noop("Spam"), "mail-warning", "client:suspicious"),
    Entry(gettext_noop("Help"), "book-open", "client:help"),
    Entry(gettext_noop("People"), "users-round", "client:people", MANAGERS),
    Entry(gettext_noop("Reports"), "file-text", "client:reports", MANAGERS),
    Entry(gettext_noop("Access"), "key-round", "client:diary", MANAGERS),
    Entry(gettext_noop("Agreements"), "file-check", "client:agreements"),
    Entry(gettext_noop("Terms"), "scale", "public:terms"),
)

Counter = Callable[[HttpRequest], Count | None]
_counters: dict[str, Counter] = {}
_doors: list[Callable[[], list[Door]]] = []


def count_for(url_name: str, counter: Counter) -> None:
    """Show a number beside the entry; `counter` gets the request and must cost one indexed query at most."""
    _counters[url_name] = counter


def doors_from(source: Callable[[], list[Door]]) -> None:
    """Name the demo people for the banner's menu."""
    _doors.append(source)


def doors() -> list[Door]:
    """The demo people, in the order in which their sources were registered."""
    return [door for source in _doors for door in source()]


def lines(request: HttpRequest, entries: tuple[Entry, ...], roles: frozenset[str], slug: str = "") -> list[Line]:
    """The entries that this person may open, with their address and number, the present page marked."""
    shown = [entry for entry in entries if (not entry.roles or entry.roles & roles) and exists(entry.url_name)]
    urls = [address(entry.url_name, slug) for entry in shown]
    near = {url: closeness(request.path, entry, url) for entry, url in zip(shown, urls, strict=True)}
    here = max((url for url, how in near.items() if how), key=lambda url: near[url], default="")
    return [
        Line(entry, url, url == here, _counters[entry.url_name](request) if entry.url_name in _counters else None)
        for entry, url in zip(shown, urls, strict=True)
    ]


def closeness(path: str, entry: Entry, url: str) -> int:
    """How much of the address belongs to the entry; 0 is nothing. A side's start page (/desk/) is not above the others."""
    start_page = url == "/desk/" or (entry.url_name == "client:home")
    begins = [] if start_page else [url]
    begins += [entry.under] if entry.under else []
    return len(path) + 1 if path == url else max((len(one) for one in begins if path.startswith(one)), default=0)


@cache
def exists(url_name: str) -> bool:
    """Whether this build has a page of that name. Asked once a process: addresses do not change while it runs."""
    try:
        address(url_name, "a")
    except NoReverseMatch:
        return False
    return True


@lru_cache(maxsize=4096)
def address(url_name: str, slug: str = "") -> str:
    """The page's address; client pages carry the client's slug. Kept, for a page names forty. Raises NoReverseMatch."""
    return reverse(url_name, args=[slug] if url_name.startswith("client:") else [])
