"""The same in a bad shape: still to be read."""

import base64

from tests.mailcorpus.drafts import Draft, Kind, b64, builds, multipart, part, text


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
