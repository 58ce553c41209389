"""Raw mails of our own making and malice, the same for the same seed.

`corpus(count, seed=…, writers=…, desk=…, answers_to=…)` gives `count` specimens, every builder in turn: 1,000 is the full form,
200 the quick one (`QUICK`, `FULL`). `writers` are the addresses in From (registered people, when a whole path is tested),
`desk` is the address written to, `answers_to` the Message-IDs that replies and reports refer to. A `Specimen` has

  name      unique, for test ids          kind     what it must be taken for (`Kind`)
  raw       the bytes                     words    stands in `text` of whatever reads it; "" = only "not empty" is known
  sender    the address in From, or None  hidden   must stand nowhere in what is shown (a Bcc, raw headers, scripts)

NEW, REPLY: written by a person, must become a ticket or a reply. MALFORMED: the same, in a bad shape, still readable.
AUTO_REPLY, GENERATED, BULK, BOUNCE, COMPLAINT: by a machine. NOBODY: no sender who could be answered. HOSTILE: must do no harm.
"""

import base64
import quopri
import random
from collections.abc import Callable
from dataclasses import dataclass
from email.header import Header
from enum import StrEnum

QUICK, FULL = 200, 1_000
WRITERS = ("ann@alder.example", "ben@alder.example", "bea@birch.example")
DESK = "help@partner.example"
ANSWERS_TO = ("<acknowledged.1@partner.example>", "<answered.2@partner.example>")
SCRIPT = "alert('marker-script')"


class Kind(StrEnum):
    NEW = "new"
    REPLY = "reply"
    MALFORMED = "malformed"
    AUTO_REPLY = "auto-reply"
    GENERATED = "generated"
    BULK = "bulk"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    NOBODY = "nobody"
    HOSTILE = "hostile"


@dataclass(frozen=True)
class Specimen:
    name: str
    kind: Kind
    raw: bytes
    words: str
    sender: str | None
    hidden: tuple[str, ...]


@dataclass
class Draft:
    """What a builder works with: dice, and the words that must be found again."""

    dice: random.Random
    number: int
    sender: str
    desk: str
    answers_to: str

    @property
    def words(self) -> str:
        return f"Marker words {self.number} about the printer."

    @property
    def hidden(self) -> tuple[str, ...]:
        return f"bcc-{self.number}@hidden.example", f"header-marker-{self.number}"

    def head(self, *more: str, subject: str = "", sender: str = "", message_id: bool = True) -> bytes:
        bcc, marker = self.hidden
        lines = [
            f"Received: from mx.example by desk.example; {marker}",
            f"From: {sender or f'Ann Example <{self.sender}>'}",
            f"To: {self.desk}",
            f"Bcc: {bcc}",
            f"X-Internal: {marker}",
            f"Subject: {subject or f'Printer {self.number}'}",
            "Date: Sun, 22 Nov 2026 10:00:00 +0000",
            *([f"Message-ID: <corpus.{self.number}@sender.example>"] if message_id else []),
            *more,
        ]
        return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")

    def plain(self, body: str = "", *more: str, **how: object) -> bytes:
        return self.head(*more, **how) + b"\r\n" + (body or self.words).encode() + b"\r\n"  # type: ignore[arg-type]


Builder = Callable[[Draft], bytes]
BUILDERS: list[tuple[str, Kind, bool, Builder]] = []


def builds(kind: Kind, *, words: bool = True) -> Callable[[Builder], Builder]:
    """Registers a builder. words=False: its words cannot be found in the text."""

    def register(builder: Builder) -> Builder:
        BUILDERS.append((builder.__name__, kind, words, builder))
        return builder

    return register


def corpus(
    count: int = FULL,
    *,
    seed: int = 2026,
    writers: tuple[str, ...] = WRITERS,
    desk: str = DESK,
    answers_to: tuple[str, ...] = ANSWERS_TO,
) -> list[Specimen]:
    """See the module."""
    made = []
    for number in range(count):
        dice = random.Random(f"{seed}:{number}")
        name, kind, words, builder = BUILDERS[number % len(BUILDERS)]
        draft = Draft(dice, number, dice.choice(writers), desk, dice.choice(answers_to))
        raw = builder(draft)
        sender = None if kind is Kind.NOBODY else draft.sender
        made.append(Specimen(f"{number:04}-{name}", kind, raw, draft.words if words else "", sender, draft.hidden))
    return made


