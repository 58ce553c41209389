"""Mails that machines write."""

from tests.mailcorpus.drafts import Draft, Kind, builds, multipart, part, text


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
