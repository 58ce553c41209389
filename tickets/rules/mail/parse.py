"""A raw mail to a ParsedMail. `parse` never raises, whatever the bytes; run it in the guarded child (`tickets.mail`)."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from gettext import gettext as _

from tickets.rules.mail import pages, quoting
from tickets.rules.mail.addresses import mailboxes, sound
from tickets.rules.mail.authentication import authentication
from tickets.rules.mail.automatic import automatic, complaint_report, delivery_report, message_ids
from tickets.rules.mail.bodies import Body
from tickets.rules.mail.headers import Headers, plain, split, text_of
from tickets.rules.mail.limits import (
    CLAIM_CHARS,
    CLAIMS,
    MAILBOXES,
    RAW_BYTES,
    REFERENCES,
    REPORT_RECIPIENTS,
    SUBJECT_CHARS,
)
from tickets.rules.mail.mime import Reader
from tickets.rules.mail.notes import Notes
from tickets.rules.mail.plain import readable
from tickets.rules.mail.shape import (
    Authentication,
    AuthVerdict,
    AutoKind,
    Automatic,
    Mailbox,
    ParsedMail,
    Report,
    Span,
    SpanKind,
    Undelivered,
)  # fmt: skip
from tickets.rules.mail.words import hides, one_line

ZONE_LIMIT_SECONDS = 24 * 3600
RETURNED_ID = re.compile(r"^message-id:\s{0,5}(<[^<>\s]{1,188}>)", re.IGNORECASE | re.MULTILINE)
DELIVERED_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")


def parse(raw: bytes, *, trusted_host: str = "") -> ParsedMail:
    """Everything of the mail that may be stored and shown. `trusted_host` is whose Authentication-Results are believed."""
    try:
        return _parse(raw, trusted_host)
    except (
        Exception
    ) as error:  # a mail that trips our own reading must not stop the mailbox: it goes to quarantine (TRUST 2.4)
        return unreadable(raw, _("Reading failed (%(kind)s).") % {"kind": type(error).__name__})


def unreadable(raw: bytes, why: str) -> ParsedMail:
    """Only the headers, for quarantine: a mail whose reading was stopped. Linear, over the headers' first 64 KB."""
    notes = Notes()
    headers, _after = split(raw, 0, min(len(raw), 65_536), notes)
    found = _from_headers(headers, notes)
    sentence = _("This mail could not be read: %(why)s") % {"why": why}
    return replace(
        found, text=sentence, spans=quoting.spans(sentence), problems=(sentence, *notes.problems), unreadable=why
    )


def _parse(raw: bytes, trusted_host: str) -> ParsedMail:
    notes = Notes()
    if len(raw) > RAW_BYTES:
        notes.limit(_("The mail is larger than is read; its end stays in the stored mail."))
        raw = raw[:RAW_BYTES]
    raw = _with_line_ends(raw, notes)
    reader = Reader(notes)
    whole = reader.read(raw, _first_line(raw), len(raw))
    mail = _from_headers(whole.headers, notes)
    body = Body(notes, reader)
    piece = body.piece(whole)
    mail = _with_words(mail, body, piece.plain, piece.page)
    report = _report(body, whole.headers, mail.text)
    verdict = automatic(whole.headers, report, mail.from_.address, mail.subject, notes)
    if body.receipt:
        verdict = Automatic(AutoKind.GENERATED, _("the mail is a read receipt"))
    judged = _judged(whole.headers, mail, trusted_host, notes)
    return replace(
        mail, report=report, automatic=verdict, authentication=judged, problems=tuple(notes.problems), limits_hit=tuple(notes.limits)
    )  # fmt: skip


