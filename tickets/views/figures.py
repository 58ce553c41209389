"""How well promises are kept, for leads (/desk/figures/): each table with its chart, and as a CSV file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.documents.charts import ON_A_PAGE, Point, bar_chart
from portal.models import Client
from portal.queries.contract import calendar_at, worktime_of
from portal.rules.people import Power
from portal.spreadsheets import csv_answer
from portal.templatetags.times import age
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import need
from portal.worktime import Calendar
from tickets.forms.figures import FiguresForm
from tickets.queries import figures, sameday, worked
from tickets.queries.figures import Kept, Period
from tickets.queries.spam import MonthCount, reports_by_client, reports_by_month
from tickets.rules.spam import VERDICT_WORDS
from tickets.rules.states import State

MONTHS = 6
MOST_BARS = 14
WAITS = {State.WAITING_CLIENT: "the client", State.WITH_MICROSOFT: "Microsoft"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page shows: the period, the working calendar of its instant, and the instant."""

    period: Period
    calendar: Calendar
    at: datetime


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its chart, if a chart says more than the rows. The first column names the row; the rest are figures."""

    name: str
    title: str
    note: str
    columns: Sequence[str]
    rows: list[list[Any]]
    chart: SafeString | None = None

    @property
    def lines(self) -> list[list[tuple[str, Any]]]:
        """The rows, each cell with its column's heading: on a phone that is its label."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """All tables of the period and the client asked for; leads and admins."""
    need(request, Power.SEE_FIGURES)
    form, asked = asked_of(request)
    chosen = {name: value for name in ("first", "last", "client") if (value := request.GET.get(name))}
    tables = [make(asked) for make in TABLES.values()] if asked else []
    context = {"form": form, "tables": tables, "whole": figures.kept(asked.period) if asked else None}
    context |= {"chosen": urlencode(chosen)}
    return render(request, "desk/figures.html", context, status=200 if asked else 422)


@require_safe
def as_csv(request: PortalRequest, name: str) -> HttpResponse:
    """One of the tables as a file, with the same choice in its address."""
    need(request, Power.SEE_FIGURES)
    asked = asked_of(request)[1]
    if name not in TABLES or asked is None:
        raise Http404
    table = TABLES[name](asked)
    return csv_answer(f"{name}.csv", table.columns, table.rows)


def asked_of(request: PortalRequest) -> tuple[FiguresForm, Asked | None]:
    """The filter, and what it asks for; None when it is not in order."""
    at = clock.now()
    calendar = worktime_of(calendar_at(at))
    today = calendar.local_date(at)
    usual = {"first": first_of_months(today), "last": today}
    form = FiguresForm({**usual, **{key: value for key, value in request.GET.items() if value}})
    if not form.is_valid():
        return form, None
    given = form.cleaned_data
    client: Client | None = given["client"]
    begin, end = midnight(given["first"], calendar), midnight(given["last"] + timedelta(days=1), calendar)
    return form, Asked(Period(begin, end, client.pk if client else None), calendar, at)


