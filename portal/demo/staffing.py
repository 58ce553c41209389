"""Writes the demo's users, the staff and their non-disclosure agreements."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from portal.actors import SYSTEM
from portal.demo.facts import Fact
from portal.demo.ground import Ground, actor_of
from portal.demo.people import STAFF, STAFF_DOMAIN, StaffSpec, email_of
from portal.models import Address, Nda, Staff, User


@dataclass(frozen=True, slots=True)
class Wanted:
    """A person who is to have an account."""

    name: str
    verified: bool = True
    active: bool = True


def write_people(wanted: dict[str, Wanted], began: datetime) -> dict[str, Address]:
    """Users with their addresses, by address. Nobody has a password: the doors of the demo are the only way in."""
    users = User.objects.bulk_create(
        User(
            email=email,
            name=one.name,
            is_active=one.active,
            is_demo=True,
            created_at=began,
            password=f"{UNUSABLE_PASSWORD_PREFIX}{secrets.token_urlsafe(30)}",
        )
        for email, one in wanted.items()
    )
    addresses = Address.objects.bulk_create(
        Address(
            user=user,
            email=user.email,
            registered_by="Priya Raman",
            registered_at=began,
            verified_at=began if wanted[user.email].verified else None,
        )
        for user in users
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=wanted[user.email].verified, primary=True) for user in users
    )
    return {address.email: address for address in addresses}


def write_staff(ground: Ground) -> None:
    wanted = {email_of(one.name, STAFF_DOMAIN): Wanted(one.name, active=one.left is None) for one in STAFF}
    addresses = write_people(wanted, ground.began)
    rows = [staff_row(ground, spec, addresses[email_of(spec.name, STAFF_DOMAIN)]) for spec in STAFF]
    Staff.objects.bulk_create(rows)
    ground.staff = {spec.key: row for spec, row in zip(STAFF, rows, strict=True)}
    for spec in STAFF:
        ground.ndas[spec.key] = [nda_row(ground, spec, *span) for span in spec.ndas]
        if spec.stand_in:
            row = ground.staff[spec.key]
            row.stand_in = ground.staff[spec.stand_in]
            row.save(update_fields=["stand_in"])
    Nda.objects.bulk_create(nda for ndas in ground.ndas.values() for nda in ndas)
    for spec in STAFF:
        tell_of_staff(ground, spec)


def staff_row(ground: Ground, spec: StaffSpec, address: Address) -> Staff:
    away = spec.absent
    return Staff(
        user_id=address.user_id,
        address=address,
        label=spec.name,
        email=address.email,
        grade=spec.grade,
        valid_from=ground.day(spec.joined),
        valid_to=None if spec.left is None else ground.day(spec.left),
        absent_from=ground.day(away[0]) if away else None,
        absent_to=ground.day(away[1]) if away else None,
    )


def nda_row(ground: Ground, spec: StaffSpec, signed: int, ends: int | None) -> Nda:
    return Nda(
        staff=ground.staff[spec.key],
        valid_from=ground.day(signed),
        valid_to=None if ends is None else ground.day(ends),
        template_version="2020-04",
        witness="M. Lindqvist",
        storage_reference=f"Safe, folder NDA, {spec.name}",
        recorded_by="Priya Raman",
        recorded_at=ground.moment(signed),
    )


def tell_of_staff(ground: Ground, spec: StaffSpec) -> None:
    row, admin = ground.staff[spec.key], ground.actor("priya")
    facts = ground.facts
    facts.append(
        Fact(ground.moment(spec.joined), "staff added", admin, None, row, {"name": row.label, "grade": row.grade})
    )
    for nda in ground.ndas[spec.key]:
        payload = {
            "staff": row,
            "signed_on": nda.valid_from,
            "expires_on": nda.valid_to,
            "version": nda.template_version,
        }
        facts.append(Fact(nda.recorded_at, "NDA recorded", admin, None, nda, payload))
    if spec.left is not None:
        facts.append(
            Fact(
                ground.moment(spec.left + 30),
                "staff leaving",
                admin,
                None,
                row,
                {"name": row.label, "day": row.valid_to},
            )
        )
        facts.append(Fact(ground.moment(spec.left, 0, 0), "staff left", SYSTEM, None, row, {"name": row.label}))
    if spec.absent:
        payload = {"name": row.label, "first_day": row.absent_from, "last_day": row.absent_to, "stand_in": row.stand_in}
        facts.append(Fact(ground.moment(spec.absent[0] + 9), "staff absence noted", actor_of(row), None, row, payload))
