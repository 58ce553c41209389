"""One conversation with an IMAP server: the numbers of its mails, their bytes, and the mark that we have them.

Nothing here reads a mail or knows the database. Always over TLS with a verified certificate, only with a host that the settings
name, ten seconds a step.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from portal.outbound import OutsideFailed, ask_json, origin
from tickets.rules.mailboxes import Security, Way

TIMEOUT = 10.0
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
SCOPE = "https://outlook.office365.com/.default"


class BoxRefused(Exception):
    """The server does not let us in, or there is no such folder: a person must mend it."""


class BoxAway(Exception):
    """The server is away, too slow, or the line broke: it may go better the next time."""


class LetterRefused(Exception):
    """The server does not give one mail out; the others it may."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where to go and as whom."""

    host: str
    port: int
    security: Security
    user: str
    folder: str
    way: Way
    tenant: str = ""
    application: str = ""
    secret: str = field(default="", repr=False)


class Line:
    """An open folder. uidvalidity: the server's name for this numbering of its mails."""

    def __init__(self, box: BaseMailBox) -> None:
        self.box = box
        said = box.client.response("UIDVALIDITY")[1]
        self.uidvalidity = int(said[0] or 0) if said else 0
        # Asked anew: before the sign-in servers name fewer.
        self.can_move = b"MOVE" in (box.client.capability()[1][0] or b"").upper().split()

    def uids_after(self, last: int) -> list[int]:
        """The numbers above `last`, the lowest first."""
        found = (int(uid) for uid in self.box.uids(f"UID {last + 1}:*", charset=None))
        return sorted(uid for uid in found if uid > last)

    def waiting(self) -> int:
        """How many mails nobody has marked as seen."""
        return len(self.box.uids("UNSEEN", charset=None))

    def size(self, uid: int) -> int | None:
        """In bytes; None for a mail that has gone meanwhile."""
        for part in self.asked(uid, "(RFC822.SIZE)"):
            found = SIZE.search(part) if isinstance(part, bytes) else None
            if found:
                return int(found[1])
        return None

    def raw(self, uid: int) -> bytes | None:
        """The mail as it stands there, unmarked; None for one that has gone meanwhile. Raises LetterRefused."""
        return next((part[1] for part in self.asked(uid, "(BODY.PEEK[])") if isinstance(part, tuple)), None)

    def asked(self, uid: int, what: str) -> Sequence[tuple[bytes, bytes] | bytes | None]:
        status, parts = self.box.client.uid("FETCH", str(uid), what)
        if status != "OK":
            raise LetterRefused(_("The server does not give out mail %(uid)s.") % {"uid": uid})
        return parts

    def finish(self, uid: int, done_folder: str) -> bool:
        """Mark a mail as seen, and move it where the dealt-with ones lie. False when the server does not let us.

        A plain STORE: the library's own marking also deletes for good what the mailbox's owner marked as deleted.
        """
        status, _parts = self.box.client.uid("STORE", str(uid), "+FLAGS", r"(\Seen)")
        if status != "OK":
            return False
        if not done_folder:
            return True
        if not self.can_move:
            return False
        status, _parts = self.box.client.uid("MOVE", str(uid), self.box.client._quote(done_folder))
        return bool(status == "OK")


@contextmanager
def opened(account: Account) -> Iterator[Line]:
    """A line to the folder. Raises BoxRefused and BoxAway, from what happens inside too."""
    if account.host not in settings.PORTAL_MAILBOX_HOSTS:
        raise BoxRefused(_("%(host)s is not among the servers in PORTAL_MAILBOX_HOSTS.") % {"host": account.host})
    proof = token_for(account) if account.way == Way.MICROSOFT else account.secret
    try:
        box = connected(account)
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise BoxAway(f"{account.host}: {error}") from error
    try:
        sign_in(box, account, proof)
        yield Line(box)
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise BoxAway(f"{account.host}: {error}") from error
    finally:
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):  # a line that broke cannot be taken leave of
            box.logout()
        with suppress(OSError):  # closed already, where the leave was taken
            box.client.shutdown()


def connected(account: Account) -> BaseMailBox:
    trust = ssl.create_default_context(cafile=settings.PORTAL_MAILBOX_CA or None)
    kind = MailBox if account.security == Security.TLS else MailBoxStartTls
    return kind(account.host, account.port, timeout=TIMEOUT, ssl_context=trust)


def sign_in(box: BaseMailBox, account: Account, proof: str) -> None:
    """Raises BoxRefused where a person must mend it; a server that cannot tell just now is away."""
    try:
        if account.way == Way.MICROSOFT:
            box.xoauth2(account.user, proof, initial_folder=None)
        elif account.user.isascii() and proof.isascii():
            box.login(account.user, proof, initial_folder=None)
        else:
            box.login_utf8(account.user, proof, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, MailboxLoginError) as error:
        if "UNAVAILABLE" in str(error).upper():
            raise
        raise BoxRefused(
            _("%(host)s does not let %(user)s in.") % {"host": account.host, "user": account.user}
        ) from error
    try:
        box.folder.set(account.folder)
    except MailboxFolderSelectError as error:
        raise BoxRefused(_("There is no folder “%(folder)s”.") % {"folder": account.folder}) from error


def token_for(account: Account) -> str:
    """A token of the application itself, for this one conversation. Raises BoxRefused and BoxAway."""
    address = f"{settings.PORTAL_MICROSOFT_LOGIN}/{account.tenant}/oauth2/v2.0/token"
    asked = {
        "grant_type": "client_credentials",
        "client_id": account.application,
        "client_secret": account.secret,
        "scope": SCOPE,
    }
    try:
        answer = ask_json("POST", address, allowed=origin(settings.PORTAL_MICROSOFT_LOGIN), form=asked)
    except OutsideFailed as failed:
        if failed.status in (400, 401, 403):
            raise BoxRefused(_("Microsoft gives no token: the application or its secret is refused.")) from failed
        raise BoxAway(str(failed)) from failed
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise BoxRefused(_("Microsoft gives no token: the answer holds none."))
    return token
