"""Mail that a mail service posts to us: who is believed, and the mail as it was sent. Pure: bytes in, values out.

Of what a service posts only the raw mail counts, with the envelope that it arrived in; what the service read out of the mail
is left alone, for we read it ourselves. This is not django-anymail's reading of such posts, which takes a whole post of any
size before it knows who sent it, and the service's own parts of a mail.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.utils.translation import gettext as _

# A service tries again for hours with the same signature; older than this nobody sends.
OLDEST_SIGNATURE = timedelta(days=2)
MOST_PARTS = 200
Secrets = Mapping[str, str]


class NotBelieved(Exception):
    """The post does not prove that the service sent it."""


class Unusable(Exception):
    """The service sent it, but not in the form that we take; the sentence says what to change there."""


@dataclass(frozen=True, slots=True)
class Post:
    """What came: the headers by their small-letter names, and the whole body."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail as it was sent. `event`: the service's own name for it, the same each time it is posted; `sender` and
    `recipients`: its envelope, where the service says it."""

    event: str
    raw: bytes
    sender: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A mail service: `knock` is asked before the body is read, `read` with it. Both raise NotBelieved. waits: it shows its
    password only when it is asked for one."""

    label: str
    knock: Callable[[Mapping[str, str], str], None]
    read: Callable[[Post, Secrets, datetime], Delivery]
    waits: bool = False

    @property
    def proves_first(self) -> bool:
        """Whether it has shown who it is before its body is read."""
        return self.knock is not nothing_yet


