"""The form for a new version of the working calendar."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.forms.fields import day, line, paragraph
from portal.models import WorkingCalendar
from portal.queries.contract import worktime_of
from portal.worktime import Calendar, WorktimeError
from portal.worktime.calendar import DAY_NAMES, GB_SUBDIVISIONS

PLACES = dict(
    zip(
        GB_SUBDIVISIONS,
        ("England", "Wales", "Scotland", "Northern Ireland"),
        strict=True,
    )
)


class CalendarForm(forms.Form):
    """Hours, days, closures, whose bank holidays, and from when. `calendar` is the result once it is valid."""

    hours = line(
        gettext_lazy("Working hours"), help_text=gettext_lazy("Several spans are possible: 09:00-12:30,13:30-17:30.")
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Working days"),
        choices=[(str(number), name) for number, name in enumerate(DAY_NAMES)],
        widget=forms.CheckboxSelectMultiple,
    )
    subdivision = forms.ChoiceField(label=gettext_lazy("Bank holidays of"), choices=list(PLACES.items()))
    closures = paragraph(
        gettext_lazy("Days on which you are closed besides"),
        required=False,
        help_text=gettext_lazy("One a line, written year-month-day: 2026-12-24. Bank holidays are known already."),
    )
    effective_from = day(
        "From", help_text=gettext_lazy("Today means at once, and moves the promises of open requests.")
    )
    calendar: Calendar

    def __init__(self, *args: Any, current: WorkingCalendar, today: date, **given: Any) -> None:
        self.current, self.today = current, today
        given.setdefault("initial", initial_of(current) | {"effective_from": today})
        super().__init__(*args, **given)
        if current.country != "GB":
            self.fields["subdivision"] = line(_("Part of the country for bank holidays"), most=6, required=False)

    def clean_closures(self) -> list[date]:
        """The days, in order. A line that is no day is named."""
        found = []
        for text in self.cleaned_data["closures"].split():
            try:
                found.append(date.fromisoformat(text))
            except ValueError:
                raise forms.ValidationError(
                    _("Write a day like 2026-12-24, not %(text)s.") % {"text": text[:20]}
                ) from None
        return sorted(set(found))

    def clean_effective_from(self) -> date:
        wanted: date = self.cleaned_data["effective_from"]
        if wanted < self.today:
            raise forms.ValidationError(_("A calendar cannot begin in the past: what was promised then stays."))
        return wanted

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        try:
            self.calendar = self.made(given)
        except WorktimeError as fault:
            self.add_error(fault.field if fault.field in self.fields else None, fault.sentence)
            return given
        if same(self.calendar, worktime_of(self.current)):
            raise forms.ValidationError(
                _("Nothing differs from version %(version)s.") % {"version": self.current.version}
            )
        return given

    def made(self, given: dict[str, Any]) -> Calendar:
        return Calendar.parse(
            tz=self.current.tz,
            country=self.current.country,
            subdivision=given["subdivision"],
            hours=given["hours"],
            days=",".join(DAY_NAMES[int(number)][:3] for number in given["days"]),
            closures=given["closures"],
            version=self.current.version + 1,
        )


def initial_of(row: WorkingCalendar) -> dict[str, Any]:
    """A stored version as the form shows it."""
    return {
        "hours": ",".join("-".join(span) for span in row.hours),
        "days": [str(number) for number in row.days],
        "subdivision": row.subdivision,
        "closures": "\n".join(row.closures),
    }


def same(one: Calendar, other: Calendar) -> bool:
    """Whether two calendars open at the same times, whatever their versions."""
    return (one.hours, one.days, one.subdivision, one.closures) == (
        other.hours, other.days, other.subdivision, other.closures,
    )  # fmt: skip
