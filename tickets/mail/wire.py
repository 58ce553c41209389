"""A ParsedMail as a frame and back: JSON for its words, the files' bytes one after another. Nothing of it is ever executed."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from portal.guarded.frames import Frame
from tickets.rules.mail.shape import (
    Authentication,
    AuthVerdict,
    AutoKind,
    Automatic,
    Mailbox,
    MailFile,
    ParsedMail,
    Report,
    Span,
    SpanKind,
    Undelivered,
)  # fmt: skip

LISTS = ("in_reply_to", "references", "delivered_to", "claims", "problems", "limits_hit")
PEOPLE = ("reply_to", "to", "cc")


def to_frame(mail: ParsedMail) -> Frame:
    """The child's answer. The bytes of the files stand in the body, by their lengths in the header."""
    files = [replace(file, data=b"") for file in mail.files]
    told = asdict(replace(mail, files=()))
    told["date"] = mail.date.isoformat() if mail.date else None
    told["files"] = [{**asdict(file), "data": len(whole.data)} for file, whole in zip(files, mail.files, strict=True)]
    return Frame({"mail": told}, b"".join(file.data for file in mail.files))


def from_frame(frame: Frame) -> ParsedMail:
    """What the child said, as values of our own types. Raises KeyError, TypeError or ValueError when it is not a mail."""
    told: dict[str, Any] = dict(frame.header["mail"])
    told |= {name: tuple(told[name]) for name in LISTS}
    told |= {name: tuple(Mailbox(**person) for person in told[name]) for name in PEOPLE}
    told["from_"] = Mailbox(**told["from_"])
    told["sender"] = Mailbox(**told["sender"]) if told["sender"] else None
    told["date"] = datetime.fromisoformat(told["date"]) if told["date"] else None
    told["automatic"] = Automatic(**{**told["automatic"], "kind": AutoKind(told["automatic"]["kind"])})
    told["report"] = _report(told["report"]) if told["report"] else None
    verdict = told["authentication"]
    told["authentication"] = Authentication(AuthVerdict(verdict["verdict"]), verdict["detail"])
    told["spans"] = tuple(Span(SpanKind(span["kind"]), span["start"], span["end"]) for span in told["spans"])
    told["files"] = _files(told["files"], frame.body)
    return ParsedMail(**told)


def _report(told: dict[str, Any]) -> Report:
    recipients = tuple(Undelivered(**one) for one in told["recipients"])
    return Report(AutoKind(told["kind"]), recipients, told["original_message_id"])


def _files(told: list[dict[str, Any]], body: bytes) -> tuple[MailFile, ...]:
    files, at = [], 0
    for one in told:
        end = at + one["data"]
        files.append(MailFile(**{**one, "data": body[at:end]}))
        at = end
    return tuple(files)
