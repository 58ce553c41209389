"""The supplier: the first start for real use, and later changes of its details."""

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext

from portal import audit
from portal.actions.invitations import new_link
from portal.actions.people import person
from portal.actions.permission import staff_work
from portal.actions.staff import SignedNda, write_nda
from portal.actors import SYSTEM, Actor
from portal.clauses import CLAUSES
from portal.errors import Refused
from portal.models import ClauseText, Staff, Supplier, Terms, User, WorkingCalendar
from portal.queries.people import contract_day
from portal.rules.people import Power
from portal.rules.states import Grade
from portal.tenancy import act_as_staff
from portal.terms import TermsParameters


@dataclass(frozen=True, kw_only=True)
class LegalDetails:
    """Who runs this portal; an empty VAT number means not registered."""

    name: str
    company_number: str
    vat_number: str
    address: str


@dataclass(frozen=True, kw_only=True)
class SupplierDetails(LegalDetails):
    """With what mails come from, for the first start; later that is part of the look (portal.actions.brand)."""

    sender_name: str
    sender_email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAdmin:
    """The first person of the staff, with the agreement they signed."""

    name: str
    email: str
    nda: SignedNda


def begin(*, details: SupplierDetails, admin: FirstAdmin, terms: TermsParameters, at: datetime) -> str:
    """Set up the portal for real use, once: supplier, first administrator, calendar and terms version 1.

    Returns the administrator's one-time link. Raises Refused when it was done before. Runs at the door.
    """
    with act_as_staff(SYSTEM):
        if Supplier.objects.exists():
            raise Refused("LOG-1", gettext("This portal is set up already."))
        supplier = Supplier.objects.create(pk=1, created_at=at, **asdict(details))
        publish_first_terms(terms, by=SYSTEM, at=at)
        row = first_admin(admin, at=at)
        facts = {"name": supplier.name, "first_admin": row.label}
        audit.record("portal set up", by=SYSTEM, at=at, client_id=None, subject=supplier, payload=facts)
        return new_link(user=row.user, by=SYSTEM, at=at)


def first_admin(admin: FirstAdmin, *, at: datetime) -> Staff:
    """The administrator, who may have been put on the staff by command before."""
    user, address = person(email=admin.email, name=admin.name, by=SYSTEM, at=at)
    signed = min(admin.nda.signed_on, contract_day(at))
    row, _ = Staff.objects.update_or_create(
        user=user,
        defaults={"grade": Grade.ADMIN, "valid_to": None, "label": admin.name},
        create_defaults={
            "address": address,
            "label": admin.name,
            "email": address.email,
            "grade": Grade.ADMIN,
            "valid_from": contract_day(at),
        },
    )
    if admin.nda.signed_on > signed:
        raise Refused("CMP-6", gettext("The agreement must be signed already: its day lies in the future."))
    write_nda(row, admin.nda, by=SYSTEM, at=at)
    return row


def publish_first_terms(terms: TermsParameters, *, by: Actor, at: datetime) -> Terms:
    """Version 1 of the terms with every clause's text and hash, and of the working calendar that they describe."""
    calendar = terms.calendar()
    WorkingCalendar.objects.create(
        version=1,
        tz=calendar.tz,
        country=calendar.country,
        subdivision=calendar.subdivision,
        hours=[span.split("-") for span in terms.hours.replace(" ", "").split(",")],
        days=sorted(calendar.days),
        effective_at=at,
        made_by=by.label,
    )
    version = Terms.objects.create(
        version=1, published_at=at, summary=gettext("First version."), parameters=terms.as_json(), published_by=by.label
    )
    ClauseText.objects.bulk_create(
        ClauseText(terms=version, clause=one.id, text=one.line, sha256=sha256(one.line.encode()).hexdigest())
        for one in CLAUSES.values()
    )
    audit.record("terms published", by=by, at=at, client_id=None, subject=version, payload={"version": 1})
    return version


def change_details(*, details: LegalDetails, by: Actor, at: datetime) -> Supplier:
    """Change the supplier's details; documents that were issued keep theirs. Raises Refused."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        row = Supplier.objects.select_for_update().get(pk=1)
        before = {name: getattr(row, name) for name in asdict(details)}
        changed = {name: value for name, value in asdict(details).items() if value != before[name]}
        for name, value in changed.items():
            setattr(row, name, value)
        if changed:
            row.save(update_fields=list(changed))
            facts = {"from": {name: before[name] for name in changed}, "to": changed}
            audit.record("supplier details changed", by=by, at=at, client_id=None, subject=row, payload=facts)
        return row


def add_first_staff(*, email: str, name: str, grade: str, nda: SignedNda | None, at: datetime) -> str:
    """Put a person on the staff from the command line. Returns their one-time link. Raises Refused."""
    with act_as_staff(SYSTEM):
        user, address = person(email=email, name=name, by=SYSTEM, at=at)
        if Staff.objects.filter(user=user).exists():
            raise Refused("CMP-6", gettext("%(name)s is in the staff list already.") % {"name": user.name})
        row = Staff.objects.create(
            user=user, address=address, label=name, email=address.email, grade=grade, valid_from=contract_day(at)
        )
        audit.record(
            "staff added", by=SYSTEM, at=at, client_id=None, subject=row, payload={"name": name, "grade": grade}
        )
        if nda is not None:
            write_nda(row, nda, by=SYSTEM, at=at)
        return new_link(user=user, by=SYSTEM, at=at)


def recovery_link(*, email: str, at: datetime) -> str:
    """A one-time link by which a person of the staff sets a new password and second factor. Raises Refused."""
    with act_as_staff(SYSTEM):
        user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        row = Staff.objects.filter(user=user).exclude(valid_to__lte=contract_day(at)).first() if user else None
        if user is None or row is None:
            raise Refused("CMP-6", gettext("Nobody on the staff has the address %(email)s.") % {"email": email})
        audit.record("recovery link made", by=SYSTEM, at=at, client_id=None, subject=row, payload={"name": row.label})
        return new_link(user=user, by=SYSTEM, at=at, purpose="recovery")
