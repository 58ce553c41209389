"""Words, files and shells: whatever the shape of a mail, something readable results and no file is lost."""

import base64
import email.policy
import struct
from email.message import EmailMessage

import pytest
from asn1crypto import cms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mailcorpus import Kind, corpus
from tickets.rules.mail.limits import FILES
from tickets.rules.mail.parse import parse, unreadable
from tickets.rules.mail.shape import ParsedMail


def multipart(sub: str, *parts: str) -> bytes:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return f"From: a@b.example\r\nContent-Type: multipart/{sub}; boundary=b\r\n\r\n{body}--b--\r\n".encode()


def attr(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(body: bytes, *files: tuple[bytes, bytes]) -> bytes:
    """A winmail.dat as Outlook makes them: a text, and files with their names."""
    box = struct.pack("<IH", 0x223E9F78, 1) + attr(1, 0x9007, 6, struct.pack("<II", 1252, 0)) + attr(1, 0x800C, 1, body)
    for name, data in files:
        box += attr(2, 0x9002, 6, b"\0" * 14) + attr(2, 0x8010, 1, name + b"\0") + attr(2, 0x800F, 6, data)
    return box


def coded(kind: str, data: bytes, name: str = "") -> str:
    return f"Content-Type: {kind}{f'; name={name}' if name else ''}\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(data).decode()}"


def test_a_winmail_is_unpacked() -> None:
    mail = parse(
        multipart(
            "mixed",
            coded("application/ms-tnef", winmail(b"The real words.\0", (b"plan.txt", b"the plan")), "winmail.dat"),
        )
    )
    assert mail.visible == "The real words."
    assert [(file.name, file.data) for file in mail.files] == [("plan.txt", b"the plan")]


def test_a_winmail_of_many_pieces_stays_a_file() -> None:
    mail = parse(
        multipart(
            "mixed", coded("application/ms-tnef", winmail(b"x") + attr(1, 0x8008, 1, b"\0" * 12) * 5_000, "winmail.dat")
        )
    )
    assert [file.name for file in mail.files] == ["winmail.dat"]
    assert mail.text == "(no readable text; 1 attachment)"
    assert any("winmail.dat" in problem for problem in mail.problems)


def signed_shell(inner: bytes, version: str = "v3") -> bytes:
    signed = {
        "version": version,
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "data", "content": inner},
        "signer_infos": [],
    }
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump()


@pytest.mark.parametrize("version", ["v1", "v3"])
def test_an_opaque_signature_is_opened(version: str) -> None:
    shell = signed_shell(b"Content-Type: text/plain\r\n\r\nSigned words.\r\n", version)
    mail = parse(b"From: a@b.example\r\n" + coded("application/pkcs7-mime", shell, "smime.p7m").encode())
    assert (mail.visible, mail.files) == ("Signed words.", ())


def test_shells_in_shells_end() -> None:
    inner = b"Content-Type: text/plain\r\n\r\nwords"
    for _ in range(10):
        inner = coded("application/pkcs7-mime", signed_shell(inner), "smime.p7m").encode()
    mail = parse(b"From: a@b.example\r\n" + inner)
    assert [file.name for file in mail.files] == ["smime.p7m"]


def test_an_encrypted_mail_says_so() -> None:
    info = cms.ContentInfo({"content_type": "enveloped_data", "content": cms.EnvelopedData({
        "version": "v0", "recipient_infos": [], "encrypted_content_info": cms.EncryptedContentInfo({
            "content_type": "data", "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": b"\0" * 16}, "encrypted_content": b"x"})})})  # fmt: skip
    mail = parse(b"From: a@b.example\r\n" + coded("application/pkcs7-mime", info.dump(), "smime.p7m").encode())
    assert any("encrypted" in problem for problem in mail.problems)
    assert mail.text == "(no readable text; 1 attachment)"


def test_an_invitation_reads_as_sentences() -> None:
    event = (
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VTIMEZONE\nDTSTART:16010101T000000\nEND:VTIMEZONE\nBEGIN:VEVENT\nSUMMARY:Visit to the off\n ice\n"
        "DTSTART;TZID=Europe/London:20261124T090000\nDTEND:20261124T100000Z\nLOCATION:Room\\, first floor\nORGANIZER;CN=Ann:mailto:ann@alder.example\nEND:VEVENT\n"
    )
    mail = parse(multipart("mixed", f"Content-Type: text/calendar\r\n\r\n{event}"))
    assert mail.visible == (
        "Invitation: Visit to the office\nFrom: 2026-11-24 09:00 Europe/London\nUntil: 2026-11-24 10:00 UTC\n"
        "Where: Room, first floor\nAsked by: ann@alder.example"
    )
    assert [file.name for file in mail.files] == ["file-1.ics"]


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        (
            "text/plain; format=flowed",
            "one \r\ntwo\r\n> three \r\n> four\r\n-- \r\nAnn",
            "one two\n> three four\n--\nAnn",
        ),
        ("text/plain; format=flowed; delsp=yes", "on \r\ne", "one"),
        ("text/html", "<p>one</p><script>x</script>", "one"),
        ("text/enriched", "<bold>one</bold>", "one"),
        ("text/plain; charset=utf-8", "\ufeffone", "one"),
        ("text/html; charset=utf-7", "+ADw-script+AD4-x+ADw-/script+AD4-one", "one"),
        ("text/plain", "a\0b\u202ec\u200bd", "abcd"),
        ("image/png", "x", "(no readable text; 1 attachment)"),
        ("text/plain", "", "(no readable text; 0 attachments)"),
        ("text/html", "<img src=x>", "(no readable text; 0 attachments)"),
    ],
    ids=["flowed", "delsp", "html", "enriched", "bom", "utf-7", "unseen", "picture", "nothing", "empty-html"],
)
def test_what_stands_in_the_text(head: str, body: str, words: str) -> None:
    assert parse(f"Content-Type: {head}\r\n\r\n{body}".encode()).text == words


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ('filename="../../etc/passwd"', "passwd"),
        ("filename=\"C:\\\\Users\\\\x\\\\plan.pdf\"", "plan.pdf"),
        ("filename*=UTF-8''a%E2%80%AEfdp.exe", "afdp.exe"),
        ("filename*=UTF-8''a%0D%0AX:%20b.txt", "a X: b.txt"),
        ("filename*0=pl; filename*1*=%61n; filename*2=.pdf", "plan.pdf"),
        ("filename==?utf-8?q?Z=C3=B6e.txt?=", "Zöe.txt"),
        ('filename=""', "file-1.pdf"),
        ("filename=..", "file-1.pdf"),
    ],
    ids=["path", "windows", "direction", "line-end", "pieces", "encoded", "empty", "dots"],
)  # fmt: skip
def test_names_of_files_are_safe(given: str, shown: str) -> None:
    [file] = parse(
        multipart("mixed", f"Content-Type: application/pdf\r\nContent-Disposition: attachment; {given}\r\n\r\nx")
    ).files
    assert file.name == shown


