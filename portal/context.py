"""What every page's frame needs, as one lazy variable `shell`: nothing is queried until a template asks for it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal import clock, navigation
from portal.actors import VISITOR, Actor
from portal.models import Client, Supplier
from portal.navigation import Door, Line
from portal.queries.announcements import Frame, frame_of
from portal.queries.supplier import supplier
from portal.rules.colours import USUAL, address_of
from portal.tenancy.door import ClientChoice

THEMES = ("light", "dark")
TONES = {"success": "good", "error": "bad", "warning": "warn"}
# What single keys do on staff pages: (label, key, icon). A page offers one by giving its control data-key="…".
COMMANDS = (
    ("Accept", "1", "circle-check"),
    (gettext_noop("Mark as duplicate"), "2", "copy"),
    (gettext_noop("Decline"), "3", "circle-x"),
    (gettext_noop("Reply"), "r", "reply"),
    (gettext_noop("Internal note"), "n", "sticky-note"),
    (gettext_noop("Assign"), "a", "user-round-plus"),
    (gettext_noop("Snooze"), "h", "alarm-clock"),
    (gettext_noop("Follow-ups"), "f", "calendar-clock"),
    (gettext_noop("Priority, tags, split"), "t", "tag"),
    (gettext_noop("Move or correct"), "m", "pencil"),
    (gettext_noop("Saved answers"), "s", "message-square-text"),
    (gettext_noop("Play a macro"), "p", "zap"),
    (gettext_noop("Confirm the proposed ruling"), "y", "scale"),
    (gettext_noop("Ruling, charge and time"), "b", "receipt-pound-sterling"),
    (gettext_noop("Start or stop the timer"), "w", "clock"),
    (gettext_noop("New ticket"), "c", "plus"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the last action said: a banner, or with an undo address a toast."""

    text: str
    tone: str
    undo: str


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo banner: what the portal's clock says, whom one can become, where the mails are."""

    now: datetime
    doors: list[Door]
    mail_url: str
    can_move: bool
    can_switch: bool


class Shell:
    """The frame around a page for one request."""

    def __init__(self, request: HttpRequest) -> None:
        """Keep the request; read nothing yet."""
        self.request = request

    @cached_property
    def supplier(self) -> Supplier | None:
        """Whose portal this is; None before the first start."""
        return supplier()

    @cached_property
    def name(self) -> str:
        """The supplier's name, or the portal's own before the first start."""
        return self.supplier.name if self.supplier else _("Support portal")

    @property
    def look_url(self) -> str:
        """The stylesheet of the supplier's own colour; "" for the usual one."""
        accent = self.supplier.accent if self.supplier else USUAL
        return "" if accent == USUAL else reverse("public:brand-accent", kwargs=address_of(accent))

    @property
    def logo_url(self) -> str:
        """The supplier's logo; "" without one."""
        return reverse("public:brand-logo", args=[self.supplier.logo]) if self.supplier and self.supplier.logo else ""

    @property
    def icon_url(self) -> str:
        """The picture beside the page's title: from the logo, else the usual sign in the supplier's colour."""
        if self.supplier and self.supplier.logo:
            return reverse("public:brand-icon", args=[self.supplier.logo])
        accent = self.supplier.accent if self.supplier else USUAL
        return reverse("public:brand-sign", args=[accent[1:]])

    @cached_property
    def actor(self) -> Actor:
        """The person at work on this page."""
        return getattr(self.request, "actor", VISITOR)

    @cached_property
    def client(self) -> Client | None:
        """The client that this address names, on client pages."""
        return getattr(self.request, "client", None)

    @property
    def switcher(self) -> list[ClientChoice]:
        """The clients between which a person of several goes to and fro; the address alone says where each window stands."""
        choices: list[ClientChoice] = getattr(self.request, "choices", [])
        return choices if len(choices) > 1 else []

    @cached_property
    def theme(self) -> str:
        """The chosen colour scheme: "light", "dark", or "" for the system's."""
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else ""

    @cached_property
    def keys(self) -> bool:
        """Whether single keys work: staff switch them off in their settings or in the sheet (WCAG 2.1.4)."""
        wanted = getattr(getattr(self.request, "user", None), "shortcuts_on", True)
        return wanted and self.request.COOKIES.get("keys") != "off"

    @cached_property
    def nav(self) -> list[Line]:
        """The menu of this person's side."""
        if self.actor.kind == "staff":
            return navigation.lines(self.request, navigation.DESK, frozenset({self.actor.role}))
        if self.client is not None:
            roles: frozenset[str] = getattr(self.request, "roles", frozenset())
            return navigation.lines(self.request, navigation.CLIENT, roles, self.client.slug)
        return []

    @cached_property
    def phone_nav(self) -> list[Line]:
        """The few entries that stand in the phone's bar."""
        return [line for line in self.nav if line.entry.short]

    @cached_property
    def account_nav(self) -> list[tuple[str, str, str]]:
        """(label, icon, address) of the person's own pages."""
        own = (
            (_("E-mail address"), "mail", "accounts_email"),
            (_("Password"), "key-round", "account_change_password"),
            (_("Two-step sign-in"), "shield-check", "mfa_index"),
            (_("Your sign-ins"), "monitor-smartphone", "accounts_history"),
            (_("API tokens"), "key-square", "accounts_tokens"),
        )
        found = [(label, icon, navigation.address(name)) for label, icon, name in own if navigation.exists(name)]
        if self.notices_url:
            found.insert(0, (_("Notices"), "bell", self.notices_url))
        return found

    @cached_property
    def frame(self) -> Frame:
        """What is unread, and which announcements are current, for a client's person; a colleague's stand in the menu."""
        return frame_of(self.actor, clock.now()) if self.actor.is_member else Frame()

    @cached_property
    def notices_url(self) -> str:
        """The inbox of a client's person; "" where this build has none."""
        known = self.client is not None and navigation.exists("client:notices")
        return navigation.address("client:notices", self.client.slug) if known and self.client else ""

    @cached_property
    def said(self) -> list[Said]:
        """Messages of the last action; reading them marks them as shown. extra_tags is the address that undoes it."""
        found = get_messages(self.request)
        return [Said(str(one.message), TONES.get(one.level_tag, "info"), one.extra_tags or "") for one in found]

    @property
    def banners(self) -> list[Said]:
        """Those that stay until the next page."""
        return [one for one in self.said if not one.undo]

    @property
    def toasts(self) -> list[Said]:
        """Those that can be undone for a moment."""
        return [one for one in self.said if one.undo]

    @property
    def commands(self) -> tuple[tuple[str, str, str], ...]:
        """For the palette and the sheet of keys."""
        return COMMANDS

    @cached_property
    def search_url(self) -> str:
        """Where the palette looks for words."""
        return navigation.address("desk:search") if navigation.exists("desk:search") else ""

    @cached_property
    def styleguide_url(self) -> str:
        """The page of components, for the palette."""
        return navigation.address("desk:styleguide") if navigation.exists("desk:styleguide") else ""

    @cached_property
    def demo(self) -> Demo | None:
        """The demo banner's facts; None outside the demo."""
        if not settings.PORTAL_DEMO:
            return None
        mail = "desk:mail" if self.actor.kind == "staff" else "demo:mail"
        return Demo(
            now=clock.now(),
            doors=navigation.doors(),
            mail_url=navigation.address(mail) if navigation.exists(mail) else "",
            can_move=navigation.exists("demo:advance"),
            can_switch=navigation.exists("demo:door"),
        )


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `{{ shell.name }}`, `{{ shell.nav }}`, `{{ shell.demo }}` …"""
    return {"shell": Shell(request)}
