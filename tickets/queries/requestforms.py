"""Ready-made forms: those on offer, one of them, what a request was filled in with, and the templates of a client."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from portal.actors import Actor
from tickets.models import FilledForm, FormTemplate, FormVersion, RequestForm, StepTick, Ticket
from tickets.rules.formanswers import Said, answers_in_words
from tickets.rules.redaction import answers_without
from tickets.rules.requestforms import Step, steps_of

NEWEST = FormVersion.objects.filter(form_id=OuterRef("form_id")).order_by("-number").values("pk")[:1]


def newest_versions() -> QuerySet[FormVersion]:
    """The present version of every form, retired ones included, in the order of the list."""
    found = FormVersion.objects.filter(pk=Subquery(NEWEST)).select_related("form")
    return found.order_by("form__position", "form_id")


def offered_forms(words: str = "") -> QuerySet[FormVersion]:
    """The forms that clients may choose; words: each must stand in the name or the summary."""
    found = newest_versions().filter(form__retired_at__isnull=True)
    for word in words.split()[:10]:
        found = found.filter(Q(name__icontains=word) | Q(summary__icontains=word))
    return found


def offered_form(code: str) -> FormVersion:
    """The present version of a form on offer. Raises FormVersion.DoesNotExist."""
    return offered_forms().get(form__code=code)


def newest_version(form_id: int) -> FormVersion:
    """The present version of any form. Raises FormVersion.DoesNotExist."""
    return newest_versions().get(form_id=form_id)


def next_position() -> int:
    """The place behind the last form."""
    last: int | None = RequestForm.objects.aggregate(last=Max("position"))["last"]
    return min((last or 0) + 10, 32_000)


def filled_form_of(ticket: Ticket) -> FilledForm | None:
    """What a request was filled in with."""
    found = FilledForm.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk)
    return found.select_related("version__form").first()


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step as the checklist shows it; by and at: who ticked it and when, while it is ticked."""

    step: Step
    done: bool
    by: str = ""
    at: datetime | None = None


def checklist_of(filled: FilledForm) -> list[StepLine]:
    """The steps in their order, each as it stands now. One query."""
    newest = ticks_of(filled)
    lines = []
    for step in steps_of(filled.version.steps):
        tick = newest.get(step.key)
        ticked = tick is not None and tick.done
        lines.append(StepLine(step, ticked, tick.staff_label, tick.at) if tick and ticked else StepLine(step, False))
    return lines


def ticks_of(filled: FilledForm) -> dict[str, StepTick]:
    """The newest tick of each step that was ever ticked."""
    found = StepTick.objects.filter(client_id=filled.client_id, filled_id=filled.pk).order_by("id")
    return {tick.step: tick for tick in found}


def said_in(filled: FilledForm) -> list[Said]:
    """The answers in words, with the questions of their own version."""
    return answers_in_words(filled.version.definition().fields, filled.answers)


def templates_with(client_id: int, passage: str) -> list[str]:
    """The names of a client's templates whose answers hold a passage. In the staff's scope."""
    kept = FormTemplate.objects.filter(client_id=client_id, removed_at__isnull=True).select_related("version__form")
    return [
        row.label
        for row in kept.order_by("label", "id")
        if answers_without(row.version.definition().fields, row.answers, passage) != row.answers
    ]


def templates_of(actor: Actor) -> QuerySet[FormTemplate]:
    """What a person's organisation keeps, by name; those of retired forms rest."""
    found = FormTemplate.objects.filter(client_id=actor.client_id or 0, removed_at__isnull=True)
    kept = found.filter(version__form__retired_at__isnull=True)
    return kept.select_related("version__form").order_by("label", "id")