def multipart(
    draft: Draft, sub: str, *parts: bytes, boundary: str = "", close: bool = True, more: tuple[str, ...] = ()
) -> bytes:
    boundary = boundary or f"=_{draft.number}"
    head = draft.head("MIME-Version: 1.0", f'Content-Type: multipart/{sub}; boundary="{boundary}"', *more)
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"\r\n" + body + (mark + b"--\r\n" if close else b"")


def part(kind: str, body: bytes, *more: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (f"Content-Type: {kind}", *more)).encode() + b"\r\n" + body


def text(draft: Draft, words: str = "") -> bytes:
    return part("text/plain; charset=utf-8", (words or draft.words).encode())


def page(draft: Draft, body: str = "") -> bytes:
    return part("text/html; charset=utf-8", f"<html><body>{body or f'<p>{draft.words}</p>'}</body></html>".encode())


def b64(data: bytes) -> bytes:
    return base64.encodebytes(data)


# --- written by people -------------------------------------------------------------------------------------------


@builds(Kind.NEW)
def plain_ascii(d: Draft) -> bytes:
    return d.plain()


@builds(Kind.NEW)
def plain_bare_newlines(d: Draft) -> bytes:
    return d.plain().replace(b"\r\n", b"\n")


@builds(Kind.NEW)
def quoted_printable(d: Draft) -> bytes:
    head = d.head("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable")
    return head + b"\r\n" + quopri.encodestring(f"Grüße – {d.words} {'long ' * d.dice.randrange(60)}".encode())


