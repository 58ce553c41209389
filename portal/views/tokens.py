"""A person's API tokens (/accounts/tokens/), made and revoked only with a fresh proof of who is there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock, stepup
from portal.actions.tokens import make_token, revoke_token
from portal.errors import Refused
from portal.forms.tokens import TokenForm
from portal.idempotency import once
from portal.queries.tokens import places_of, tokens_of
from portal.views.answers import posted
from portal.views.identity import oneself, own_id


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@stepup.required
@once("API token made")
def index(request: HttpRequest) -> HttpResponse:
    """The tokens, and the form for a new one. Its secret is shown in the answer to the post, and never again."""
    places = places_of(own_id(request), clock.now())
    form = TokenForm(posted(request), places=places)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                row, secret = make_token(
                    **given, user_id=own_id(request), by=oneself(request), at=clock.now()
                )  # fmt: skip
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            answer = render(request, "accounts/token_made.html", {"token": row, "secret": secret})
            # The same post again leads to the list: a secret is not shown twice.
            answer["X-Done"] = reverse("accounts_tokens")
            return answer
    facts = {"form": form if places else None, "tokens": tokens_of(own_id(request), clock.real_now())}
    return render(request, "accounts/tokens.html", facts, status=422 if request.method == "POST" else 200)


@require_POST
@login_required
@stepup.required
@once("API token revoked")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own tokens. Somebody else's is not there."""
    if revoke_token(token_id=pk, by=oneself(request), at=clock.now()) is None:
        raise Http404
    messages.success(request, _("That token opens nothing any more."))
    return HttpResponseRedirect(reverse("accounts_tokens"))
