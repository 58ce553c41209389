"""Where mail services post the mail that came for us. What answers 200 is stored; whatever else happens, the service keeps it.

There is no form and no key to do a post once: a service's own name for a mail is the mail's number, so that the same post
again finds it stored. The size is our own to watch, because a mail may be larger than any form.
"""

import structlog
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal import clock
from portal.actions.alarms import clear_alarm, raise_alarm
from portal.actors import SYSTEM
from portal.clauses import clause
from portal.mailin import MEGABYTES, SIZE_LIMIT, receiver
from portal.mailservices import SERVICES, Delivery, NotBelieved, Post, Service, Unusable
from portal.tenancy import act_as_staff

# In JSON and in a form's own coding a mail takes more room than by itself.
MOST_POSTED = 2 * SIZE_LIMIT
# Where the proof stands in the body, a stranger may bring so much and no more; the mail itself and its few fields.
MOST_UNPROVED = SIZE_LIMIT + 1024 * 1024
TROUBLE = "mail service"
log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
@transaction.non_atomic_requests
@clause("SUB-1")
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """Take one mail: 200 when it is stored, 403 from a stranger, 413 when it is too large, 503 when the service must be set up
    anew; what fails otherwise is 5xx too, and the service tries again."""
    service, secret = SERVICES.get(name), settings.PORTAL_WEBHOOKS.get(name)
    if service is None or not secret:
        raise Http404
    if service.waits and "Authorization" not in request.headers:
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="mail"'})
    try:
        service.knock(headers_of(request), secret)
        body = body_of(request, MOST_POSTED if service.proves_first else MOST_UNPROVED)
        if body is None:
            return too_large(name, service) if service.proves_first else HttpResponse(status=413)
        delivery = service.read(Post(headers_of(request), body), settings.PORTAL_WEBHOOKS, clock.real_now())
    except NotBelieved:
        log.warning("mail service not believed", service=name)
        return HttpResponse(status=403)
    except Unusable as trouble:
        return set_up_anew(name, service, str(trouble))
    return too_large(name, service) if len(delivery.raw) > SIZE_LIMIT else stored(name, delivery)


def headers_of(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def body_of(request: HttpRequest, most: int) -> bytes | None:
    """The whole body, read by ourselves; None when it has more than `most` bytes."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        return None
    body = request.read(most + 1)
    return body if len(body) <= most else None


def stored(name: str, delivery: Delivery) -> HttpResponse:
    """Hand it over; afterwards it is committed."""
    to = receiver()
    ours = [one for one in delivery.recipients if to.is_ours(one.strip().lower())]
    to.take(delivery.sender, ours, delivery.raw, source=f"webhook {name}", event=delivery.event)
    with act_as_staff(SYSTEM):
        clear_alarm(kind=TROUBLE, subject_type=name, at=clock.now(), by=SYSTEM)
    log.info("mail accepted", service=name, size=len(delivery.raw))
    return HttpResponse("stored\n", content_type="text/plain")


def set_up_anew(name: str, service: Service, cure: str) -> HttpResponse:
    """The service keeps the mail and tries again; staff are told what to change there."""
    alarm(name, _("%(service)s posts mail that we cannot take.") % {"service": service.label}, cure)
    return HttpResponse("not stored\n", content_type="text/plain", status=503)


def too_large(name: str, service: Service) -> HttpResponse:
    """No later try would help, and the sender may never hear of it: so staff do."""
    facts = {"service": service.label, "most": MEGABYTES}
    sentence = _("%(service)s brought a mail of more than %(most)s MB, which we did not take.") % facts
    alarm(name, sentence, _("Look at %(service)s who sent it, and ask for a smaller one.") % facts)
    return HttpResponse("too large\n", content_type="text/plain", status=413)


def alarm(name: str, sentence: str, cure: str) -> None:
    log.error("mail of a service not taken", service=name, reason=cure)
    at = clock.now()
    with act_as_staff(SYSTEM):
        raise_alarm(
            kind=TROUBLE, subject_type=name, clause="SUB-1", sentence=sentence, cure=cure, url="/desk/mail-in/", at=at
        )
