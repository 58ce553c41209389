"""How the portal shows its supplier: colour, logo, sender and signature. Each change is kept, so that one can go back."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal import audit, outbox
from portal.actions.permission import staff_work
from portal.actors import Actor
from portal.errors import Refused
from portal.files.logos import Drawn
from portal.models import Logo, Look, Outbox, Staff, Supplier
from portal.rules.colours import is_colour, refusal
from portal.rules.mail import sender_refusal, signature_refusal
from portal.rules.people import Power

KEPT = ("accent", "logo", "sender_name", "sender_email", "signature")


def change_accent(accent: str, *, by: Actor, at: datetime) -> Supplier:
    """Another colour for buttons, links and documents. Raises Refused for one that cannot be read, with the nearest that can."""
    if not is_colour(accent):
        raise Refused("", _("Write the colour as # and six hexadecimal digits, such as #0b6166."))
    if problem := refusal(accent):
        raise Refused("", problem)
    return _change({"accent": accent}, by=by, at=at)


def change_logo(logo: Drawn | None, *, by: Actor, at: datetime) -> Supplier:
    """Another logo; None takes it away. Raises Refused without the power."""
    if logo is None:
        return _change({"logo": "", "logo_width": 0, "logo_height": 0}, by=by, at=at)
    with staff_work(by, Power.MANAGE_SUPPLIER):
        facts = {"data": logo.data, "icon": logo.icon, "width": logo.width, "height": logo.height}
        Logo.objects.get_or_create(sha256=logo.sha256, defaults=facts | {"added_by": by.label, "added_at": at})
        values = {"logo": logo.sha256, "logo_width": logo.width, "logo_height": logo.height}
        return _change(values, by=by, at=at)


def change_sender(*, name: str, email: str, signature: str, by: Actor, at: datetime) -> Supplier:
    """What mails come from and end with; mails that wait leave with it too. Raises Refused for what no mail may carry."""
    signature = "\n".join(line.rstrip() for line in signature.strip().splitlines())
    if problem := sender_refusal(name, email) or signature_refusal(signature):
        raise Refused("HLP-5", problem)
    return _change({"sender_name": name, "sender_email": email, "signature": signature}, by=by, at=at)


def restore_look(look_id: int, *, by: Actor, at: datetime) -> Supplier:
    """Go back to an earlier look, whole. Raises Refused for one that there never was, or that can no longer be read."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        look = Look.objects.filter(pk=look_id).first()
        if look is None:
            raise Refused("", _("There is no such earlier look."))
        if problem := refusal(look.accent):
            raise Refused("", problem)
        logo = Logo.objects.filter(sha256=look.logo).only("width", "height").first() if look.logo else None
        sizes = {"logo_width": logo.width, "logo_height": logo.height} if logo else {"logo_width": 0, "logo_height": 0}
        return _change({name: getattr(look, name) for name in KEPT} | sizes, by=by, at=at)


def send_test_mail(*, by: Actor, at: datetime) -> Outbox:
    """A mail to the person's own address, as clients would get it. Raises Refused without the power."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        person = Staff.objects.get(pk=by.staff_id or 0)
        subject, text, html = outbox.compose("test_mail", {"name": person.label, "at": at})
        facts = {"to": person.email}
        row = outbox.queue(
            to=person, kind="test mail", subject=subject, text=text, html=html, client_id=None, at=at, by=by
        )
        audit.record("test mail asked", by=by, at=at, client_id=None, subject=person, payload=facts)
        return row


def _change(values: dict[str, Any], *, by: Actor, at: datetime) -> Supplier:
    """Write what differs, a look of it and the event; nothing when nothing differs."""
    with staff_work(by, Power.MANAGE_SUPPLIER):
        row = Supplier.objects.select_for_update().get(pk=1)
        changed = {name: value for name, value in values.items() if value != getattr(row, name)}
        if not changed:
            return row
        if not Look.objects.exists():
            _keep(row, by="", at=row.created_at)
        before = {name: getattr(row, name) for name in changed}
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        _keep(row, by=by.label, at=at)
        facts = {"from": before, "to": changed}
        audit.record("supplier look changed", by=by, at=at, client_id=None, subject=row, payload=facts)
        return row


def _keep(row: Supplier, *, by: str, at: datetime) -> None:
    Look.objects.create(**{name: getattr(row, name) for name in KEPT}, made_by=by, made_at=at)
