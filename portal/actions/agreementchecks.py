"""Once a month a person looks whether Microsoft has a new version of its customer agreement (DOC-2).

The portal fetches nothing from elsewhere: Microsoft's links expire, and only a person can tell a new version from a new link.
"""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from portal import audit
from portal.actions.alarms import clear_alarm, raise_alarm
from portal.actions.permission import staff_work
from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.jobs import sweep
from portal.models import AgreementCheck, AgreementDocument, Supplier
from portal.queries.agreements import checks_due, last_kept
from portal.queries.people import contract_day
from portal.rules.agreements import CHECKED, KIND_NAMES, AgreementKind, CheckResult, next_check
from portal.rules.people import Power

ALARM = "agreement check due"


def waiting(at: datetime) -> int:
    """How many checks are due and not yet told."""
    return checks_due(contract_day(at)).count()


@sweep("agreement checks", every_seconds=600, clause="DOC-2", backlog=waiting)
@clause("DOC-2")
def ask_for_checks(at: datetime) -> int:
    """Open the checks that are missing, and raise an alarm for each that is due. Late, it is due since its own day."""
    if not Supplier.objects.exists():
        return 0
    done = sum(open_check(kind, at=at) for kind in CHECKED)
    for row in checks_due(contract_day(at)).select_for_update(skip_locked=True):
        row.told_at = at
        row.save(update_fields=["told_at"])
        name = KIND_NAMES[AgreementKind(row.kind)]
        raise_alarm(
            kind=ALARM, subject=row, clause="DOC-2", at=at, url=reverse("desk:agreement-check"),
            sentence=_("The monthly check of the %(name)s has been due since %(day)s.")
            % {"name": name, "day": row.due_on.isoformat()},
            cure=_("Look in Partner Center whether there is a new version; then say that it is the same, or add it."),
        )  # fmt: skip
        done += 1
    return done


def open_check(kind: str, *, at: datetime) -> int:
    """Make the next check of a kind, unless one is open: a month after the last look, or at once when there is no copy at all.

    Returns how many it made.
    """
    if AgreementCheck.objects.filter(kind=kind, done_at__isnull=True).exists():
        return 0
    done = AgreementCheck.objects.filter(kind=kind, done_at__isnull=False).order_by("-done_at").first()
    kept = last_kept(kind)
    known = [one for one in (done.done_at if done else None, kept.added_at if kept else None) if one]
    due = next_check(contract_day(max(known))) if known else contract_day(at)
    AgreementCheck.objects.bulk_create([AgreementCheck(kind=kind, due_on=due)], ignore_conflicts=True)
    return 1


@clause("DOC-2")
def found_the_same(kind: str, *, source: str, by: Actor, at: datetime) -> AgreementCheck:
    """A person looked, and our copy is still the newest. `source`: where they looked. Raises Refused."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        if last_kept(kind) is None:
            raise Refused("DOC-2", _("We have no copy to compare with. Add the version that holds now."))
        row = AgreementCheck.objects.select_for_update().filter(kind=kind, done_at__isnull=True).first()
        if row is None:
            raise Refused("DOC-2", _("No check is open: somebody has just done it."))
        return _done(row, CheckResult.SAME, source=source, document=None, by=by, at=at)


def found_new(document: AgreementDocument, *, by: Actor, at: datetime) -> None:
    """A new version was added, which answers the open check. In the caller's transaction."""
    row = AgreementCheck.objects.select_for_update().filter(kind=document.kind, done_at__isnull=True).first()
    if row is not None:
        _done(row, CheckResult.NEW, source=document.source, document=document, by=by, at=at)


def _done(
    row: AgreementCheck,
    result: CheckResult,
    *,
    source: str,
    document: AgreementDocument | None,
    by: Actor,
    at: datetime,
) -> AgreementCheck:
    row.done_at, row.done_by, row.result, row.source, row.document = at, by.label, result, source, document
    row.save()
    clear_alarm(kind=ALARM, subject=row, by=by, at=at)
    facts = {"kind": row.kind, "due_on": row.due_on, "result": result, "source": source}
    facts["sha256"] = document.sha256 if document else ""
    audit.record("agreement checked", by=by, at=at, client_id=None, subject=row, payload=facts)
    open_check(row.kind, at=at)
    return row