def test_files_are_capped_and_it_is_told() -> None:
    mail = parse(multipart("mixed", *["Content-Type: application/pdf\r\n\r\nx"] * (FILES + 5)))
    assert len(mail.files) == FILES
    assert mail.limits_hit


def test_only_headers_are_left_of_a_mail_that_could_not_be_read() -> None:
    mail = unreadable(b"From: Ann <ann@alder.example>\r\nBcc: marker@x\r\nSubject: S\r\n\r\nmarker", "it took too long")
    assert (mail.from_.address, mail.subject, mail.unreadable) == ("ann@alder.example", "S", "it took too long")
    assert "marker" not in repr(mail)


def by_the_library(raw: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """The same mail as Python's own library reads it, where that is able to."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    files = [(part.get_filename() or "", part.get_payload(decode=True)) for part in message.iter_attachments()]
    return (body.get_content() if body else ""), files


def test_ordinary_mail_is_read_as_python_reads_it() -> None:
    """An oracle: on mails in good order our parser and the library's agree in words, people, subject and files."""
    compared = 0
    for specimen in corpus(400):
        name = specimen.name.partition("-")[2]
        if specimen.kind not in (Kind.NEW, Kind.REPLY) or name in (
            "uuencoded",
            "flowed",
            "invitation",
            "forwarded_as_file",
            "clear_signed",
            "words_between_files",
        ):
            continue
        words, files = by_the_library(specimen.raw)
        message = email.message_from_bytes(specimen.raw, policy=email.policy.default)
        mail = parse(specimen.raw)
        if words and "\ufffd" not in words:
            assert mail.text.split() == words.split(), specimen.name
        if name == "with_file":
            assert [(file.name, file.data) for file in mail.files] == files
        assert mail.subject == str(message["subject"])
        assert mail.from_.address == message["from"].addresses[0].addr_spec
        assert mail.from_.name == message["from"].addresses[0].display_name
        compared += 1
    assert compared > 50


def sound(mail: ParsedMail) -> None:
    assert mail.text.strip()
    assert mail.visible.strip()
    assert "".join(mail.text[span.start : span.end] for span in mail.spans) == mail.text
    assert mail.unreadable == ""
    assert "\n" not in mail.subject
    (mail.text + mail.html_safe + mail.html_history + mail.subject + mail.from_.name).encode("utf-8")


FUZZ = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@FUZZ
@given(st.binary(max_size=2_000))
def test_no_bytes_stop_it(raw: bytes) -> None:
    sound(parse(raw))


@FUZZ
@given(st.integers(0, 10_000), st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=6)), max_size=20))
def test_no_damage_to_a_mail_stops_it(seed: int, damage: list[tuple[int, bytes]]) -> None:
    raw = bytearray(corpus(60 + 1, seed=seed)[seed % 60].raw[:20_000])
    for at, data in damage:
        raw[at % (len(raw) + 1) : at % (len(raw) + 1) + len(data)] = data
    sound(parse(bytes(raw)))


TYPES = st.sampled_from(
    ["text/plain", "text/html", "multipart/mixed; boundary=b", "multipart/alternative; boundary=b", "multipart/report; boundary=b", "message/rfc822", "text/calendar",
     "multipart/related; boundary=c", "message/delivery-status", "application/ms-tnef", "application/pkcs7-mime", "image/png", "text/plain; charset=utf-7", "x"]
)  # fmt: skip
CODES = st.sampled_from(["", "base64", "quoted-printable", "uuencode", "8bit", "x"])
PARTS = st.recursive(
    st.tuples(TYPES, CODES, st.text(max_size=60)).map(lambda p: f"Content-Type: {p[0]}\r\nContent-Transfer-Encoding: {p[1]}\r\n\r\n{p[2]}"),
    lambda inner: st.tuples(TYPES, st.lists(inner, max_size=4)).map(
        lambda p: f"Content-Type: {p[0]}\r\n\r\n" + "".join(f"--b\r\n{one}\r\n" for one in p[1]) + "--b--\r\n"
    ),
    max_leaves=12,
)  # fmt: skip


@FUZZ
@given(PARTS)
def test_no_shape_of_parts_stops_it(part: str) -> None:
    sound(parse(("From: a@b.example\r\n" + part).encode("utf-8", "replace")))