# A name and a boundary stand in the first kilobytes, or nowhere.
LONGEST_HEAD = 2048
BOUNDARY = re.compile(r'boundary=(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
NAME = re.compile(rb'[;\s]name="([^"\r\n]{1,100})"')


def basic(headers: Mapping[str, str], secret: str) -> None:
    """The name and password that the service was told, as it stands before the @ of the address it posts to."""
    way, _space, coded = headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(coded.strip(), validate=True)
    except ValueError:
        given = b""
    if way.lower() != "basic" or not hmac.compare_digest(given, secret.encode()):
        raise NotBelieved


def nothing_yet(headers: Mapping[str, str], secret: str) -> None:
    """The proof stands in the body."""


def from_postmark(post: Post, secrets: Secrets, real_at: datetime) -> Delivery:
    said = fields_of_json(post.body)
    if not isinstance(said.get("RawEmail"), str) or not said["RawEmail"]:
        raise Unusable(_("Switch on “Include raw email content in JSON payload” for the inbound stream at Postmark."))
    return Delivery(
        event=text(said, "MessageID"),
        raw=said["RawEmail"].encode("utf-8", "replace"),
        recipients=tuple(filter(None, [text(said, "OriginalRecipient")])),
    )


def from_mailgun(post: Post, secrets: Secrets, real_at: datetime) -> Delivery:
    try:
        said = form_of(post)
    except Unusable as error:
        raise NotBelieved from error  # anybody may post here, and nothing is proved yet
    stamp, token = word(said, "timestamp"), word(said, "token")
    good = hmac.new(secrets["mailgun"].encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    if (
        not token
        or not hmac.compare_digest(word(said, "signature").encode(), good.encode())
        or not fresh(stamp, real_at)
    ):
        raise NotBelieved
    if not said.get("body-mime"):
        raise Unusable(
            _("Let the route at Mailgun forward to the address that ends in /mime: only then it sends the raw mail.")
        )
    return Delivery(
        event=token,
        raw=said["body-mime"],
        sender=word(said, "sender"),
        recipients=tuple(filter(None, [word(said, "recipient")])),
    )


def fresh(stamp: str, real_at: datetime) -> bool:
    """Whether a signature is of these days; each of them counts once anyway, for its token is the mail's number."""
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        return False
    return abs(real_at.timestamp() - int(stamp)) <= OLDEST_SIGNATURE.total_seconds()


def from_sendgrid(post: Post, secrets: Secrets, real_at: datetime) -> Delivery:
    if secrets.get("sendgrid_key"):
        check_signed(post, secrets["sendgrid_key"])
    said = form_of(post)
    if not said.get("email"):
        raise Unusable(_("Tick “POST the raw, full MIME message” in the Inbound Parse settings at SendGrid."))
    envelope = fields_of_json(said.get("envelope", b"{}"))
    to = envelope.get("to")
    recipients = [one for one in to if isinstance(one, str)] if isinstance(to, list) else []
    # SendGrid gives a mail no name of its own; the same bytes again are the same mail.
    event = hashlib.sha256(said["email"]).hexdigest()
    return Delivery(event=event, raw=said["email"], sender=text(envelope, "from"), recipients=tuple(recipients))


def check_signed(post: Post, key: str) -> None:
    """SendGrid's signature over the time and the whole body."""
    signed = post.headers.get("x-twilio-email-event-webhook-timestamp", "").encode() + post.body
    try:
        signature = base64.b64decode(post.headers.get("x-twilio-email-event-webhook-signature", ""), validate=True)
        public_key(key).verify(signature, signed, ECDSA(SHA256()))
    except (ValueError, InvalidSignature) as error:
        raise NotBelieved from error


def public_key(key: str) -> EllipticCurvePublicKey:
    """The key as SendGrid shows it. Raises ValueError."""
    loaded = load_der_public_key(base64.b64decode(key, validate=True))
    if not isinstance(loaded, EllipticCurvePublicKey):
        raise ValueError("not a key of an elliptic curve")
    return loaded


def from_ses(post: Post, secrets: Secrets, real_at: datetime) -> Delivery:
    """Amazon SES's receiving rule with the action “publish to SNS topic”: the notice holds the mail itself."""
    said = fields_of_json(post.body)
    if text(said, "Type") == "SubscriptionConfirmation":
        where = text(said, "SubscribeURL")[:250]
        raise Unusable(_("Confirm the subscription at Amazon: open %(where)s") % {"where": where})
    notice = fields_of_json(text(said, "Message").encode("utf-8", "replace"))
    receipt, content = section(notice, "receipt"), text(notice, "content")
    if not content:
        raise Unusable(
            _("Let the receiving rule at Amazon SES publish to the SNS topic itself, in Base64, not by way of S3.")
        )
    coded = text(section(receipt, "action"), "encoding").upper() == "BASE64"
    to = receipt.get("recipients")
    return Delivery(
        event=text(said, "MessageId"),
        raw=decoded(content) if coded else content.encode("utf-8", "replace"),
        sender=text(section(notice, "mail"), "source"),
        recipients=tuple(one for one in to if isinstance(one, str)) if isinstance(to, list) else (),
    )


def decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except ValueError as error:
        raise Unusable(_("The content that Amazon SES sends is not the Base64 that it claims to be.")) from error


def fields_of_json(body: bytes) -> dict[str, Any]:
    """The fields of a JSON object. Raises Unusable."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unusable(_("The post is not the JSON that this service sends.")) from error
    if not isinstance(said, dict):
        raise Unusable(_("The post is not the JSON that this service sends."))
    return said


def section(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def text(said: Mapping[str, Any], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""


def word(said: Mapping[str, bytes], name: str) -> str:
    return said.get(name, b"").decode("utf-8", "replace")


def form_of(post: Post) -> dict[str, bytes]:
    """The fields of a form, byte for byte; the last of a name counts. Django's own reading takes at most 5 MB. Raises Unusable.

    Nobody has proved who posts, so nothing here looks at more than a little of a head.
    """
    said = post.headers.get("content-type", "")[:LONGEST_HEAD]
    kind = said.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return dict(pairs_of(post.body))
    boundary = BOUNDARY.search(said)
    if kind != "multipart/form-data" or boundary is None:
        raise Unusable(_("The post is not the form that this service sends."))
    return dict(parts_of(post.body, (boundary[1] or boundary[2]).encode("utf-8", "replace")))


def pairs_of(body: bytes) -> list[tuple[str, bytes]]:
    """The fields of a form in the browser's own coding."""
    try:
        pairs = parse_qsl(body.decode("latin-1"), True, encoding="latin-1", max_num_fields=MOST_PARTS)
    except ValueError as error:
        raise Unusable(_("The post has more fields than this service sends.")) from error
    return [(name, value.encode("latin-1")) for name, value in pairs]


def parts_of(body: bytes, boundary: bytes) -> list[tuple[str, bytes]]:
    """The named parts of a multipart form. The service draws the boundary, so no sender can write it into a mail."""
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary, MOST_PARTS)[1:]
    found = []
    for piece in pieces:
        if not piece.startswith(b"\r\n"):
            continue
        end = piece.find(b"\r\n\r\n", 2, LONGEST_HEAD)
        name = NAME.search(piece, 2, end) if end > 0 else None
        if name is not None:
            found.append((name[1].decode("utf-8", "replace"), piece[end + 4 :]))
    return found


SERVICES = {
    "postmark": Service("Postmark", basic, from_postmark),
    "mailgun": Service("Mailgun", nothing_yet, from_mailgun),
    "sendgrid": Service("SendGrid", basic, from_sendgrid),
    "ses": Service("Amazon SES", basic, from_ses, waits=True),
}
