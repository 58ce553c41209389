"""Words kept for replies, on a ticket: which saved answer or article is asked for, and what stands in the composer."""

from django.conf import settings
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.queries.paging import key_of
from portal.tenancy.middleware import PortalRequest
from tickets.models import Ticket
from tickets.queries.articles import seen_by_client
from tickets.queries.desk import answers_for, values_of
from tickets.rules.answers import filled
from tickets.rules.articles import excerpt
from tickets.rules.articlewords import as_plain


def chosen_answer(request: PortalRequest, ticket: Ticket) -> str:
    """The saved answer that the address asks for (?answer=3), filled in for the ticket, or the article (?article=3); "" without."""
    if request.GET.get("article"):
        return chosen_article(request, ticket)
    wanted = request.GET.get("answer", "")
    answer = answers_for(request.actor).filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < 19 else None
    return filled(answer.body, values_of(ticket, request.actor.label)) if answer else ""


def chosen_article(request: PortalRequest, ticket: Ticket) -> str:
    """The beginning of an article and its address at the ticket's client. One that the client may not read is refused, and said so."""
    article = seen_by_client(ticket.client_id).filter(pk=key_of(request.GET.get("article")) or 0).first()
    if article is None:
        messages.error(request, _("This client may not read that article, so nothing of it was put into the reply."))
        return ""
    address = settings.PORTAL_URL + reverse("client:help-article", args=[ticket.client.slug, article.pk])
    return f"{article.title}\n{excerpt(as_plain(article.body))}\n{address}"
