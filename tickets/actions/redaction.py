"""Part of a picture or of a text is made unreadable for good; what was there is purged, and a row says so (ACC-2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.clauses import clause
from portal.errors import Refused
from portal.files import Area, BadFile, discard, discarded_on_failure, redacted
from portal.models import Outbox
from portal.tenancy import act_as_retention
from tickets.actions.base import lock, record, require_staff
from tickets.actions.mailkeeping import blank
from tickets.models import Attachment, FilledForm, Message, RawMail, Redaction, SpamReport, Ticket
from tickets.queries.requestforms import filled_form_of
from tickets.queries.spam import report_begun_by, report_of
from tickets.rules.redaction import BLACK, answers_without, report_without, without

# What a message says in words; a mail also has a signature and what it quotes.
SAID = ("body", "signature", "history")
# What a reported mail says of itself, and what was said of it.
REPORTED = (
    "recipient", "sender_name", "sender", "sender_domain", "reply_to", "return_path", "subject", "claims", "links", "words",
    "files", "unreadable", "left_out", "verdict_words",
)  # fmt: skip


@clause("ACC-2")
@transaction.atomic
def redact_text(message_id: int, *, passage: str, reason: str, by: Actor, at: datetime) -> Redaction:
    """Black out words of a message, wherever they stand in it, in the mails that carried it, and in the answers of the form
    or the reported mail that its request came with.

    A mail's own drawing and its raw bytes cannot be blacked out word by word: they go.
    """
    require_staff(by, "ACC-2", _("redact a message"))
    ticket = lock(Message.objects.get(pk=message_id).ticket_id)
    told = Message.objects.get(pk=message_id)
    report = report_begun_by(told)
    beside = {"reported": report.words} if report else {}
    said, places = without({name: getattr(told, name) for name in SAID} | beside, passage)
    mails = Outbox.objects.filter(client_id=ticket.client_id, about_type="message", about_id=told.pk)
    texts = {mail.pk: mail.text.replace(passage.strip(), BLACK) for mail in mails}
    # The raw mail is kept no longer than now.
    RawMail.objects.filter(message_id=told.pk, erased_at__isnull=True).update(keep_until=at)
    with act_as_retention():
        Message.objects.filter(pk=told.pk).update(**{name: said[name] for name in SAID}, html="", html_history="")
        blank(RawMail.objects.filter(message_id=told.pk), at)
        for pk, text in texts.items():
            Outbox.objects.filter(pk=pk).update(text=text, html="")
    more = _redact_answers(ticket, passage) | _redact_report(ticket, passage)
    return _note(ticket, told, None, places, reason, {}, more, by=by, at=at)


def _redact_answers(ticket: Ticket, passage: str) -> dict[str, str]:
    """Black the passage out in what the request was filled in with; the answer says which form, {} where it is not there."""
    filled = filled_form_of(ticket)
    if filled is None:
        return {}
    answers = answers_without(filled.version.definition().fields, filled.answers, passage)
    if answers == filled.answers:
        return {}
    with act_as_retention():
        FilledForm.objects.filter(pk=filled.pk).update(answers=answers)
    return {"answers_of": filled.version.form.code}


def _redact_report(ticket: Ticket, passage: str) -> dict[str, str]:
    """Black the passage out in the reported mail; the answer says which report, {} where it is not there."""
    report = report_of(ticket)
    changed = report_without({name: getattr(report, name) for name in REPORTED}, passage) if report else {}
    if report is None or not changed:
        return {}
    with act_as_retention():
        SpamReport.objects.filter(pk=report.pk).update(**{name: _fitting(name, one) for name, one in changed.items()})
    return {"report": str(report.pk)}


def _fitting(name: str, value: Any) -> Any:
    """Black may be longer than what it covers, and a column has its end."""
    field = SpamReport._meta.get_field(name)
    if isinstance(value, list):
        most = getattr(getattr(field, "base_field", None), "max_length", None)
        return [one[:most] if isinstance(one, str) else one for one in value]
    return value[: getattr(field, "max_length", None)]


@clause("ACC-2")
def redact_picture(attachment_id: int, *, areas: list[Area], reason: str, by: Actor, at: datetime) -> Redaction:
    """Black out areas of a picture: it is drawn anew, takes the old one's place, and the old bytes are removed."""
    require_staff(by, "ACC-2", _("redact a picture"))
    seen = Attachment.objects.get(pk=attachment_id)
    try:
        taken = redacted(seen.storage_name, seen.name, seen.content_type, areas)
    except BadFile as bad:
        raise Refused("ACC-2", bad.sentence) from bad
    with discarded_on_failure([taken]), transaction.atomic():
        ticket = lock(seen.ticket_id)
        file = Attachment.objects.select_related("message").get(pk=seen.pk)
        if file.sha256 != seen.sha256:
            raise Refused("ACC-2", _("Somebody redacted this picture a moment ago. Look at it again."))
        hashes = {"old_sha256": file.sha256, "new_sha256": taken.sha256}
        with act_as_retention():
            Attachment.objects.filter(pk=file.pk).update(
                sha256=taken.sha256, size=taken.size, storage_name=taken.storage_name, content_type=taken.content_type
            )
        row = _note(ticket, file.message, file, len(areas), reason, hashes, {}, by=by, at=at)
        transaction.on_commit(lambda: discard(seen.storage_name))
    return row


def _note(
    ticket: Ticket, message: Message, file: Attachment | None, places: int, reason: str,
    hashes: Mapping[str, str], more: Mapping[str, str], *, by: Actor, at: datetime,
) -> Redaction:  # fmt: skip
    if not reason.strip():
        raise Refused("ACC-2", _("Say why it is redacted."))
    row = Redaction.objects.create(
        client_id=ticket.client_id, ticket=ticket, message=message, attachment=file, places=places, reason=reason.strip(),
        staff_id=by.staff_id or 0, staff_label=by.label, at=at, **hashes,
    )  # fmt: skip
    shown = message.client_visible
    facts = {"redaction": row.pk, "message": message.pk, "reason": row.reason, **hashes, **more}
    record(ticket, "content redacted", by=by, at=at, client_visible=shown, **facts)
    return row
