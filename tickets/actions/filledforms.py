"""What clients do with ready-made forms: send one, keep one as a template, forget a template (LIA-3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal import audit
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.files import Taken
from portal.models import Membership
from portal.rules.states import Role
from tickets.actions.base import record
from tickets.actions.dataaccess import Asked, ask_access
from tickets.actions.intake import Request, raise_request
from tickets.models import FilledForm, FormTemplate, FormVersion, Ticket
from tickets.queries.requestforms import offered_forms, templates_of
from tickets.rules.formanswers import as_text, kept_for_template, person_in, subject_of
from tickets.rules.requestforms import Answers, Leads, access_wanted, check_asker, progress
from tickets.rules.states import Channel

CLAUSE = "LIA-3"
NOT_CONFIDENTIAL = gettext_noop(
    "A request that this form raises cannot be confidential: managers see what it leads to."
)


@clause("LIA-3", "ACC-7", "EML-5", "CMP-7")
@transaction.atomic
def raise_with_form(
    version: FormVersion,
    answers: Answers,
    *,
    requester: Membership,
    by: Actor,
    at: datetime,
    files: Sequence[Taken] = (),
    confidential: bool = False,
    channel: Channel = Channel.PORTAL,
) -> Ticket:
    """An ordinary request out of a form: its answers as the first message, kept as they were given, and the checklist.

    Raises Refused for a form that is no longer offered in this version, for somebody who may not send it, for one that
    leads further and is to be confidential, and, where the form asks for access to data, for a purpose that is not specific (ODS-6).
    """
    form = version.definition()
    if not offered_forms().filter(pk=version.pk).exists():
        raise Refused(CLAUSE, _("This form has changed meanwhile. Look through it again before you send it."))
    if confidential and form.leads != Leads.NOTHING:
        raise Refused(CLAUSE, _(NOT_CONFIDENTIAL))
    check_asker(form, is_manager=requester.role == Role.MANAGER)
    who = person_in(answers)
    request = Request(
        subject=subject_of(form.name, form.fields, answers),
        body=as_text(form.fields, answers),
        for_whom="" if who == requester.label else who,
        confidential=confidential,
        files=files,
    )
    ticket = raise_request(request, requester=requester, by=by, at=at, channel=channel)
    left = progress(form.steps, {})
    FilledForm.objects.create(
        client_id=ticket.client_id, ticket=ticket, version=version, answers=dict(answers), filled_by=by.label,
        filled_at=at, open_steps=left.open, open_required=left.required,
    )  # fmt: skip
    facts: dict[str, Any] = {"form": version.form.code, "version": version.number, "name": form.name}
    record(ticket, "form filled in", by=by, at=at, **facts)
    _ask_for_access(ticket, form.leads, answers, requester=requester, by=by, at=at)
    return ticket


def _ask_for_access(
    ticket: Ticket, leads: Leads, answers: Answers, *, requester: Membership, by: Actor, at: datetime
) -> None:
    wanted = access_wanted(leads, answers)
    if wanted is None:
        return
    own = wanted.member == requester.pk
    asked = Asked(wanted.verb, wanted.person, own, wanted.place, wanted.purpose)
    ask_access(ticket.pk, asked, asked_by=requester, by=by, at=at)


@clause("LIA-3", "ACC-4")
@transaction.atomic
def keep_template(
    version: FormVersion, answers: Answers, *, label: str, maker: Membership, by: Actor, at: datetime
) -> FormTemplate:
    """Keep answers under a name for everybody of the client; what is private in the form is left out. Raises Refused."""
    label = " ".join(label.split())
    if not label:
        raise Refused(CLAUSE, _("Give the template a name."))
    _check_free(maker.client_id, label)
    try:
        with transaction.atomic():
            row = FormTemplate.objects.create(
                client_id=maker.client_id, version=version, label=label, maker=maker, maker_label=maker.label,
                made_at=at, answers=kept_for_template(version.definition().fields, answers),
            )  # fmt: skip
    except IntegrityError:
        # Somebody kept one of that name at the same time: now it is seen. Any other fault is raised as it is.
        _check_free(maker.client_id, label)
        raise
    facts = {"label": label, "form": version.form.code}
    audit.record(
        "template kept", by=by, at=at, client_id=row.client_id, subject=row, payload=facts, client_visible=True
    )
    return row


def _check_free(client_id: int, label: str) -> None:
    if templates_named(client_id, label):
        raise Refused(CLAUSE, _("There is a template called “%(label)s” already.") % {"label": label})


def templates_named(client_id: int, label: str) -> bool:
    """Whether the client keeps a template of this name, of whatever form."""
    return FormTemplate.objects.filter(client_id=client_id, label=label, removed_at__isnull=True).exists()


@clause("LIA-3")
@transaction.atomic
def remove_template(template_id: int, *, by: Actor, at: datetime) -> FormTemplate:
    """Offer a template no longer: for its maker and for managers. Raises Refused, FormTemplate.DoesNotExist."""
    row = templates_of(by).select_for_update(of=("self",)).get(pk=template_id)
    if row.maker_id != by.membership_id and by.role != Role.MANAGER:
        raise Refused(
            CLAUSE, _("%(maker)s made this template. They or a manager can remove it.") % {"maker": row.maker_label}
        )
    row.removed_by, row.removed_at = by.label, at
    row.save(update_fields=["removed_by", "removed_at"])
    audit.record(
        "template removed", by=by, at=at, client_id=row.client_id, subject=row, payload={"label": row.label},
        client_visible=True,
    )  # fmt: skip
    return row
