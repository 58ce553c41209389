"""Who wrote, to whom, about what: headers as hostile as they come (TRUST A15, A20, A22)."""

from datetime import UTC, datetime

import pytest

from tickets.rules.mail.addresses import mailboxes
from tickets.rules.mail.headers import decode_words
from tickets.rules.mail.limits import MAILBOXES, REFERENCES, SUBJECT_CHARS
from tickets.rules.mail.notes import Notes
from tickets.rules.mail.parse import parse
from tickets.rules.mail.shape import AuthVerdict, AutoKind, Mailbox, ParsedMail

HOST = "mx.partner.example"


def read(*lines: str, body: str = "words", host: str = "") -> ParsedMail:
    return parse("\r\n".join([*lines, "", body]).encode("utf-8", "surrogateescape"), trusted_host=host)


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("ann@alder.example", [("", "ann@alder.example")]),
        ("Ann <Ann@Alder.Example>", [("Ann", "ann@alder.example")]),
        ('"Example, Ann" <ann@alder.example>', [("Example, Ann", "ann@alder.example")]),
        ("ann@alder.example (Ann Example)", [("Ann Example", "ann@alder.example")]),
        ("Team: ann@alder.example, Ben <ben@alder.example>;", [("", "ann@alder.example"), ("Ben", "ben@alder.example")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:ann@alder.example>", [("", "ann@alder.example")]),
        ("=?utf-8?Q?Ann=2C_x=40evil.example?= <ann@alder.example>", [("Ann, x@evil.example", "ann@alder.example")]),
        ("=?utf-8?Q?Ann=0D=0ABcc:_x=40evil.example?= <ann@alder.example>", [("Ann Bcc: x@evil.example", "ann@alder.example")]),
        ('"x@evil.example" <ann@alder.example>', [("x@evil.example", "ann@alder.example")]),
        ('"ann@alder.example"', [("ann@alder.example", None)]),
        ("ann@alder.example, ANN@alder.example", [("", "ann@alder.example")]),
        ("ann(a (nested) comment)@alder.example", [("a nested comment", "ann@alder.example")]),
        ("a@b@c.example", [("a@b@c.example", None)]),
        ("<ann@alder.example", [("", "ann@alder.example")]),
        ("Ann <ann@alder.example> <x@evil.example>", [("Ann", None)]),
        ("\u212aate@alder.example", [("", "\u212aate@alder.example")]),
        ("<>", []),
        ("", []),
    ],
    ids=[
        "bare", "named", "quoted-comma", "comment", "group", "empty-group", "route", "encoded-comma", "encoded-break", "name-like-address",
        "quoted-only", "twice", "comment-inside", "two-ats", "open-bracket", "two-brackets", "kelvin", "null", "nothing",
    ],
)  # fmt: skip
def test_people_are_read_from_a_header(value: str, people: list[tuple[str, str | None]]) -> None:
    found = mailboxes(value.encode(), Notes())
    assert [(person.name, person.address) for person in found] == people


def test_a_foreign_letter_is_never_taken_for_ours() -> None:
    """A Kelvin sign in small letters is a k: "Kate" written with it must not be our Kate."""
    assert mailboxes("\u212aate@alder.example".encode(), Notes())[0].address != "kate@alder.example"


def test_a_hundred_thousand_people_are_capped() -> None:
    notes = Notes()
    assert len(mailboxes(b", ".join(b"p%d@alder.example" % n for n in range(100_000)), notes)) == MAILBOXES
    assert notes.limits


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?q?Gr=FC=DFe?= aus =?utf-8?q?K=C3=B6ln?=", "Grüße aus Köln"),
        ("=?utf-8?q?K=C3?=\r\n =?utf-8?q?=B6ln?=", "Köln"),
        ("=?utf-8*de?q?K=C3=B6ln?=", "Köln"),
        ("=?klingon?q?abc?=", "abc"),
        ("=?utf-8?B?!!!?=", ""),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?never ended", "=?utf-8?q?never ended"),
        ("no words", "no words"),
    ],
    ids=["base64", "mixed", "cut-letter", "language", "unknown", "broken", "no-encoding", "open", "plain"],
)
def test_encoded_words_are_decoded(given: str, words: str) -> None:
    assert decode_words(given, Notes()) == words


