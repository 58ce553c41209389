"""What a raw mail becomes. Everything here is safe to store and to show: one line where one line is meant, no control,
direction or zero-width marks, caps on every list; only `MailFile.data` holds the sender's own bytes.

Bcc and raw headers are not in here, so that no page, document or answer can show them (TRUST A15).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AutoKind(StrEnum):
    """Whether a person wrote it (RFC 3834). Only NONE may be acknowledged or reopen a ticket."""

    NONE = "none"
    REPLIED = "auto-replied"
    GENERATED = "auto-generated"
    BULK = "bulk"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"


class AuthVerdict(StrEnum):
    """What our own mail server said about the sender; NONE when it said nothing that can be believed."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    NONE = "none"


class SpanKind(StrEnum):
    """What a stretch of the text is: the writer's words, what was said before, or how they sign."""

    VISIBLE = "visible"
    HISTORY = "history"
    SIGNATURE = "signature"


@dataclass(frozen=True)
class Mailbox:
    """A name and an address in small letters; None when there is no address that could be answered."""

    name: str
    address: str | None


@dataclass(frozen=True)
class Automatic:
    """The verdict, and the header that says so, as "Auto-Submitted: auto-replied"; empty for NONE.

    `weak` means that only a subject or a vague header says so: do not acknowledge, but let staff see it as a mail.
    """

    kind: AutoKind
    evidence: str = ""
    weak: bool = False


@dataclass(frozen=True)
class Undelivered:
    """One recipient of a report: action is "failed", "delayed", "delivered", "relayed", "expanded" or "complaint"."""

    address: str | None
    action: str
    status: str
    detail: str


@dataclass(frozen=True)
class Report:
    """A delivery report (RFC 3464) or a complaint (RFC 5965) about a mail of ours; original_message_id as we sent it."""

    kind: AutoKind
    recipients: tuple[Undelivered, ...]
    original_message_id: str | None


@dataclass(frozen=True)
class Authentication:
    """The topmost Authentication-Results of the trusted host only (RFC 8601): DMARC if it was judged, else DKIM and SPF."""

    verdict: AuthVerdict
    detail: str = ""


@dataclass(frozen=True)
class Span:
    """text[start:end] is of this kind. Spans stand in order, without gaps, over the whole text: nothing is lost."""

    kind: SpanKind
    start: int
    end: int


@dataclass(frozen=True)
class MailFile:
    """A file of the mail. `content_id` without angle brackets, or empty; `inline` when the HTML shows it as a picture."""

    name: str
    declared_type: str
    data: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False
    sha256: str = ""


@dataclass(frozen=True)
class ParsedMail:
    """See the module. Message-IDs carry their angle brackets, as `Outbox.message_id` does.

    `text` is never empty. `html_safe` and `html_history` may be empty: then show the text. A picture in them is
    `<img src="cid:3">`, where 3 is the index in `files`; `pictures.with_pictures` puts addresses there.
    `claims` are Authentication-Results as they stand there, whoever wrote them: to be shown, never believed.
    `unreadable` is a sentence when reading had to be stopped: then only headers are filled and the mail is for quarantine.
    """

    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    from_: Mailbox = Mailbox("", None)
    sender: Mailbox | None = None
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    delivered_to: tuple[str, ...] = ()
    return_path: str | None = None
    subject: str = ""
    date: datetime | None = None
    automatic: Automatic = Automatic(AutoKind.NONE)
    report: Report | None = None
    authentication: Authentication = Authentication(AuthVerdict.NONE)
    claims: tuple[str, ...] = ()
    text: str = ""
    spans: tuple[Span, ...] = ()
    html_safe: str = ""
    html_history: str = ""
    files: tuple[MailFile, ...] = ()
    problems: tuple[str, ...] = ()
    limits_hit: tuple[str, ...] = ()
    unreadable: str = ""

    @property
    def visible(self) -> str:
        """The writer's own words; never empty when `text` is not."""
        return self.stretch(SpanKind.VISIBLE) or self.text

    @property
    def history(self) -> str:
        return self.stretch(SpanKind.HISTORY)

    @property
    def signature(self) -> str:
        return self.stretch(SpanKind.SIGNATURE)

    def stretch(self, kind: SpanKind) -> str:
        """All stretches of one kind, in order, with an empty line between them."""
        parts = (self.text[span.start : span.end].strip("\n") for span in self.spans if span.kind is kind)
        return "\n\n".join(part for part in parts if part.strip())
