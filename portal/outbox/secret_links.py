"""Secret links in mails: encrypted in the row, put in at sending, wiped when sent (DESIGN.md 4).

The key comes from the portal's secret key: a stolen database alone opens no link.
"""

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

MARK = "[[secret link]]"
REMOVED = "(the link is not kept here)"


def _key() -> Fernet:
    digest = sha256(b"portal.outbox.secret-link\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def lock(link: str) -> bytes:
    """The link, encrypted for Outbox.secret."""
    return _key().encrypt(link.encode())


def unlock(secret: bytes | memoryview) -> str:
    """The link again. Raises UnreadableSecret when the portal's secret key has changed since."""
    try:
        return _key().decrypt(bytes(secret)).decode()
    except InvalidToken as error:
        raise UnreadableSecret("The link was encrypted under another secret key; make a new invitation.") from error


class UnreadableSecret(Exception):
    """The link cannot be read any more: PORTAL_SECRET_KEY is not the one it was written with."""


def put_in(body: str, link: str | None) -> str:
    """The body with its link in place of the mark, or with a sentence that it is gone."""
    return body.replace(MARK, REMOVED if link is None else link)
