"""How a worker makes a document that somebody asked for: claimed under a lease, drawn, signed, issued, or given up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import structlog
from django.db import IntegrityError
from django.utils.translation import gettext as _

from portal import clock
from portal.actions.alarms import raise_alarm
from portal.actions.documents import store_signed
from portal.actors import SYSTEM
from portal.documents.facts import SigningFacts
from portal.documents.render import Rendered
from portal.files import discard
from portal.guarded.process import ChildError
from portal.lazily import lazily
from portal.models.making import Making
from portal.rules.making import UNMADE, MakingState
from portal.tenancy import act_as_staff

if TYPE_CHECKING:
    from portal.documents import sign
else:
    sign = lazily("portal.documents.sign")

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
Made = TypeVar("Made", bound=Making)


def claim(model: type[Made], at: datetime) -> Made | None:
    """Take the oldest request under a lease of three minutes of real time; a dead worker's lease runs out."""
    now = clock.real_now()
    with act_as_staff(SYSTEM):
        waiting = model._default_manager.filter(state__in=UNMADE)
        free = waiting.exclude(state=MakingState.RUNNING, leased_until__gt=now)
        request = free.order_by("requested_at", "pk").select_for_update(skip_locked=True).first()
        if request is None:
            return None
        if request.state == MakingState.QUEUED:
            request.move(MakingState.RUNNING)
        request.leased_until, request.attempts = now + LEASE, request.attempts + 1
        request.started_at = request.started_at or at
        request.progress, request.progress_says = 5, _("Reading the records")
        request.save()
    return request


def make_next(model: type[Made], make: Callable[[Made, datetime], None], at: datetime, *, what: str) -> int:
    """Make the oldest document that waits, or whose worker died; the rows done. `what` is the alarm's noun.

    When the drawing, the signing or the writing fails it goes back into the line.
    """
    request = claim(model, at)
    if request is None:
        return 0
    try:
        make(request, at)
    except (ChildError, IntegrityError) as error:
        log.error("document failed", what=what, request=request.pk, exc_info=error)
        put_back(request, what=what, error=str(error), at=at)
    return 1


def signing_facts() -> SigningFacts:
    """The certificate that will sign, as the document names it."""
    facts = sign.certificate_facts()
    return SigningFacts(facts.subject, facts.fingerprint_sha256, facts.valid_until, facts.is_demo)


def show_progress(request: Making, share: int, says: str) -> None:
    """Write how far a document is (per cent), for its page."""
    with act_as_staff(SYSTEM):
        type(request)._default_manager.filter(pk=request.pk).update(progress=share, progress_says=says)


def sign_and_finish(rendered: Rendered, finish: Callable[[bytes, str], None], *, supplier: str, at: datetime) -> None:
    """Sign and store the file, then let `finish(signed, storage name)` write its rows; what fails leaves no file behind."""
    signed = sign.sign(rendered.pdf, at=at, reason=_("Issued by the supplier's portal"), name=supplier)
    storage_name = store_signed(signed)
    try:
        finish(signed, storage_name)
    except BaseException:
        discard(storage_name)
        raise


def mark_ready(request: Making, at: datetime) -> None:
    """The document is issued. Raises Refused when it was already. In the transaction of `finish`, the row locked."""
    request.move(MakingState.READY)
    request.progress, request.progress_says, request.done_at, request.leased_until = 100, _("Ready"), at, None
    request.save()


def put_back(request: Making, *, what: str, error: str, at: datetime) -> None:
    """Try again, or give up after three attempts with an alarm."""
    with act_as_staff(SYSTEM):
        row = type(request)._default_manager.select_for_update().select_related("client").get(pk=request.pk)
        if row.state != MakingState.RUNNING:
            return
        row.leased_until, row.error = None, error[:2000]
        if row.attempts < MOST_ATTEMPTS:
            row.move(MakingState.QUEUED)
            row.progress, row.progress_says = 0, _("Something went wrong; trying again")
        else:
            row.move(MakingState.FAILED)
            row.done_at, row.progress_says = at, _("It could not be made. Our staff have been told.")
            raise_alarm(
                kind=f"{what} failed",
                subject=row,
                client_id=row.client_id,
                clause="CMP-10",
                sentence=_("A %(what)s for %(name)s could not be made: %(error)s")
                % {"what": what, "name": row.client.name, "error": error[:300]},
                cure=_("Mend the cause, then let them ask again, or press try again beside it."),
                at=at,
            )
        row.save()