@builds(Kind.NEW)
def base64_other_charset(d: Draft) -> bytes:
    charset = d.dice.choice(["iso-8859-1", "windows-1252", "utf-16", "iso-8859-15", "utf-8", "cp850"])
    head = d.head(f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: base64")
    return head + b"\r\n" + b64(f"Déjà vu: {d.words}".encode(charset))


@builds(Kind.NEW)
def far_charset(d: Draft) -> bytes:
    charset, words = d.dice.choice(
        [("koi8-r", "Привет"), ("shift_jis", "こんにちは"), ("gb2312", "你好"), ("big5", "你好"), ("iso-2022-jp", "こんにちは"),
         ("euc-kr", "안녕하세요"), ("windows-1255", "שלום"), ("windows-1256", "مرحبا")]
    )  # fmt: skip
    head = d.head(f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: 8bit")
    return head + b"\r\n" + f"{words}. {d.words}".encode(charset)


@builds(Kind.NEW)
def alternative(d: Draft) -> bytes:
    return multipart(d, "alternative", text(d), page(d))


@builds(Kind.NEW)
def only_html(d: Draft) -> bytes:
    return multipart(
        d, "alternative", page(d, f"<style>p{{color:red}}</style><p>{d.words}</p><img src=https://t.example/p.gif>")
    )


@builds(Kind.NEW)
def picture_inline(d: Draft) -> bytes:
    inner = f"rel{d.number}"
    related = b"\r\n".join(
        [f"Content-Type: multipart/related; boundary={inner}\r\n".encode(), f"--{inner}".encode(),
         page(d, f"<p>{d.words}</p><img src='cid:pic@x' alt=screen>"), f"--{inner}".encode(),
         part("image/png", b64(b"\x89PNG fake"), "Content-Transfer-Encoding: base64", "Content-ID: <pic@x>"), f"--{inner}--".encode()]
    )  # fmt: skip
    return multipart(d, "mixed", related)


@builds(Kind.NEW)
def with_file(d: Draft) -> bytes:
    data = d.dice.randbytes(d.dice.randrange(10, 4_000))
    how = ("Content-Transfer-Encoding: base64", 'Content-Disposition: attachment; filename="plan.pdf"')
    return multipart(d, "mixed", text(d), part("application/pdf", b64(data), *how))


@builds(Kind.NEW)
def file_name_2231(d: Draft) -> bytes:
    how = "Content-Disposition: attachment; filename*0*=UTF-8''Zo%C3%AB%20; filename*1=plan; filename*2*=%2Epdf"
    return multipart(d, "mixed", text(d), part("application/pdf", b"x", how))


@builds(Kind.NEW)
def flowed(d: Draft) -> bytes:
    head = d.head("Content-Type: text/plain; format=flowed; delsp=no")
    return head + b"\r\n" + d.words.replace(" ", " \r\n").encode() + b"\r\n\r\n-- \r\nAnn\r\n"


@builds(Kind.NEW)
def encoded_subject_and_name(d: Draft) -> bytes:
    subject = Header(f"Drucker für Zoë {d.number}", "utf-8").encode(linesep="\r\n")
    return d.plain(subject=subject, sender=f"=?iso-8859-1?Q?Z=F6e=2C_Ann?= <{d.sender}>")


@builds(Kind.NEW)
def auto_submitted_no(d: Draft) -> bytes:
    return d.plain("", "Auto-Submitted: no")


@builds(Kind.NEW)
def invitation(d: Draft) -> bytes:
    event = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Visit\r\nDTSTART;TZID=Europe/London:20261124T090000\r\n"
        "LOCATION:Office\\, first floor\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return multipart(d, "alternative", text(d), page(d), part("text/calendar; method=REQUEST", event.encode()))


@builds(Kind.NEW)
def forwarded_as_file(d: Draft) -> bytes:
    return multipart(
        d, "mixed", text(d), part("message/rfc822", b"From: x@y.example\r\nSubject: old one\r\n\r\nold words")
    )


@builds(Kind.NEW)
def clear_signed(d: Draft) -> bytes:
    shell = part("application/pkcs7-signature; name=smime.p7s", b64(b"signature"), "Content-Transfer-Encoding: base64")
    return multipart(d, "signed", text(d), shell)


@builds(Kind.NEW)
def words_between_files(d: Draft) -> bytes:
    file = part("image/png", b"x", "Content-Disposition: inline; filename=a.png")
    return multipart(d, "mixed", text(d, "Before."), file, text(d))


@builds(Kind.NEW)
def uuencoded(d: Draft) -> bytes:
    return d.plain(f"{d.words}\r\n\r\nbegin 644 note.txt\r\n%2&5L;&\\ \r\n`\r\nend\r\n")


@builds(Kind.REPLY)
def reply_top(d: Draft) -> bytes:
    opening = d.dice.choice(
        ["On 22 Nov 2026, at 09:00, Desk <help@partner.example> wrote:", "Le 22 nov. 2026 à 09:00, Desk a écrit :",
         "Am 22.11.2026 um 09:00 schrieb Desk:", "Op 22 nov. 2026 om 09:00 schreef Desk:", "El 22 nov 2026, Desk escribió:"]
    )  # fmt: skip
    return d.plain(f"{d.words}\r\n\r\n{opening}\r\n> old words\r\n> more\r\n", f"In-Reply-To: {d.answers_to}")


@builds(Kind.REPLY)
def reply_outlook(d: Draft) -> bytes:
    old = "From: Desk <help@partner.example>\r\nSent: 22 November 2026 09:00\r\nTo: Ann\r\nSubject: RE: Printer\r\n\r\nold words"
    return d.plain(
        f"{d.words}\r\n\r\nRegards\r\n\r\n________________________________\r\n{old}\r\n", f"References: {d.answers_to}"
    )


@builds(Kind.REPLY)
def reply_below(d: Draft) -> bytes:
    return d.plain(f"> old words\r\n> more\r\n\r\n{d.words}\r\n", f"In-Reply-To: {d.answers_to}")


@builds(Kind.REPLY)
def reply_between(d: Draft) -> bytes:
    return d.plain(f"> first?\r\nYes.\r\n> second?\r\n{d.words}\r\n", f"In-Reply-To: {d.answers_to}")


@builds(Kind.REPLY)
def reply_telephone(d: Draft) -> bytes:
    return d.plain(
        f"{d.words}\r\n\r\nSent from my iPhone\r\n",
        f"In-Reply-To: {d.answers_to}",
        f"References: <other@x> {d.answers_to}",
    )


@builds(Kind.REPLY)
def reply_html(d: Draft) -> bytes:
    quote = "<div class=gmail_quote>On Sunday wrote:<blockquote>old words</blockquote></div>"
    return multipart(d, "alternative", page(d, f"<div>{d.words}</div>{quote}"), more=(f"In-Reply-To: {d.answers_to}",))


# --- the same in a bad shape -------------------------------------------------------------------------------------


@builds(Kind.MALFORMED)
def unknown_charset(d: Draft) -> bytes:
    charset = d.dice.choice(
        ["x-user-defined", "klingon", "utf-8-bogus", "", "zip", "base64", "unicode_escape", "\"'", "rot13"]
    )
    return d.head(f"Content-Type: text/plain; charset={charset}") + b"\r\n" + f"é {d.words}".encode()


@builds(Kind.MALFORMED)
def lying_charset(d: Draft) -> bytes:
    says, real = d.dice.choice(
        [("us-ascii", "utf-8"), ("utf-8", "cp1252"), ("utf-16", "ascii"), ("iso-8859-1", "utf-8"), ("utf-7", "utf-8")]
    )
    return (
        d.head(f"Content-Type: text/plain; charset={says}")
        + b"\r\n"
        + f"{'é ' if real != 'ascii' else ''}{d.words}".encode(real)
    )


@builds(Kind.MALFORMED)
def raw_8bit_headers(d: Draft) -> bytes:
    return d.plain(subject="Drucker \udce9\udcff", sender=f"Zo\udceb <{d.sender}>")


@builds(Kind.MALFORMED)
def missing_boundary(d: Draft) -> bytes:
    return multipart(d, "mixed", text(d)).replace(f'; boundary="=_{d.number}"'.encode(), b"")


@builds(Kind.MALFORMED)
def wrong_boundary(d: Draft) -> bytes:
    return multipart(d, "mixed", text(d)).replace(f'boundary="=_{d.number}"'.encode(), b'boundary="other"')


@builds(Kind.MALFORMED)
def never_closed(d: Draft) -> bytes:
    return multipart(d, "mixed", text(d), part("application/pdf", b"x"), close=False)


@builds(Kind.MALFORMED)
def null_bytes(d: Draft) -> bytes:
    return d.plain(f"\0{d.words}\0\0", subject="Nu\0ll")


@builds(Kind.MALFORMED)
def broken_base64(d: Draft) -> bytes:
    head = d.head("Content-Type: text/plain", "Content-Transfer-Encoding: base64")
    coded = base64.b64encode(d.words.encode() + b" " * 3).decode()
    return head + b"\r\n" + f"{coded[:6]}!!\r\n{coded[6:]}*=".encode()


@builds(Kind.MALFORMED)
def broken_quoted_printable(d: Draft) -> bytes:
    return (
        d.head("Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable")
        + b"\r\n=ZZ =\r\n=4"
        + d.words.encode()
    )


@builds(Kind.MALFORMED)
def unknown_encoding(d: Draft) -> bytes:
    return d.plain("", "Content-Transfer-Encoding: x-klingon")


@builds(Kind.MALFORMED)
def no_type(d: Draft) -> bytes:
    return d.plain(
        "", f"Content-Type: {d.dice.choice(['', 'text', ';;;', 'text/plain/more', '=?utf-8?q?text?=', '/'])}"
    )


@builds(Kind.MALFORMED)
def headers_run_into_body(d: Draft) -> bytes:
    return d.head() + d.words.encode()


@builds(Kind.MALFORMED)
def folded_oddly(d: Draft) -> bytes:
    return d.plain("", "X-Folded: a\r\n \r\n\tb\r\n  c", subject="Sub\r\n \r\n\tject")


@builds(Kind.MALFORMED)
def subject_injection(d: Draft) -> bytes:
    return d.plain(subject="=?utf-8?Q?Hello=0D=0ABcc:_victim@x.example=0D=0A=0D=0Abody?=")


@builds(Kind.MALFORMED)
def name_injection(d: Draft) -> bytes:
    return d.plain(sender=f"=?utf-8?Q?Ann=2C_victim=40x.example=3E=2C_=0D=0ABcc:_a@b?= <{d.sender}>")


@builds(Kind.MALFORMED)
def hidden_marks(d: Draft) -> bytes:
    return d.plain(f"\u202e{d.words}\u2066\u200b", subject="invoice\u202efdp.exe\u200b")


@builds(Kind.MALFORMED)
def byte_order_mark(d: Draft) -> bytes:
    return b"\xef\xbb\xbf" + d.head("Content-Type: text/plain; charset=utf-8") + b"\r\n\xef\xbb\xbf" + d.words.encode()


@builds(Kind.MALFORMED)
def many_references(d: Draft) -> bytes:
    return d.plain("", "References: " + " ".join(f"<{n}@x.example>" for n in range(3_000)))


@builds(Kind.MALFORMED)
def mbox_line(d: Draft) -> bytes:
    return f"From {d.sender} Sun Nov 22 10:00:00 2026\r\n".encode() + d.plain()


@builds(Kind.MALFORMED)
def old_mac_lines(d: Draft) -> bytes:
    return d.plain().replace(b"\r\n", b"\r")


@builds(Kind.MALFORMED)
def bad_date_and_ids(d: Draft) -> bytes:
    dates = ["Mon, 99 Foo 0000 99:99:99 +9999", "yesterday", "", "Sun, 22 Nov 99999999 10:00:00", "1 Jan 1 00:00 -2400"]
    raw = d.plain("", "Message-ID: <a b c>", "In-Reply-To: not an id", message_id=False)
    return raw.replace(b"Sun, 22 Nov 2026 10:00:00 +0000", d.dice.choice(dates).encode())


@builds(Kind.MALFORMED)
def winmail_damaged(d: Draft) -> bytes:
    data = b"\x78\x9f\x3e\x22" + d.dice.randbytes(200)
    how = ("Content-Transfer-Encoding: base64", "Content-Disposition: attachment; filename=winmail.dat")
    return multipart(d, "mixed", text(d), part("application/ms-tnef", b64(data), *how))


@builds(Kind.MALFORMED)
def dangerous_file_names(d: Draft) -> bytes:
    name = d.dice.choice(
        [
            "../../etc/passwd",
            "..\\..\\x.exe",
            "a\u202efdp.exe",
            "x" * 500,
            "",
            ".",
            "con",
            "<script>.html",
            'a\\";b.txt',
        ]
    )
    return multipart(
        d,
        "mixed",
        text(d),
        part("application/octet-stream", b"x", f'Content-Disposition: attachment; filename="{name}"'),
    )


@builds(Kind.MALFORMED)
def empty_with_file(d: Draft) -> bytes:
    how = ("Content-Disposition: attachment; filename=scan.pdf",)
    return multipart(d, "mixed", text(d), part("application/pdf", b"%PDF", *how), part("text/html", b""))


@builds(Kind.MALFORMED)
def encrypted_shell(d: Draft) -> bytes:
    shell = part(
        "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
        b64(d.dice.randbytes(80)),
        "Content-Transfer-Encoding: base64",
    )
    return multipart(d, "mixed", text(d), shell)


# --- by machines -------------------------------------------------------------------------------------------------


@builds(Kind.AUTO_REPLY)
def out_of_office(d: Draft) -> bytes:
    sign = d.dice.choice(
        [
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-replied (vacation)",
            "X-Autoreply: yes",
            "Precedence: auto_reply",
        ]
    )
    return d.plain("", sign, f"In-Reply-To: {d.answers_to}", subject=f"Automatic reply: Printer {d.number}")


@builds(Kind.AUTO_REPLY)
def out_of_office_by_subject(d: Draft) -> bytes:
    return d.plain(
        subject=d.dice.choice(
            ["Automatic reply: x", "Out of Office: x", "Abwesenheitsnotiz: x", "Réponse automatique : x"]
        )
    )


@builds(Kind.GENERATED)
def generated(d: Draft) -> bytes:
    sign = d.dice.choice(
        [
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "Return-Path: <>",
            "Auto-Submitted: auto-notified",
        ]
    )
    return d.plain("", sign)


@builds(Kind.BULK)
def newsletter(d: Draft) -> bytes:
    sign = d.dice.choice(
        ["Precedence: bulk", "List-Id: <news.example>", "List-Unsubscribe: <mailto:u@x.example>", "Precedence: list"]
    )
    return d.plain("", sign)


@builds(Kind.BOUNCE)
def bounce(d: Draft) -> bytes:
    action = d.dice.choice(["failed", "delayed"])
    status = f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ben@alder.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
    back = f"Message-ID: {d.answers_to}\r\nSubject: ours\r\nBcc: {d.hidden[0]}\r\n\r\n"
    parts = (text(d), part("message/delivery-status", status.encode()), part("text/rfc822-headers", back.encode()))
    return multipart(d, "report; report-type=delivery-status", *parts, more=("Return-Path: <>",))


@builds(Kind.BOUNCE)
def bounce_of_old(d: Draft) -> bytes:
    return d.plain(
        f"{d.words}\r\n\r\nMessage-ID: {d.answers_to}\r\n", "X-Failed-Recipients: ben@alder.example", "Return-Path: <>"
    )


@builds(Kind.COMPLAINT)
def complaint(d: Draft) -> bytes:
    feedback = b"Feedback-Type: abuse\r\nUser-Agent: x\r\nVersion: 1\r\nOriginal-Rcpt-To: ben@alder.example\r\n"
    back = f"Message-ID: {d.answers_to}\r\nSubject: ours\r\n\r\nold".encode()
    parts = (text(d), part("message/feedback-report", feedback), part("message/rfc822", back))
    return multipart(d, "report; report-type=feedback-report", *parts)


# --- from nobody, and to do harm ---------------------------------------------------------------------------------


@builds(Kind.NOBODY)
def no_sender(d: Draft) -> bytes:
    sender = d.dice.choice(
        ["<>", "undisclosed:;", "Ann", "ann at alder", "<@>", '"ann@alder.example"', "a@b@c", ",,,", "(comment)"]
    )
    return d.plain(sender=sender)


@builds(Kind.HOSTILE)
def two_senders(d: Draft) -> bytes:
    return d.plain(
        "",
        "From: Boss <boss@alder.example>",
        "Authentication-Results: mx.partner.example; dmarc=pass header.from=alder.example",
    )


@builds(Kind.HOSTILE)
def script_page(d: Draft) -> bytes:
    attack = d.dice.choice(
        [f"<script>{SCRIPT}</script>", f"<img src=x onerror={SCRIPT}>", f"<svg><script>{SCRIPT}</script></svg>", f"<a href=\"javascript:{SCRIPT}\">x</a>",
         f"<math><mi//xlink:href=\"data:x,{SCRIPT}\">", f"<iframe srcdoc=\"<script>{SCRIPT}</script>\">", f"<style>@import'//{SCRIPT}'</style>"]
    )  # fmt: skip
    return multipart(d, "alternative", page(d, f"<p>{d.words}</p>{attack}"))


@builds(Kind.HOSTILE)
def utf7_script(d: Draft) -> bytes:
    return (
        d.head("Content-Type: text/html; charset=utf-7")
        + b"\r\n<p>"
        + d.words.encode()
        + b"</p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-"
    )


@builds(Kind.HOSTILE, words=False)
def nested_deep(d: Draft) -> bytes:
    depth = d.dice.choice([25, 200, 3_000])
    inner = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return d.head() + inner.encode() + b"\r\n" + d.words.encode()


@builds(Kind.HOSTILE)
def many_parts(d: Draft) -> bytes:
    return multipart(d, "mixed", text(d), *[part("text/plain", b"x")] * d.dice.choice([400, 5_000]))


@builds(Kind.HOSTILE)
def huge_header(d: Draft) -> bytes:
    return d.plain("", "X-Huge: " + "a" * 600_000)


@builds(Kind.HOSTILE)
def endless_headers(d: Draft) -> bytes:
    return d.plain("", *(f"X-{n}: y" for n in range(3_000)))


@builds(Kind.HOSTILE, words=False)
def hostile_line(d: Draft) -> bytes:
    unit = d.dice.choice(
        [
            "<",
            ">",
            "=?",
            "(",
            "On 1 wrote",
            "From: ",
            "-",
            "_",
            "a@",
            '"',
            " ",
            "\t",
            "> ",
            "<a ",
            "&",
            "begin 644 a\r\n",
        ]
    )
    return d.plain(
        unit * (200_000 // len(unit)), subject=unit.strip() * 2_000, sender=f"{unit.strip() * 2_000} <{d.sender}>"
    )


@builds(Kind.HOSTILE)
def control_words(d: Draft) -> bytes:
    return d.plain(
        f"{d.words}\r\n\r\n#close\r\nStatus: resolved\r\nX-RT-Command: take\r\n{{{{7*7}}}} {{% debug %}}",
        "X-RT-Command: resolve",
    )


@builds(Kind.HOSTILE, words=False)
def random_bytes(d: Draft) -> bytes:
    return d.dice.randbytes(d.dice.randrange(0, 5_000))


@builds(Kind.HOSTILE, words=False)
def random_cut(d: Draft) -> bytes:
    whole = picture_inline(d)
    return whole[: d.dice.randrange(len(whole))]


@builds(Kind.HOSTILE, words=False)
def random_damage(d: Draft) -> bytes:
    whole = bytearray(bounce(d) if d.dice.random() < 0.5 else file_name_2231(d))
    for _ in range(30):
        whole[d.dice.randrange(len(whole))] = d.dice.randrange(256)
    return bytes(whole)