def first_of_months(today: date) -> date:
    """The first day of the month five months ago, so that six months stand side by side."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time.min, calendar.zone)


def kept_table(name: str, title: str, what: str, rows: list[tuple[str, Kept]], note: str = "") -> Table:
    """Shares answered in time, from the acknowledgement and from the receipt."""
    columns = [
        what, _("Decided"), _("In time"), _("Share in %"), _("In time from receipt"), _("Share from receipt in %"),
    ]  # fmt: skip
    cells: list[list[Any]] = [
        [label, one.due, one.kept, one.percent, one.receipt_kept, one.receipt_percent] for label, one in rows
    ]
    points = [Point(label, None if one.percent is None else Decimal(one.percent)) for label, one in rows[:MOST_BARS]]
    chart = bar_chart(points, title=title, unit="%", top=Decimal(100), width=ON_A_PAGE) if points else None
    return Table(name, title, note, columns, cells, chart)


def months(asked: Asked) -> Table:
    rows = [(f"{month:%b %Y}", one) for month, one in figures.kept_by_month(asked.period, asked.calendar.tz)]
    return kept_table("months", _("Answered in time, by month"), _("Month"), rows)


def clients(asked: Asked) -> Table:
    return kept_table("clients", _("Answered in time, by client"), _("Client"), figures.kept_by_client(asked.period))


def people(asked: Asked) -> Table:
    rows = [(label or _("Nobody accepted it"), one) for label, one in figures.kept_by_person(asked.period)]
    note = _("By who accepted the request (ACC-6).")
    return kept_table("people", _("Answered in time, by person"), _("Accepted by"), rows, note)


def counted(name: str, title: str, columns: Sequence[str], rows: list[list[Any]], note: str = "") -> Table:
    """A table of numbers by band, with bars."""
    chart = bar_chart([Point(row[0], Decimal(row[1])) for row in rows], title=title, width=ON_A_PAGE)
    return Table(name, title, note, columns, rows, chart)


def answers(asked: Asked) -> Table:
    bands = figures.first_answers(asked.period)
    rows = [[up_to(hours, figures.ANSWER_HOURS[-1], "h"), number] for hours, number in bands]
    note = _("In working time, from the acknowledgement to the first answer by a person.")
    return counted("answers", _("How long first answers took"), [_("Working hours"), _("Answers")], rows, note)


def backlog(asked: Asked) -> Table:
    bands = figures.backlog(asked.at, asked.period.client_id)
    rows = [[up_to(days, figures.BACKLOG_DAYS[-1], "d"), number] for days, number in bands]
    note = _("What is open now, whatever the period, by days since it was received.")
    return counted("backlog", _("Age of what is open"), [_("Days"), _("Open requests")], rows, note)


def suspicious(asked: Asked) -> Table:
    rows = count_rows(reports_by_month(asked.period, asked.calendar.tz))
    note = _("By the day of the report (EML-6).")
    return Table("suspicious", _("Suspicious mail reported, by month"), note, count_columns(), rows)


def reporters(asked: Asked) -> Table:
    rows: list[list[Any]] = [list(row) for row in reports_by_client(asked.period)]
    columns = [_("Client"), _("Reported"), _("Phishing")]
    return Table("reporters", _("Suspicious mail reported, by client"), "", columns, rows)


def count_columns() -> list[str]:
    """The columns of reported mail by month; one for each verdict."""
    return [_("Month"), _("Reported"), *(str(words) for words in VERDICT_WORDS.values()), _("Being looked at")]


def count_rows(months: Sequence[MonthCount]) -> list[list[Any]]:
    """A line for each month: its name, all reports, and those of each verdict."""
    keys = [*VERDICT_WORDS, ""]
    return [[f"{one.month:%b %Y}", one.total, *(one.by.get(key, 0) for key in keys)] for one in months]


def up_to(end: float | None, last: float, unit: str) -> str:
    return f"≤ {end:g} {unit}" if end is not None else f"> {last:g} {unit}"


def waiting(asked: Asked) -> Table:
    found = figures.waiting(asked.period.client_id)
    rows: list[list[Any]] = [[WAITS[state], number, age(oldest) if oldest else None] for state, number, oldest in found]
    note = _("Open now. The response clock runs on all the while (HLP-10).")
    return Table("waiting", _("What waits"), note, [_("For"), _("Requests"), _("Oldest since")], rows)


def solutions(asked: Asked) -> Table:
    found = sameday.solved_by_month(asked.period, asked.calendar.tz)
    rows: list[list[Any]] = [[f"{month:%b %Y}", one.solved, one.same_day, one.percent] for month, one in found]
    columns = [_("Month"), _("Solved"), _("On the working day"), _("Share in %")]
    note = _(
        "Of the requests received in the month: solved on the working day on which they came. A statistic, no promise (HLP-9)."
    )
    title = _("Solved on the same working day")
    points = [Point(row[0], None if row[3] is None else Decimal(row[3])) for row in rows[:MOST_BARS]]
    chart = bar_chart(points, title=title, unit="%", top=Decimal(100), width=ON_A_PAGE) if points else None
    return Table("solved", title, note, columns, rows, chart)


def time_worked(asked: Asked) -> Table:
    found = worked.worked_by_month(asked.period, asked.calendar.tz)
    rows: list[list[Any]] = [[f"{month:%b %Y}", minutes_of(one.charged), minutes_of(one.free)] for month, one in found]
    columns = [_("Month"), _("Charged, in minutes"), _("Not charged, in minutes")]
    note = _("As it was worked, before steps are rounded; what was taken back is counted off (HLP-8).")
    return Table("time", _("Time charged and not charged"), note, columns, rows)


def time_free(asked: Asked) -> Table:
    found = worked.free_by_reason(asked.period, asked.calendar.tz)
    rows: list[list[Any]] = [[why, minutes_of(seconds)] for why, seconds in found]
    return Table("time-free", _("Why time was not charged"), "", [_("Reason"), _("Minutes")], rows)


def microsoft(asked: Asked) -> Table:
    found = worked.cases_by_month(asked.period)
    rows: list[list[Any]] = [[f"{month:%b %Y}", one.number, minutes_of(one.mean_seconds)] for month, one in found]
    columns = [_("Month"), _("Cases that came back"), _("Mean working minutes there")]
    return Table(
        "microsoft", _("Time with Microsoft"), _("By the month in which the case came back (HLP-10)."), columns, rows
    )


def minutes_of(seconds: int) -> int:
    """Whole minutes, rounded half up like everybody reads them."""
    return (seconds + 30) // 60


TABLES: dict[str, Callable[[Asked], Table]] = {
    "months": months,
    "clients": clients,
    "people": people,
    "answers": answers,
    "backlog": backlog,
    "waiting": waiting,
    "microsoft": microsoft,
    "solved": solutions,
    "time": time_worked,
    "time-free": time_free,
    "suspicious": suspicious,
    "reporters": reporters,
}