def test_a_subject_is_one_clean_line() -> None:
    mail = read("Subject: =?utf-8?Q?Hello=0D=0ABcc:_victim=40x.example=00=E2=80=AEfdp.exe?=", "From: a@b.example")
    assert mail.subject == "Hello Bcc: victim@x.examplefdp.exe"
    assert (mail.to, mail.cc) == ((), ())
    assert "Hidden characters were taken out of the subject." in mail.problems
    assert len(read("Subject: " + "word " * 500).subject) == SUBJECT_CHARS


def test_raw_headers_and_blind_copies_are_nowhere() -> None:
    mail = read(
        "From: a@b.example", "Bcc: marker-bcc@x.example", "X-Spam: marker-raw", "Received: marker-hop", "Subject: s"
    )
    assert "marker" not in repr(mail)
    assert "marker-subject" in repr(read("Subject: marker-subject"))


def test_a_million_references_are_capped() -> None:
    ids = " ".join(f"<{n}@x.example>" for n in range(1_000))
    mail = read(
        f"References: {ids}", "In-Reply-To: <last@x.example> junk <other@x.example>", "Message-ID: junk <me@x.example>"
    )
    assert len(mail.references) == REFERENCES
    assert (mail.references[0], mail.references[-1]) == ("<0@x.example>", "<999@x.example>")
    assert mail.in_reply_to == ("<last@x.example>", "<other@x.example>")
    assert mail.message_id == "<me@x.example>"


@pytest.mark.parametrize(
    ("given", "instant"),
    [
        ("Sun, 22 Nov 2026 10:00:00 +0100", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("22 Nov 2026 10:00 -0000", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 99 Nov 2026 99:99:99 +0000", None),
        ("31 Dec 9999 23:59:59 -2359", None),
    ],
    ids=["zone", "unknown-zone", "words", "impossible", "last-year"],
)
def test_dates(given: str, instant: datetime | None) -> None:
    assert read(f"Date: {given}").date == instant


def test_where_it_was_delivered() -> None:
    mail = read(
        "Delivered-To: Help@partner.example",
        "X-Original-To: <help+token@partner.example>",
        "Return-Path: <A@b.example>",
    )
    assert mail.delivered_to == ("help@partner.example", "help+token@partner.example")
    assert mail.return_path == "a@b.example"
    assert read("Return-Path: <>").return_path == ""
    assert read("Subject: x").return_path is None


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([f"Authentication-Results: {HOST}; dmarc=pass header.from=alder.example"], AuthVerdict.PASS),
        ([f"Authentication-Results: {HOST}; dmarc=fail header.from=alder.example; dkim=pass header.d=alder.example"], AuthVerdict.FAIL),
        ([f"Authentication-Results: {HOST}; dmarc=pass header.from=evil.example"], AuthVerdict.FAIL),
        ([f"Authentication-Results: {HOST} 1; dmarc=none; dkim=pass header.d=alder.example"], AuthVerdict.PASS),
        ([f"Authentication-Results: {HOST}; dkim=pass header.i=@evil.example"], AuthVerdict.NONE),
        ([f"Authentication-Results: {HOST}; dkim=pass header.d=notalder.example; spf=fail smtp.mailfrom=x@alder.example"], AuthVerdict.FAIL),
        ([f"Authentication-Results: {HOST}; spf=pass smtp.mailfrom=ann@alder.example"], AuthVerdict.PASS),
        ([f"Authentication-Results: {HOST}; spf=softfail smtp.mailfrom=ann@alder.example"], AuthVerdict.NONE),
        ([f"Authentication-Results: {HOST}; none"], AuthVerdict.NONE),
        (["Authentication-Results: evil.example; dmarc=pass header.from=alder.example"], AuthVerdict.NONE),
        (
            ["Authentication-Results: evil.example; dmarc=fail", f"Authentication-Results: {HOST}; dmarc=pass header.from=alder.example"],
            AuthVerdict.NONE,
        ),
        (
            [f"Authentication-Results: {HOST}; dmarc=fail", f"Authentication-Results: {HOST}; dmarc=pass header.from=alder.example"],
            AuthVerdict.FAIL,
        ),
        ([f"Authentication-Results: ({HOST}; dmarc=pass) evil.example; dmarc=pass"], AuthVerdict.NONE),
        ([f"Authentication-Results: {HOST}; dkim=fail (dmarc=pass); x=y"], AuthVerdict.FAIL),
        ([f"Authentication-Results: {HOST}; dmarc=pass", "From: boss@alder.example"], AuthVerdict.FAIL),
        ([], AuthVerdict.NONE),
    ],
    ids=[
        "dmarc", "dmarc-fails", "other-domain", "dkim", "dkim-of-another", "lookalike", "spf", "softfail", "none", "stranger", "not-topmost",
        "forged-below", "in-a-comment", "comment-passes", "two-senders", "missing",
    ],
)  # fmt: skip
def test_only_the_trusted_host_vouches_for_a_sender(lines: list[str], verdict: AuthVerdict) -> None:
    assert read(*lines, "From: Ann <ann@alder.example>", host=HOST).authentication.verdict is verdict


