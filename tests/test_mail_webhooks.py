"""Mail that services post: stored byte for byte before anybody reads it, once, and only when the service is who it says."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from django.test import Client as Browser

from portal import clock
from portal.actors import SYSTEM
from portal.env import BadSetting, Reader
from portal.mailin import SIZE_LIMIT
from portal.mailservices import NotBelieved, Post, Unusable, check_signed, form_of, parts_of
from portal.models import Alarm, Outbox
from portal.tenancy import act_as_staff
from portal.views.webhooks import MOST_POSTED
from tests.cast import MORNING, World
from tests.catalogue import owner_session
from tests.mails import DESK, raw_mail
from tickets.actions.mailin import read_waiting_mail
from tickets.models import Message, RawMail, Ticket
from tickets.rules.mail.verdict import RawState

pytestmark = [pytest.mark.django_db, pytest.mark.clause("SUB-1")]
LOGIN = "our-mail-service:correct-horse-battery"
KEY = "key-0123456789abcdef0123456789abcdef"
BOUNDARY = "xYzZY-drawn-by-the-service"
NASTY = b"\x00\xff\xfe 8-bit, a lone CR\r and a lone LF\n--not-ours\r\n"


@pytest.fixture(autouse=True)
def configured(world: World, settings: Any, frozen: Any) -> None:
    frozen(MORNING)
    logins = dict.fromkeys(("postmark", "sendgrid", "ses"), LOGIN)
    settings.PORTAL_WEBHOOKS = {**logins, "mailgun": KEY, "sendgrid_key": ""}


def auth(login: str = LOGIN) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()}


def post(name: str, body: bytes, content_type: str = "application/json", headers: Any = None, tail: str = "") -> Any:
    path = f"/webhooks/mail/{name}/{tail}"
    return Browser(enforce_csrf_checks=True).generic("POST", path, body, content_type, headers=headers or {})


def multipart(fields: dict[str, bytes]) -> tuple[bytes, str]:
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (BOUNDARY.encode(), name.encode(), value)
        for name, value in fields.items()
    ]
    return b"".join(parts) + b"--%s--\r\n" % BOUNDARY.encode(), f"multipart/form-data; boundary={BOUNDARY}"


def postmark(raw: bytes, event: str = "e-1", **more: Any) -> Any:
    said = {
        "MessageID": event,
        "OriginalRecipient": DESK,
        "RawEmail": raw.decode(),
        "From": "liar@else.example",
        **more,
    }
    return post("postmark", json.dumps(said).encode(), headers=auth())


def mailgun_fields(raw: bytes, event: str = "e-1", key: str = KEY, age: int = 0) -> dict[str, bytes]:
    stamp = str(int(clock.real_now().timestamp()) - age)
    good = hmac.new(key.encode(), f"{stamp}{event}".encode(), hashlib.sha256).hexdigest()
    said = {"timestamp": stamp, "token": event, "signature": good, "recipient": DESK, "sender": "ben@example.org"}
    return {name: value.encode() for name, value in said.items()} | {"body-mime": raw, "from": b"liar@else.example"}


def mailgun(raw: bytes, event: str = "e-1", **more: Any) -> Any:
    return post("mailgun", *multipart(mailgun_fields(raw, event, **more)), tail="mime")


def sendgrid(raw: bytes, event: str = "", headers: Any = None) -> Any:
    envelope = json.dumps({"from": "ben@example.org", "to": [DESK, "other@else.example"]}).encode()
    body, kind = multipart({"envelope": envelope, "from": b"liar@else.example", "email": raw})
    return post("sendgrid", body, kind, auth() | (headers or {}))


def ses(raw: bytes, event: str = "e-1", **more: Any) -> Any:
    receipt = {"recipients": [DESK], "action": {"type": "SNS", "encoding": "BASE64"}}
    mail = {"source": "ben@example.org"}
    notice = {
        "notificationType": "Received",
        "mail": mail,
        "receipt": receipt,
        "content": base64.b64encode(raw).decode(),
    }
    said = {"Type": "Notification", "MessageId": event, "Message": json.dumps(notice), **more}
    return post("ses", json.dumps(said).encode(), "text/plain; charset=UTF-8", auth())


SENDERS = {"postmark": postmark, "mailgun": mailgun, "sendgrid": sendgrid, "ses": ses}
every_service = pytest.mark.parametrize("name", SENDERS)
byte_for_byte = pytest.mark.parametrize("name", ["mailgun", "sendgrid", "ses"])


def rows() -> list[RawMail]:
    with act_as_staff(SYSTEM):
        return list(RawMail.objects.order_by("id"))


@every_service
def test_a_mail_is_stored_then_becomes_a_request_of_who_wrote_it(world: World, name: str) -> None:
    """What the service says of the sender counts for nothing."""
    raw = raw_mail(world.ben, "It beeps", passed=True)
    assert SENDERS[name](raw).status_code == 200
    [row] = rows()
    assert (row.state, row.source, bytes(row.raw), row.envelope_to) == (RawState.STORED, f"webhook {name}", raw, [DESK])
    with act_as_staff(SYSTEM):
        assert read_waiting_mail(MORNING) == 1
        [ticket] = Ticket.objects.all()
        assert (ticket.requester, ticket.channel) == (world.ben.membership, "email")
        assert [one.to_email for one in Outbox.objects.all()] == ["ben@example.org"]


@every_service
def test_the_same_event_again_is_stored_once_and_answered_alike(world: World, name: str) -> None:
    raw = raw_mail(world.ben, "Once")
    assert [SENDERS[name](raw).status_code for _ in range(3)] == [200, 200, 200]
    assert len(rows()) == 1
    with act_as_staff(SYSTEM):
        read_waiting_mail(MORNING)
    assert SENDERS[name](raw).status_code == 200
    with act_as_staff(SYSTEM):
        assert read_waiting_mail(MORNING) == 0
        assert (RawMail.objects.count(), Message.objects.count()) == (1, 1)


@byte_for_byte
def test_nothing_of_a_mail_is_changed_on_the_way(world: World, name: str) -> None:
    raw = raw_mail(world.ben, "Bytes") + NASTY
    assert SENDERS[name](raw).status_code == 200
    [row] = rows()
    assert bytes(row.raw) == raw and row.sha256 == hashlib.sha256(raw).hexdigest()


def test_a_form_in_the_browsers_coding_is_read_as_well(world: World) -> None:
    raw = raw_mail(world.ben, "Coded") + NASTY
    body = urlencode(mailgun_fields(raw)).encode()
    assert post("mailgun", body, "application/x-www-form-urlencoded", tail="mime").status_code == 200
    assert bytes(rows()[0].raw) == raw


@pytest.mark.parametrize("name", ["postmark", "sendgrid", "ses"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic !"},
        {"Authorization": "Basic é"},
        auth("our-mail-service:wrong"),
        auth(""),
        {"Authorization": "Bearer " + LOGIN},
    ],
    ids=["broken", "not ascii", "wrong", "empty", "another way"],
)
def test_a_wrong_password_stores_nothing(name: str, headers: dict[str, str]) -> None:
    assert post(name, b"{}", headers=headers).status_code == 403
    assert rows() == []


def test_who_shows_no_password_at_all_is_asked_for_it_only_where_the_service_waits_for_that() -> None:
    asked = post("ses", b"{}")
    assert (asked.status_code, asked.headers["WWW-Authenticate"]) == (401, 'Basic realm="mail"')
    assert post("postmark", b"{}").status_code == 403
    assert rows() == []


@pytest.mark.parametrize(
    "more",
    [{"key": "another-key-0123456789abcdef"}, {"age": 3 * 24 * 3600}, {"age": -3 * 24 * 3600}, {"event": ""}],
    ids=["another key", "too old", "of the future", "no token"],
)
def test_a_wrong_signature_of_mailgun_stores_nothing(world: World, more: dict[str, Any]) -> None:
    assert mailgun(raw_mail(world.ben), **more).status_code == 403
    assert rows() == []


def test_a_signature_that_was_overheard_brings_no_second_mail(world: World) -> None:
    """Mailgun signs the time and a token, not the mail: so each token brings one mail, whatever comes with it later."""
    assert mailgun(raw_mail(world.ben, "True")).status_code == 200
    assert mailgun(raw_mail(world.bea, "Forged")).status_code == 200
    assert [b"True" in bytes(row.raw) for row in rows()] == [True]


@pytest.fixture
def signer(settings: Any) -> EllipticCurvePrivateKey:
    key = generate_private_key(SECP256R1())
    shown = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    settings.PORTAL_WEBHOOKS["sendgrid_key"] = base64.b64encode(shown).decode()
    return key


def test_sendgrids_signature_is_asked_for_where_its_key_is_set(world: World, signer: EllipticCurvePrivateKey) -> None:
    body, kind = multipart({"email": raw_mail(world.ben), "envelope": b"{}"})
    signed = base64.b64encode(signer.sign(b"1700000000" + body, ECDSA(SHA256()))).decode()
    proof = {
        "X-Twilio-Email-Event-Webhook-Timestamp": "1700000000",
        "X-Twilio-Email-Event-Webhook-Signature": signed,
    }
    assert post("sendgrid", body, kind, auth()).status_code == 403
    assert post("sendgrid", body + b" ", kind, auth() | proof).status_code == 403
    assert post("sendgrid", body, kind, proof).status_code == 403  # the password counts all the same
    assert rows() == []
    assert post("sendgrid", body, kind, auth() | proof).status_code == 200
    assert len(rows()) == 1


def test_a_service_that_is_not_set_up_is_not_there(settings: Any, world: World) -> None:
    settings.PORTAL_WEBHOOKS = dict.fromkeys(settings.PORTAL_WEBHOOKS, "")
    assert {SENDERS[name](raw_mail(world.ben)).status_code for name in SENDERS} == {404}
    assert post("sendgrid_key", b"{}").status_code == post("elsewhere", b"{}").status_code == 404
    assert rows() == []


def test_only_posts_are_answered() -> None:
    assert Browser().get("/webhooks/mail/postmark/").status_code == 405


@pytest.mark.parametrize(
    ("send", "words"),
    [
        (lambda raw: postmark(raw, RawEmail=None), "Include raw email content"),
        (lambda raw: mailgun(b""), "ends in /mime"),
        (lambda raw: sendgrid(b""), "raw, full MIME"),
        (lambda raw: ses(raw, Message=json.dumps({"receipt": {}, "mail": {}})), "in Base64"),
        (lambda raw: ses(raw, Message="[]"), "not the JSON"),
        (
            lambda raw: ses(raw, Type="SubscriptionConfirmation", SubscribeURL="https://sns.test/x"),
            "https://sns.test/x",
        ),
        (lambda raw: post("postmark", b"[" * 100_000, headers=auth()), "not the JSON"),
        (lambda raw: post("sendgrid", b"?", "text/plain", auth()), "not the form"),
        (lambda raw: post("sendgrid", b"?", "multipart/form-data", auth()), "not the form"),
    ],
    ids=["postmark", "mailgun", "sendgrid", "ses", "list", "subscription", "deep", "no form", "no boundary"],
)
def test_what_cannot_be_taken_stays_with_the_service_and_staff_are_told(world: World, send: Any, words: str) -> None:
    raw = raw_mail(world.ben)
    assert send(raw).status_code == 503
    assert rows() == []
    with act_as_staff(SYSTEM):
        [alarm] = Alarm.objects.filter(kind="mail service", cleared_at__isnull=True)
        assert words in alarm.cure
    assert SENDERS[alarm.subject_type](raw).status_code == 200
    with act_as_staff(SYSTEM):
        assert not Alarm.objects.filter(cleared_at__isnull=True).exists()


def test_what_is_too_large_is_refused_before_it_is_read(world: World) -> None:
    answer = Browser().generic(
        "POST", "/webhooks/mail/postmark/", b"{}", headers=auth(), CONTENT_LENGTH=str(MOST_POSTED + 1)
    )
    assert answer.status_code == 413
    large = raw_mail(world.ben) + b"x" * SIZE_LIMIT
    assert sendgrid(large).status_code == 413
    assert rows() == []
    with act_as_staff(SYSTEM):
        assert Alarm.objects.filter(kind="mail service", sentence__contains="35 MB").count() == 2


def test_a_mail_larger_than_any_form_is_taken(world: World, settings: Any) -> None:
    raw = raw_mail(world.ben) + b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert mailgun(raw).status_code == 200
    assert rows()[0].size == len(raw)


@contextmanager
def held(table: str) -> Iterator[None]:
    """Somebody else holds a table for good, as a migration might."""
    with closing(psycopg2.connect(**owner_session(connection.settings_dict["NAME"]))) as other:
        with other.cursor() as cursor:
            cursor.execute(f"lock table {table} in access exclusive mode")
        yield


def test_where_it_cannot_be_stored_the_service_keeps_it(world: World) -> None:
    with held("tickets_rawmail"):
        assert postmark(raw_mail(world.ben)).status_code == 503
    assert postmark(raw_mail(world.ben)).status_code == 200
    assert len(rows()) == 1


def test_the_parts_of_a_form_are_taken_byte_for_byte() -> None:
    body, kind = multipart({"a": NASTY, "b": b"", "c": b"--" + BOUNDARY.encode()[:4]})
    assert form_of(Post({"content-type": kind}, body)) == {"a": NASTY, "b": b"", "c": b"--xYzZ"}
    assert parts_of(b"", b"x") == [] and parts_of(b"--x--\r\n", b"x") == []
    with pytest.raises(Unusable):
        form_of(Post({"content-type": "application/x-www-form-urlencoded"}, b"&".join([b"a=1"] * 300)))
    with pytest.raises(NotBelieved):
        check_signed(Post({"x-twilio-email-event-webhook-signature": "!"}, b""), "")


@pytest.mark.parametrize("value", ["short", "a" * 40, "aabb" * 10], ids=["short", "one letter", "few letters"])
def test_a_secret_that_can_be_guessed_is_refused_by_name(value: str) -> None:
    with pytest.raises(BadSetting, match="PORTAL_WEBHOOK_MAILGUN"):
        Reader({"PORTAL_WEBHOOK_MAILGUN": value}).shared("PORTAL_WEBHOOK_MAILGUN")
    with pytest.raises(BadSetting, match="lacks a password"):
        Reader({"X": "a-name-without-any-password"}).login("X")
    assert Reader({}).login("X") == Reader({}).shared("X") == ""
    assert Reader({"X": LOGIN}).login("X") == LOGIN
