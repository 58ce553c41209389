"""The audit trail (/desk/audit/)."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.audit import VerifyResult, verify
from portal.queries.audit import audit_page, chain_heads
from portal.queries.paging import key_of
from portal.rules.people import Power
from portal.tenancy.middleware import PortalRequest
from portal.views.answers import need

MOST_LINKS = 10_000


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Events with their links, newest first, by client and kind if wanted; leads and admins."""
    need(request, Power.SEE_MACHINERY)
    given = request.GET
    client_id, kind = key_of(given.get("client")), given.get("kind", "").strip()[:60]
    page = audit_page(
        client_id=client_id, kind=kind, before=key_of(given.get("before")), after=key_of(given.get("after"))
    )
    chosen = {name: given[name] for name in ("client", "kind") if given.get(name)}
    facts = {"page": page, "client_id": client_id, "kind": kind, "heads": chain_heads(), "chosen": urlencode(chosen)}
    return render(request, "desk/audit.html", facts)


@require_POST
def check(request: PortalRequest) -> HttpResponse:
    """Walk the chains now, 10,000 links at most: the command walks them all."""
    need(request, Power.SEE_MACHINERY)
    result = verify(limit=MOST_LINKS)
    (messages.success if result.ok else messages.error)(request, in_words(result))
    return HttpResponseRedirect(reverse("desk:audit"))


def in_words(result: VerifyResult) -> str:
    """What the walk found, in a sentence or two."""
    if not result.ok:
        return _("The audit trail is broken: %(join)s.") % {
            "join": "; ".join(str(found) for found in result.breaks[:3])
        }
    walked = _("%(links)s links in %(len)s chains hold. %(unsealed)s newer events wait for their seal.") % {
        "links": f"{result.links:,}",
        "len": len(result.heads),
        "unsealed": result.unsealed,
    }
    if result.cut_at is None:
        return walked
    return _("%(walked)s This page walks %(MOST_LINKS)s links at most; “manage.py audit verify” walks them all.") % {
        "walked": walked,
        "MOST_LINKS": f"{MOST_LINKS:,}",
    }
