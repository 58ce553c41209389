"""Drafts, saved answers and saved views: what staff keep for themselves or share at the desk."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from portal import audit
from portal.actors import Actor
from portal.errors import Refused
from portal.models import Client, Staff
from portal.rules.states import Grade
from tickets.actions.base import require_staff
from tickets.models import Draft, SavedAnswer, SavedView, Ticket
from tickets.queries.desk import answers_for, views_for
from tickets.rules.states import MessageKind

CLAUSE = "HLP-9"


@transaction.atomic
def save_draft(ticket: Ticket, body: str, kind: MessageKind, *, by: Actor, at: datetime) -> Draft | None:
    """Keep what a person has typed so far; empty words are no draft. No trace is kept: nothing has been said yet."""
    require_staff(by, CLAUSE, "keep a draft")
    if not body.strip():
        discard_draft(ticket, by=by)
        return None
    draft, _ = Draft.objects.update_or_create(
        client_id=ticket.client_id, ticket_id=ticket.pk, staff_id=by.staff_id or 0,
        defaults={"kind": kind, "body": body, "saved_at": at},
    )  # fmt: skip
    return draft


def discard_draft(ticket: Ticket, *, by: Actor) -> None:
    """Forget a draft: its words were sent or wiped out."""
    Draft.objects.filter(client_id=ticket.client_id, ticket_id=ticket.pk, staff_id=by.staff_id or 0).delete()


@transaction.atomic
def save_answer(
    *, label: str, body: str, shared: bool, by: Actor, at: datetime, answer_id: int | None = None
) -> SavedAnswer:
    """Write a saved answer, or change one of those that the person may use. Raises Refused for a name that is taken."""
    require_staff(by, CLAUSE, "save an answer")
    owner = None if shared else Staff.objects.get(pk=by.staff_id or 0)
    taken = SavedAnswer.objects.filter(owner=owner, label=label, retired_at__isnull=True).exclude(pk=answer_id or 0)
    if taken.exists():
        raise Refused(CLAUSE, gettext("There is an answer called “%(label)s” already.") % {"label": label})
    if answer_id is None:
        answer = SavedAnswer.objects.create(label=label, body=body, owner=owner, made_by=by.label, changed_at=at)
    else:
        answer = _own_answer(answer_id, by)
        answer.label, answer.body, answer.owner, answer.changed_at = label, body, owner, at
        answer.save(update_fields=["label", "body", "owner", "changed_at"])
    audit.record("answer saved", by=by, at=at, client_id=None, subject=answer, payload={"label": label, "body": body})
    return answer


@transaction.atomic
def retire_answer(answer_id: int, *, by: Actor, at: datetime) -> SavedAnswer:
    """Take a saved answer out of use; what was sent with it stays."""
    require_staff(by, CLAUSE, "retire an answer")
    answer = _own_answer(answer_id, by)
    answer.retired_at = at
    answer.save(update_fields=["retired_at"])
    audit.record("answer retired", by=by, at=at, client_id=None, subject=answer, payload={"label": answer.label})
    return answer


def _own_answer(answer_id: int, by: Actor) -> SavedAnswer:
    """One that the person may use, locked. Raises SavedAnswer.DoesNotExist for anybody else's."""
    return answers_for(by).select_for_update(of=("self",)).get(pk=answer_id)


@transaction.atomic
def save_view(
    *, label: str, name: str, client: Client | None, tag: str, shared: bool, by: Actor, at: datetime
) -> SavedView:
    """Keep filters of the queue under a name. Raises Refused for a name that is taken."""
    require_staff(by, CLAUSE, "save a view")
    owner = None if shared else Staff.objects.get(pk=by.staff_id or 0)
    if SavedView.objects.filter(owner=owner, label=label).exists():
        raise Refused(CLAUSE, gettext("There is a view called “%(label)s” already.") % {"label": label})
    slug = client.slug if client else ""
    view = SavedView.objects.create(
        label=label, name=name, client_slug=slug, tag=tag, owner=owner, made_by=by.label, made_at=at
    )
    audit.record("view saved", by=by, at=at, client_id=None, subject=view, payload={"label": label, "shared": shared})
    return view


@transaction.atomic
def remove_view(view_id: int, *, by: Actor, at: datetime) -> None:
    """Forget a view: the own one, or a shared one that one made or leads over."""
    require_staff(by, CLAUSE, "remove a view")
    view = views_for(by).select_for_update(of=("self",)).get(pk=view_id)
    if view.owner_id is None and view.made_by != by.label and by.role == Grade.AGENT:
        raise Refused(
            CLAUSE, gettext("%(made_by)s shares this view. A lead can remove it.") % {"made_by": view.made_by}
        )
    audit.record("view removed", by=by, at=at, client_id=None, subject=view, payload={"label": view.label})
    view.delete()
