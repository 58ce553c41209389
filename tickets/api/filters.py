"""Which tickets a list shows."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, FilterSet, IsoDateTimeFilter
from django_filters.fields import IsoDateTimeField

from portal.forms.fields import readable
from tickets.models import SpamReport, Ticket
from tickets.rules.spam import Verdict
from tickets.rules.states import Group, Kind, State, Target


def words(values: Any) -> list[tuple[str, str]]:
    return [(str(value), str(value)) for value in values]


class InstantField(IsoDateTimeField):
    """An instant of any zone."""

    def to_python(self, value: Any) -> datetime | None:
        return readable(super().to_python(value))


class InstantFilter(IsoDateTimeFilter):
    """By an instant."""

    field_class = InstantField


class TicketFilter(FilterSet):
    """For everybody."""

    state = ChoiceFilter(choices=words(State), label="Where it stands.")
    kind = ChoiceFilter(choices=words(Kind), label="What kind of request it is.")
    open = BooleanFilter(method="whether_open", label="true: not ended.")
    product = CharFilter("product__code", label="The code of a product.", max_length=60)
    target = ChoiceFilter("clock__target", choices=words(Target), label="What was promised.")
    missed = BooleanFilter("clock__breached_at", "isnull", exclude=True, label="true: its promise was missed.")
    received_from = InstantFilter("received_at", "gte", label="Received at this instant or later.")
    received_before = InstantFilter("received_at", "lt", label="Received before this instant.")

    def whether_open(self, rows: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        """By the place in the queue, which has its index."""
        return rows.filter(queue_group__lt=Group.ENDED) if value else rows.filter(queue_group=Group.ENDED)


class DeskFilter(TicketFilter):
    """Staff see every client and whose work it is."""

    client = CharFilter("client__slug", label="The short name of a client (staff).", max_length=60)
    assignee = ChoiceFilter(
        choices=[("me", "me"), ("nobody", "nobody")],
        method="of_assignee",
        label="Whose work it is (staff).",
    )

    def of_assignee(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """One's own, or what nobody has taken."""
        if value == "nobody":
            return rows.filter(assignee__isnull=True)
        return rows.filter(assignee_id=self.request.actor.staff_id)


class MailReportFilter(FilterSet):
    """Which reported mails a list shows."""

    verdict = ChoiceFilter(choices=words(Verdict), label="What staff made of it.")
    judged = BooleanFilter("judged_at", "isnull", exclude=True, label="true: somebody has judged it.")
    reported_from = InstantFilter("reported_at", "gte", label="Reported at this instant or later.")
    reported_before = InstantFilter("reported_at", "lt", label="Reported before this instant.")

    class Meta:
        model = SpamReport
        fields: tuple[str, ...] = ()