def test_without_a_trusted_host_nothing_is_believed() -> None:
    mail = read(f"Authentication-Results: {HOST}; dmarc=pass", "From: ann@alder.example")
    assert mail.authentication.verdict is AuthVerdict.NONE


def test_two_senders_prove_nothing() -> None:
    mail = read(f"Authentication-Results: {HOST}; dmarc=pass", "From: ann@alder.example, boss@alder.example", host=HOST)
    assert mail.from_ == Mailbox("", "ann@alder.example")
    assert mail.authentication.verdict is AuthVerdict.FAIL
    assert any("several senders" in problem for problem in mail.problems)


@pytest.mark.parametrize(
    ("lines", "kind", "weak"),
    [
        (["Auto-Submitted: no", "Precedence: bulk"], AutoKind.NONE, False),
        (["Auto-Submitted: auto-replied"], AutoKind.REPLIED, False),
        (["Auto-Submitted: auto-generated; x=y"], AutoKind.GENERATED, False),
        (["X-Autoreply: yes"], AutoKind.REPLIED, False),
        (["X-Autoreply: no"], AutoKind.NONE, False),
        (["Precedence: bulk"], AutoKind.BULK, False),
        (["Precedence: first-class"], AutoKind.NONE, False),
        (["List-Id: <x.example>"], AutoKind.BULK, False),
        (["Return-Path: <>"], AutoKind.GENERATED, False),
        (["Return-Path: <>", "From: MAILER-DAEMON@mx.example"], AutoKind.BOUNCE, False),
        (["From: Mailer-Daemon@mx.example"], AutoKind.BOUNCE, True),
        (["X-Auto-Response-Suppress: OOF"], AutoKind.GENERATED, True),
        (["X-Auto-Response-Suppress: None"], AutoKind.NONE, False),
        (["Subject: Automatic reply: Printer"], AutoKind.REPLIED, True),
        (["Subject: Re: Automatic reply: what is it?"], AutoKind.NONE, False),
        (["Subject: Printer"], AutoKind.NONE, False),
    ],
    ids=[
        "no-is-human", "replied", "generated", "autoreply", "autoreply-no", "bulk", "first-class", "list", "null-path", "daemon", "daemon-weak",
        "suppress", "suppress-none", "subject", "about-it", "person",
    ],
)  # fmt: skip
def test_automatic_mail_is_known(lines: list[str], kind: AutoKind, weak: bool) -> None:
    verdict = read(*lines).automatic
    assert (verdict.kind, verdict.weak) == (kind, weak)
    assert bool(verdict.evidence) == (kind is not AutoKind.NONE or lines[0] == "Auto-Submitted: no")


def test_a_bounce_says_whose_mail_did_not_arrive() -> None:
    mail = read(
        "From: MAILER-DAEMON@mx.example", "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        body="--b\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; Ben@alder.example\n"
        "Action: Failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <ours@partner.example>\n"
        "Subject: old\n\nold\n--b--\n",
    )  # fmt: skip
    assert mail.report is not None
    [failed] = mail.report.recipients
    assert (failed.address, failed.action, failed.status, failed.detail) == (
        "ben@alder.example",
        "failed",
        "5.1.1",
        "smtp; 550 no such user",
    )
    assert mail.report.original_message_id == "<ours@partner.example>"
    assert (mail.automatic.kind, mail.visible, len(mail.files)) == (AutoKind.BOUNCE, "It did not arrive.", 1)
