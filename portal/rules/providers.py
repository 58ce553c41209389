"""Rules about accounts at the sign-in provider (Microsoft): when one may open a person's account here (TRUST.md A30).

The address that the provider names is somebody's word until the provider says that it is verified; and it only ever counts
once, when an account is bound. After that the provider's own number for the person counts, which nobody can choose.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from portal.errors import Refused

# A journey to the provider and back must end within this time; clocks may differ by so much.
JOURNEY_LIFE, CLOCK_SKEW = timedelta(minutes=10), timedelta(seconds=60)
# Journeys that one browser may have under way at once, one a window.
JOURNEYS_AT_ONCE = 5
# How Microsoft writes that the owner of the address's domain is proved (claim xms_edov); email_verified is true or nothing.
YES = (True, "1", "true", "True")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for. `proved_at` is when they last proved it to the provider, in seconds since 1970."""

    issuer: str
    subject: str
    email: str
    verified: bool
    tenant: str
    proved_at: int | None
    second_factor: bool


def is_verified(claims: dict[str, Any], verified_claim: str) -> bool:
    """Whether the provider says that the address is proved; a claim that is missing or of another kind says no."""
    said = claims.get(verified_claim)
    return said is True if verified_claim == "email_verified" else said in YES


def opens_by_itself(identity: Identity, *, email: str, staff: bool) -> bool:
    """Whether an account is bound without anybody's doing: a verified address, the person's own, and never for staff."""
    return not staff and identity.verified and identity.email == email


def check_binding(*, verified: bool, theirs: str, email: str, staff: bool) -> None:
    """Raises Refused where even a person's own wish, or a colleague's, must not bind an account: for staff the provider must
    have verified the very address that they sign in with."""
    if staff and not (verified and theirs == email):
        raise Refused(
            "CMP-6",
            _("For staff, the account's address must be the one they sign in with here, and verified by the provider."),
        )


def is_fresh_proof(identity: Identity, *, asked_at: float) -> bool:
    """Whether the person proved themselves to the provider because we asked, not some time before."""
    return identity.proved_at is not None and identity.proved_at >= asked_at - CLOCK_SKEW.total_seconds()
