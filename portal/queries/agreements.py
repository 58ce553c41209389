"""Agreements: their versions, what is current, and what a client has accepted."""

from collections.abc import Collection
from datetime import date

from portal.models import Acceptance, AgreementDocument


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