def _with_line_ends(raw: bytes, notes: Notes) -> bytes:
    if b"\n" in raw[:65_536] or b"\r" not in raw[:65_536]:
        return raw
    notes.odd(_("The lines of the mail end in a way that mail does not use; it was read all the same."))
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _first_line(raw: bytes) -> int:
    """Past empty lines and a byte order mark before the headers."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while start < len(raw) and raw[start : start + 1] in (b"\r", b"\n"):
        start += 1
    return start


def _from_headers(headers: Headers, notes: Notes) -> ParsedMail:
    spoken = text_of(headers.first("subject"), notes)
    if hides(spoken.replace("\r", "").replace("\n", "")):
        notes.odd(_("Hidden characters were taken out of the subject."))
    ids = message_ids(headers.first("message-id"))
    senders = mailboxes(headers.first("sender"), notes)
    return ParsedMail(
        message_id=ids[0] if ids else None,
        in_reply_to=tuple(message_ids(headers.first("in-reply-to"))[:REFERENCES]),
        references=_references(headers, notes),
        from_=_from(headers, notes),
        sender=senders[0] if senders else None,
        reply_to=_people(headers, "reply-to", notes),
        to=_people(headers, "to", notes),
        cc=_people(headers, "cc", notes),
        delivered_to=_delivered(headers, notes),
        return_path=_return_path(headers, notes),
        subject=one_line(spoken, SUBJECT_CHARS),
        date=_date(headers, notes),
        claims=_claims(headers),
    )


def _from(headers: Headers, notes: Notes) -> Mailbox:
    given = headers.all("from")
    if len(given) > 1:
        notes.odd(_("The mail has more than one From header; the first was taken, and nothing proves who sent it."))
    people = mailboxes(given[0], notes) if given else ()
    if len(people) > 1:
        notes.odd(_("The mail names several senders; the first was taken, and nothing proves who sent it."))
    if not people or people[0].address is None:
        notes.odd(_("The mail names no sender who could be answered."))
    return people[0] if people else Mailbox("", None)


def _judged(headers: Headers, mail: ParsedMail, trusted_host: str, notes: Notes) -> Authentication:
    """Who is vouched for must be who is shown: with two From headers or two senders that cannot be said."""
    judged = authentication(headers, mail.from_.address, trusted_host, notes)
    several = len(headers.all("from")) > 1 or len(mailboxes(headers.first("from"), Notes())) > 1
    return Authentication(AuthVerdict.FAIL, "more than one sender") if several else judged


def _references(headers: Headers, notes: Notes) -> tuple[str, ...]:
    """The first, which began the conversation, and the newest."""
    found = message_ids(b" ".join(headers.all("references")[:5]))
    if len(found) > REFERENCES:
        notes.limit(_("The mail refers to very many others; the first and the newest were kept."))
        found = [found[0], *found[-(REFERENCES - 1) :]]
    return tuple(found)


def _people(headers: Headers, name: str, notes: Notes) -> tuple[Mailbox, ...]:
    found = [person for value in headers.all(name)[:20] for person in mailboxes(value, notes)]
    return tuple(dict.fromkeys(found))[:MAILBOXES]


def _delivered(headers: Headers, notes: Notes) -> tuple[str, ...]:
    values = [value for name in DELIVERED_HEADERS for value in headers.all(name)[:20]]
    found = (sound(plain(value, notes).strip("<> ")) for value in values)
    return tuple(dict.fromkeys(address for address in found if address))


def _return_path(headers: Headers, notes: Notes) -> str | None:
    """Empty for "<>", which no answer may be sent to; None when the header is missing."""
    if not headers.has("return-path"):
        return None
    return sound(plain(headers.first("return-path"), notes).strip("<> ")) or ""


def _claims(headers: Headers) -> tuple[str, ...]:
    found = headers.all("authentication-results")[:CLAIMS]
    return tuple(one_line(plain(value, Notes()), CLAIM_CHARS) for value in found)


def _date(headers: Headers, notes: Notes) -> datetime | None:
    text = one_line(plain(headers.first("date"), notes), 100)
    try:
        parts = parsedate_tz(text) if text else None
        if parts is None:
            return None
        offset = max(-ZONE_LIMIT_SECONDS + 1, min(parts[9] or 0, ZONE_LIMIT_SECONDS - 1))
        return datetime(*parts[:6], tzinfo=timezone(timedelta(seconds=offset))).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        notes.odd(_("The date of the mail makes no sense and was left out."))
        return None


def _with_words(mail: ParsedMail, body: Body, words: str, page: str) -> ParsedMail:
    """Text, its stretches, the safe page, and the files, those that the page shows marked inline."""
    forwarded = quoting.is_forward(mail.subject)
    said, before = pages.safe(page, body.pictures(), body.notes, fold=not forwarded) if page.strip() else ("", "")
    text = readable(words, body.notes)
    if text.strip():
        spans = quoting.spans(text, forwarded=forwarded)
    else:
        text, spans = _text_of_page(said, before, body, forwarded=forwarded)
    text, spans = _with_invitations(text, spans, body)
    if not text.strip():
        text = _nothing_readable(body)
        spans = quoting.spans(text)
    used = {int(index) for index in re.findall(r'src="cid:(\d{1,5})"', said + before)}
    files = tuple(replace(file, inline=index in used) for index, file in enumerate(body.files))
    return replace(mail, text=text, spans=spans, html_safe=said, html_history=before, files=files)


def _text_of_page(said: str, before: str, body: Body, *, forwarded: bool) -> tuple[str, tuple[Span, ...]]:
    top, rest = readable(pages.as_text(said), body.notes), readable(pages.as_text(before), body.notes)
    if not top.strip() or not rest.strip():
        text = top if top.strip() else rest
        return text, quoting.spans(text, forwarded=forwarded)
    text = f"{top}\n\n{rest}"
    stretches = quoting.spans(top, forwarded=forwarded)
    last = stretches[-1]
    gap = Span(last.kind, last.start, len(top) + 2)
    return text, (*stretches[:-1], gap, Span(SpanKind.HISTORY, gap.end, len(text)))


def _with_invitations(text: str, spans: tuple[Span, ...], body: Body) -> tuple[str, tuple[Span, ...]]:
    """Appointments in words, after what the mail says itself."""
    spoken = readable("\n\n".join(one for one in body.invitations if one), body.notes)
    if not spoken:
        return text, spans
    if not text.strip():
        return spoken, quoting.spans(spoken)
    whole = f"{text}\n\n{spoken}"
    return whole, (*spans, Span(SpanKind.VISIBLE, len(text), len(whole)))


def _nothing_readable(body: Body) -> str:
    count = len(body.files)
    files = _("1 attachment") if count == 1 else _("%(count)d attachments") % {"count": count}
    return _("(no readable text; %(files)s)") % {"files": files}


def _report(body: Body, headers: Headers, text: str) -> Report | None:
    """What a report says: in its own parts, or in the way of older mail servers."""
    if body.feedback is not None:
        return complaint_report(body.feedback, body.original, body.notes)
    if body.status is not None:
        return delivery_report(body.status, body.original, body.notes)
    if not headers.has("x-failed-recipients"):
        return None
    people = _people(headers, "x-failed-recipients", body.notes)[:REPORT_RECIPIENTS]
    returned = RETURNED_ID.search(text)
    return Report(
        AutoKind.BOUNCE,
        tuple(Undelivered(person.address, "failed", "", "") for person in people),
        returned.group(1) if returned else None,
    )
