"""Agreements: their versions, what is current, and what a client has accepted."""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from portal.models import Acceptance, AgreementCheck, AgreementDocument

CHECKS = 24


def agreement_documents() -> list[AgreementDocument]:
    """Every version, by kind, newest first."""
    return list(AgreementDocument.objects.order_by("kind", "-effective_from"))


def agreement(pk: int) -> AgreementDocument | None:
    return AgreementDocument.objects.filter(pk=pk).first()


def current_agreements(day: date) -> list[AgreementDocument]:
    """The version of each kind that holds on a day."""
    begun = AgreementDocument.objects.filter(effective_from__lte=day)
    return list(begun.order_by("kind", "-effective_from").distinct("kind"))


def acceptances_of(client_id: int) -> list[Acceptance]:
    """What a client has accepted, newest first, with the document."""
    return list(
        Acceptance.objects.filter(client_id=client_id).select_related("document").order_by("-accepted_at", "-id")
    )


def agreement_files(storage_names: Collection[str]) -> set[str]:
    """Which of these stored files are agreements."""
    found = AgreementDocument.objects.filter(storage_name__in=storage_names)
    return set(found.values_list("storage_name", flat=True))


def last_kept(kind: str) -> AgreementDocument | None:
    """The copy of a kind that was added last."""
    return AgreementDocument.objects.filter(kind=kind).order_by("-added_at", "-id").first()


def checks_due(day: date) -> QuerySet[AgreementCheck]:
    """Checks that are due on a day and that no alarm tells of yet, the oldest first."""
    return AgreementCheck.objects.filter(done_at__isnull=True, told_at__isnull=True, due_on__lte=day).order_by("due_on")


def open_checks() -> list[AgreementCheck]:
    """The next check of each kind."""
    return list(AgreementCheck.objects.filter(done_at__isnull=True).order_by("due_on"))


def done_checks() -> list[AgreementCheck]:
    """The latest checks that were done, the newest first, with the version that was found."""
    rows = AgreementCheck.objects.filter(done_at__isnull=False).select_related("document")
    return list(rows.order_by("-done_at")[:CHECKS])
