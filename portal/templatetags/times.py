"""Instants as people say them, in the calendar's zone. Weekdays only for the days around today, then the full date."""

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal import clock
from portal.markup import fill

register = template.Library()

NEAR_DAYS = 6


@cache
def zone() -> ZoneInfo:
    """The portal's zone."""
    return ZoneInfo(settings.TIME_ZONE)


def local(at: datetime) -> datetime:
    """The instant on the wall clock of the portal's zone."""
    return at.astimezone(zone())


def day_words(day: date) -> str:
    """24 Nov 2026, without a leading zero."""
    return f"{day.day} {day:%b %Y}"


@register.filter
def london(at: datetime | None) -> str:
    """12:18 today, Wed 09:50 within six days either way, else 24 Nov 2026 at 09:50."""
    if at is None:
        return ""
    there, today = local(at), local(clock.now()).date()
    if there.date() == today:
        return _("%(there)s today") % {"there": f"{there:%H:%M}"}
    if abs((there.date() - today).days) <= NEAR_DAYS:
        return f"{there:%a %H:%M}"
    return f"{day_words(there.date())} at {there:%H:%M}"


@register.filter
def london_when(at: datetime | None) -> str:
    """For messages: Today 08:17, Yesterday 16:02, Fri 20 Nov 16:02, else 20 Nov 2025 16:02."""
    if at is None:
        return ""
    there, today = local(at), local(clock.now()).date()
    if there.date() == today:
        return _("Today %(there)s") % {"there": f"{there:%H:%M}"}
    if there.date() == today - timedelta(days=1):
        return _("Yesterday %(there)s") % {"there": f"{there:%H:%M}"}
    if there.year == today.year:
        return f"{there:%a} {there.day} {there:%b %H:%M}"
    return f"{day_words(there.date())} {there:%H:%M}"


@register.filter
def london_clock(at: datetime | None) -> str:
    """The wall clock only: 08:18."""
    return "" if at is None else f"{local(at):%H:%M}"


@register.filter
@lru_cache(maxsize=4096)
def london_full(at: datetime | None) -> str:
    """Tuesday 24 November 2026 at 10:40 GMT: day and zone named, for titles and documents."""
    if at is None:
        return ""
    there = local(at)
    return f"{there:%A} {there.day} {there:%B %Y} at {there:%H:%M %Z}"


@register.filter
def london_banner(at: datetime) -> str:
    """Tue 24 Nov 2026 10:40, for the demo banner."""
    there = local(at)
    return f"{there:%a} {day_words(there.date())} {there:%H:%M}"


@register.filter
def day(value: date | datetime | None) -> str:
    """24 Nov 2026, of a contract day or an instant."""
    if value is None:
        return ""
    return day_words(local(value).date() if isinstance(value, datetime) else value)


@register.filter
def iso(at: datetime | date | None) -> str:
    """For the datetime attribute of a time element."""
    if at is None:
        return ""
    return local(at).isoformat(timespec="seconds") if isinstance(at, datetime) else at.isoformat()


@register.filter
def age(at: datetime | None) -> str:
    """How long ago, in one unit: now, 58 m, 3 h, 2 d, 7 w."""
    if at is None:
        return ""
    minutes = int((clock.now() - at).total_seconds() // 60)
    for unit, size in (("w", 7 * 24 * 60), ("d", 24 * 60), ("h", 60), ("m", 1)):
        if minutes >= size * (2 if unit == "w" else 1):
            return f"{minutes // size} {unit}"
    return "now"


@register.filter
def span(seconds: float) -> str:
    """A stretch of time: 38 m, 2 h 05 m."""
    minutes = int(abs(seconds) // 60)
    return f"{minutes // 60} h {minutes % 60:02d} m" if minutes >= 60 else f"{minutes} m"


@register.simple_tag
def since(at: datetime | None) -> SafeString | str:
    """The age of something as a time element, with the full instant for those who point at it."""
    if at is None:
        return ""
    return fill('<time class="age" datetime="{}" title="{}">{}</time>', iso(at), london_full(at), age(at))
