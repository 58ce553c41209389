"""Secret links in mails: encrypted in the row, put in at sending, wiped when sent (DESIGN.md 4).

The key comes from the portal's secret key: a stolen database alone opens no link.
"""

from cryptography.fernet import InvalidToken
from django.utils.translation import gettext as _

from portal.secrecy import key_for

MARK = "[[secret link]]"
REMOVED = "(the link is not kept here)"

PURPOSE = "portal.outbox.secret-link"


def lock(link: str) -> bytes:
    """The link, encrypted for Outbox.secret."""
    return key_for(PURPOSE).encrypt(link.encode())


def unlock(secret: bytes | memoryview) -> str:
    """The link again. Raises UnreadableSecret when the portal's secret key has changed since."""
    try:
        return key_for(PURPOSE).decrypt(bytes(secret)).decode()
    except InvalidToken as error:
        raise UnreadableSecret(_("The link was encrypted under another secret key; make a new invitation.")) from error


class UnreadableSecret(Exception):
    """The link cannot be read any more: PORTAL_SECRET_KEY is not the one it was written with."""


def put_in(body: str, link: str | None) -> str:
    """The body with its link in place of the mark, or with a sentence that it is gone."""
    return body.replace(MARK, REMOVED if link is None else link)
