"""Handing taken files back to a form that was not yet in order, so that nobody has to choose them again.

The token is signed and names its owner: another person, or a changed byte, gets nothing. It lives two hours.
"""

from collections.abc import Iterable
from dataclasses import asdict

from django.core import signing

from portal.files.store import is_stored
from portal.files.taken import Taken

SALT = "portal.files.taken"
SECONDS = 2 * 60 * 60


def token_of(taken: Taken, owner: str) -> str:
    """`owner` says who may hand it in again, such as "user 7 client 3"."""
    return signing.dumps({"owner": owner, "file": asdict(taken)}, salt=SALT, compress=True)


def taken_from(token: str, owner: str) -> Taken | None:
    """The file behind a token; None when it is too old, somebody else's, forged, or no longer stored."""
    try:
        content = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    if content["owner"] != owner or not is_stored(content["file"]["storage_name"]):
        return None
    return Taken(**content["file"])


def tokens_of(files: Iterable[Taken], owner: str) -> list[tuple[str, Taken]]:
    return [(token_of(taken, owner), taken) for taken in files]
