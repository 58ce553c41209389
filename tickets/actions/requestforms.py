"""The supplier's ready-made forms: made, changed by new versions, put in order, retired and offered again (LIA-3)."""

from datetime import datetime
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal import audit
from portal.actions.permission import staff_work
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.rules.people import Power
from tickets.models import FormVersion, RequestForm
from tickets.queries.requestforms import newest_versions, next_position
from tickets.rules.readyforms import READY, columns_of
from tickets.rules.requestforms import Definition, faults_of

CLAUSE = "LIA-3"


@clause("LIA-3", "ACC-4")
def save_form(form: Definition, *, by: Actor, at: datetime, form_id: int | None = None, seen: int = 0) -> FormVersion:
    """A new form, or the next version of one. What was filled in keeps its own version.

    seen: the number of the version that was changed; Refused when it is no longer the newest, or the form is not in order.
    """
    with staff_work(by, Power.MANAGE_FORMS):
        refuse_faults(form)
        row = _new_form(form, by, at) if form_id is None else RequestForm.objects.select_for_update().get(pk=form_id)
        number = row.versions.count()
        if form_id is not None and number != seen:
            raise Refused(CLAUSE, _("Somebody else changed this form meanwhile. Open it again and repeat your change."))
        version = FormVersion.objects.create(
            form=row, number=number + 1, made_by=by.label, made_at=at, **columns_of(form)
        )
        facts: dict[str, Any] = {"code": row.code, "version": version.number, "name": form.name}
        audit.record("request form saved", by=by, at=at, client_id=None, subject=row, payload=facts)
        return version


def refuse_faults(form: Definition) -> None:
    """Raises Refused with everything that is wrong with a definition."""
    faults = faults_of(form)
    if faults:
        raise Refused(CLAUSE, " ".join(fault.sentence for fault in faults))


def _new_form(form: Definition, by: Actor, at: datetime) -> RequestForm:
    plain = slugify(form.name)[:36].strip("-") or "form"
    taken = set(RequestForm.objects.filter(code__startswith=plain).values_list("code", flat=True))
    numbered = (f"{plain}-{number}" for number in range(2, 1000))
    code = plain if plain not in taken else next(one for one in numbered if one not in taken)
    return RequestForm.objects.create(code=code, position=next_position(), made_by=by.label, made_at=at)


@clause("LIA-3")
def retire_form(form_id: int, *, by: Actor, at: datetime) -> RequestForm:
    """Offer a form no longer; what was filled in with it stays as it is."""
    with staff_work(by, Power.MANAGE_FORMS):
        row = RequestForm.objects.select_for_update().get(pk=form_id)
        if row.retired_at is not None:
            raise Refused(CLAUSE, _("This form is not on offer already."))
        return _offer(row, at, "request form retired", by, at)


@clause("LIA-3")
def offer_form(form_id: int, *, by: Actor, at: datetime) -> RequestForm:
    """Offer a retired form again."""
    with staff_work(by, Power.MANAGE_FORMS):
        row = RequestForm.objects.select_for_update().get(pk=form_id)
        if row.retired_at is None:
            raise Refused(CLAUSE, _("This form is on offer already."))
        return _offer(row, None, "request form offered", by, at)


def _offer(row: RequestForm, retired_at: datetime | None, kind: str, by: Actor, at: datetime) -> RequestForm:
    row.retired_at = retired_at
    row.save(update_fields=["retired_at"])
    audit.record(kind, by=by, at=at, client_id=None, subject=row, payload={"code": row.code})
    return row


@clause("LIA-3")
def raise_form(form_id: int, *, by: Actor, at: datetime) -> RequestForm:
    """Put a form one place higher in the list. The first stays where it is."""
    with staff_work(by, Power.MANAGE_FORMS):
        rows = list(RequestForm.objects.select_for_update().order_by("position", "id"))
        here = next((place for place, row in enumerate(rows) if row.pk == form_id), None)
        if here is None:
            raise RequestForm.DoesNotExist
        if here:
            rows[here - 1], rows[here] = rows[here], rows[here - 1]
        for place, row in enumerate(rows, 1):
            row.position = 10 * place
        RequestForm.objects.bulk_update(rows, ["position"])
        facts = {"order": [row.code for row in rows]}
        audit.record("request forms put in order", by=by, at=at, client_id=None, payload=facts)
        return next(row for row in rows if row.pk == form_id)


def write_ready_forms(*, by: Actor, at: datetime) -> list[FormVersion]:
    """The forms that the portal comes with, where they are missing: after a demo world was thrown away."""
    there = set(newest_versions().values_list("form__code", flat=True))
    written = []
    for place, one in enumerate(READY, 1):
        if one.code not in there:
            row = RequestForm.objects.create(
                code=one.code, position=10 * place, ready=True, made_by=by.label, made_at=at
            )
            facts = columns_of(one.form)
            written.append(FormVersion.objects.create(form=row, number=1, made_by=by.label, made_at=at, **facts))
    return written
