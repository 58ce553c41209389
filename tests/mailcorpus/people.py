"""Mails that people write, new ones and answers."""

import quopri
from email.header import Header

from tests.mailcorpus.drafts import Draft, Kind, b64, builds, multipart, page, part, text


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
