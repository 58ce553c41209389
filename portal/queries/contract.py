"""The contract as it stands at an instant: terms, working calendar, entitlements."""

from datetime import date, datetime
from functools import lru_cache

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.models import Entitlement, Product, Terms, WorkingCalendar
from portal.rules.states import EntitlementKind
from portal.tenancy.stamps import kept
from portal.worktime import Calendar


def terms_at(at: datetime) -> Terms:
    """The terms in force. Raises Terms.DoesNotExist before the first version is published."""
    versions = kept("terms", lambda: list(Terms.objects.order_by("-version")))
    terms = next((one for one in versions if one.published_at <= at), None)
    if terms is None:
        raise Terms.DoesNotExist(_("No terms are published yet: finish the first start at /setup/."))
    return terms


def version_read(number: int | None, at: datetime) -> Terms:
    """The published version that somebody read, else the one in force. Raises Terms.DoesNotExist before the first."""
    read = Terms.objects.filter(version=number, published_at__lte=at).first() if number else None
    return read or terms_at(at)


def calendar_known(at: datetime) -> WorkingCalendar | None:
    """The working calendar in force, for reading only; None before the first version."""
    return next((one for one in calendar_versions() if one.effective_at <= at), None)


def calendar_versions() -> list[WorkingCalendar]:
    """Every version of the working calendar, the newest first; for reading only."""
    return list(kept("calendars", lambda: list(WorkingCalendar.objects.order_by("-version"))))


def calendar_at(at: datetime) -> WorkingCalendar:
    """The working calendar in force. Raises WorkingCalendar.DoesNotExist before the first version."""
    row = calendar_known(at)
    if row is None:
        raise WorkingCalendar.DoesNotExist(_("No working calendar is in force yet: finish the first start at /setup/."))
    return row


def worktime_of(row: WorkingCalendar) -> Calendar:
    """The pure calendar of a stored version. Kept per version, so that its days are reckoned once a process."""
    return _worktime(
        row.version,
        row.tz,
        row.country,
        row.subdivision,
        ",".join("-".join(pair) for pair in row.hours),
        frozenset(row.days),
        frozenset(row.closures),
    )


@lru_cache(maxsize=64)
def _worktime(
    version: int, tz: str, country: str, subdivision: str, hours: str, days: frozenset[int], closures: frozenset[str]
) -> Calendar:
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return Calendar.parse(
        tz=tz,
        country=country,
        subdivision=subdivision,
        hours=hours,
        days=",".join(names[day] for day in sorted(days)),
        closures=[date.fromisoformat(day) for day in closures],
        version=version,
    )


def entitlements_on(client_id: int, kind: EntitlementKind, day: date) -> list[Entitlement]:
    """A client's entitlements of one kind that hold on a day, or held until it began."""
    return list(
        Entitlement.objects.filter(client_id=client_id, kind=kind, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .order_by("valid_from")
    )


def products() -> list[Product]:
    """What a request can be about, in the order in which forms offer it."""
    return list(kept("products", lambda: list(Product.objects.order_by("position", "name"))))
