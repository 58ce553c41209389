"""What every resource stands on: whose token it is, what it may be used for, how often, and how the resource says no."""

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from portal import clock
from portal.errors import Refused, sentence_of
from portal.guarded.process import Busy
from portal.idempotency import SentBefore
from portal.problems import NOT_THERE, Fault, problem
from portal.rules.tokens import Scope

log = structlog.get_logger(__name__)

UNKNOWN_CALLER = "The token is missing, unknown, expired or revoked. Send “Authorization: Bearer …” with one of yours."
SECONDS = 60


class Invalid(Exception):
    """What was given is not in order; each fault names its field. `status` is 413, 503 or 507 where a file is at fault."""

    def __init__(self, errors: list[Fault], status: int = 400) -> None:
        super().__init__(" ".join(error["detail"] for error in errors))
        self.errors = errors
        self.status = status


class Conflict(Exception):
    """Somebody else changed it since it was read: read it again, then decide."""


class NeedsProof(Exception):
    """Only a person with a fresh proof may do this, on the page with this address."""

    def __init__(self, page: str) -> None:
        super().__init__(page)
        self.page = page


class TokenAuthentication(BaseAuthentication):
    """The scope's middleware has read the token already and stands in its scope; here it only becomes the user."""

    def authenticate(self, request: Request) -> tuple[object, object] | None:
        token = request._request.token
        return (token.user, token) if token else None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class MayUse(BasePermission):
    """A token that works, has the scope of this method, and belongs to the side that the resource is for."""

    def has_permission(self, request: Request, view: "Resource") -> bool:
        if request.auth is None:
            raise exceptions.NotAuthenticated
        scope = view.scopes.get("GET" if request.method == "HEAD" else str(request.method))
        if scope is not None and scope not in request.auth.scopes:
            raise PermissionDenied(_("This token was not made for that: it needs %(scope)s.") % {"scope": scope})
        kind = "staff" if request.actor.is_staff else "member"
        if view.only not in ("", kind):
            words = {
                "staff": _("Only our staff can do this."),
                "member": _("Only the client’s own people can do this."),
            }
            raise PermissionDenied(words[view.only])
        return True


class PerToken(BaseThrottle):
    """So many requests a token in each minute, counted in the cache. It spares the machine and guards no secret, so while
    the cache is away everybody is served."""

    def allow_request(self, request: Request, view: "Resource") -> bool:
        if request.auth is None:
            return True
        key = f"api:{request.auth.token_id}:{int(clock.real_now().timestamp()) // SECONDS}"
        try:
            number: int = cache.count(key, 2 * SECONDS)  # type: ignore[attr-defined]
        except RedisError as error:
            log.warning("requests could not be counted", exc_info=error)
            return True
        return number <= int(settings.PORTAL_API_PER_MINUTE)

    def wait(self) -> float:
        return SECONDS - clock.real_now().timestamp() % SECONDS


class AlwaysJson(BaseContentNegotiation):
    """Whatever a programme says it takes, it gets JSON."""

    def select_parser(self, request: Request, parsers: list[object]) -> object | None:
        wanted = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == wanted), None)  # type: ignore[attr-defined]

    def select_renderer(self, request: Request, renderers: list[object], format_suffix: object = None) -> object:
        return renderers[0], "application/json"


class StrictJson(JSONParser):
    """JSON; one that is nested so deep that no reader can follow is malformed as well."""

    def parse(self, *given: object, **more: object) -> object:
        try:
            return super().parse(*given, **more)
        except RecursionError:
            raise exceptions.ParseError from None


class Resource(APIView):
    """One address of the interface. `scopes`: the token's scope for each method; `only`: "staff", "member", or "" for both."""

    scopes: dict[str, Scope] = {}
    only = ""
    authentication_classes = [TokenAuthentication]
    permission_classes = [MayUse]
    throttle_classes = [PerToken]
    content_negotiation_class = AlwaysJson
    renderer_classes = [JSONRenderer]
    parser_classes = [StrictJson]
    http_method_names = ["get", "post", "head"]

    def handle_exception(self, error: Exception) -> HttpResponse:
        """A problem document for what is somebody's mistake or no; a fault of the program goes on to the log as 500."""
        answer = refusal(error)
        if answer is None:
            raise error
        # The scope's middleware undoes what was written before the no.
        answer.exception = True  # type: ignore[attr-defined]
        if isinstance(error, exceptions.APIException):
            self.add_headers(answer, error)
        return answer

    def add_headers(self, answer: HttpResponse, error: exceptions.APIException) -> None:
        """What HTTP asks for beside the status: who may come, when to try again."""
        if answer.status_code == 401:
            answer["WWW-Authenticate"] = self.get_authenticate_header(self.request)
        elif answer.status_code == 429:
            answer["Retry-After"] = str(max(1, round(error.wait or 1)))


def refusal(error: Exception) -> JsonResponse | None:
    """The problem document of an error; None for a fault of the program."""
    match error:
        case Refused():
            return problem(422, error.sentence, clause=error.clause)
        case Invalid():
            detail = _("Some fields are not in order.") if error.status == 400 else str(error)
            return problem(error.status, detail, errors=error.errors)
        case Conflict():
            return problem(409, str(error))
        case SentBefore():
            return problem(409, _("This Idempotency-Key was used for something else. Choose another one."))
        case NeedsProof():
            return problem(403, _("This needs a fresh proof of who you are. Do it on its page."), page=error.page)
        case Http404():
            return problem(404, NOT_THERE)
        case PermissionDenied():
            return problem(403, str(error))
        case IntegrityError():
            return problem(422, sentence_of(error))
        case Busy():
            return problem(503, str(error))
    return refusal_of_the_frame(error)


def refusal_of_the_frame(error: Exception) -> JsonResponse | None:
    """What Django and REST framework refuse by themselves."""
    match error:
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return problem(401, UNKNOWN_CALLER)
        case exceptions.MethodNotAllowed():
            return problem(405, _("This address does not take that method."))
        case exceptions.UnsupportedMediaType():
            return problem(415, _("Send JSON (application/json), or multipart/form-data where files may be sent."))
        case exceptions.Throttled():
            return problem(429, _("This token has asked too often in the last minute. Wait as Retry-After says."))
        case exceptions.ParseError():
            return problem(400, _("What was sent cannot be read."))
        case RequestDataTooBig():
            return problem(413, _("This is more than we take in one request."))
        case SuspiciousOperation():
            return problem(400, _("The request is malformed."))
    return None
