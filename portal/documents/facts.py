"""Facts that several documents print, as plain values: the parties, the logo, the signer, the audit chain."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class PartyFacts:
    """The supplier or the client as it stands in law. `vat_number` "" means not registered."""

    legal_name: str
    address: str = ""
    company_number: str = ""
    vat_number: str = ""


@dataclass(frozen=True)
class LogoFacts:
    """The supplier's logo at the report's instant: its PNG in base64, so that the snapshot alone prints the same bytes."""

    png: str
    sha256: str
    width: int
    height: int


@dataclass(frozen=True)
class AuditHead:
    """The newest seal of the client's chain when the snapshot was taken; `unsealed` events came after it."""

    chain: str
    seq: int
    hash: str
    sealed_at: datetime
    unsealed: int = 0


@dataclass(frozen=True)
class SigningFacts:
    """The certificate that will sign. `demo` means it is worth nothing outside a demonstration."""

    subject: str
    fingerprint_sha256: str
    valid_until: date
    demo: bool
