"""Speaking with the mail server, so that the instant before the final dot can be kept (HLP-5, D4).

PORTAL_SMTP_URL: smtps://user:password@host:465 (TLS at once) or smtp://user:password@host:587 (STARTTLS; without a password
only when the server offers it; never to this machine itself).
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Self
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext

from portal.env import LOCAL_HOSTS

TIMEOUT_SECONDS = 10
BARE_BREAKS = re.compile(rb"\r\n|\r|\n")
LEADING_DOT = re.compile(rb"(?m)^\.")


class Trouble(Exception):
    """The mail did not leave, and may be tried again: no connection, or the server said "later" (4xx)."""


class NoServer(Trouble):
    """There is no use in trying the next mail now: the server is away, or it refuses us altogether."""


class RefusedForEver(Exception):
    """The server refuses this mail for good (5xx)."""


class AddressRefused(RefusedForEver):
    """The server refuses the recipient's address for good (5xx to RCPT)."""


class AnswerLost(Exception):
    """The final dot was sent, and no answer came: the mail was probably accepted, nobody knows."""


class Post:
    """One conversation with the mail server: opened with the first mail, used for all of a batch.

    with Post() as post:
        post.send(sender, recipient, mail, before_dot)
    """

    def __init__(self, url: str = "") -> None:
        self.url = urlsplit(url or settings.PORTAL_SMTP_URL)
        self.server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Say goodbye. Every mail has had its answer by now, so a server that does not answer this loses nothing."""
        if self.server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.server.quit()
        self.hang_up()

    def send(self, sender: str, recipient: str, mail: bytes, before_dot: Callable[[], None]) -> str:
        """Hand over one mail and return the server's answer. `before_dot` runs when only the final dot is missing.

        Raises NoServer, Trouble, AddressRefused, RefusedForEver or AnswerLost, and whatever `before_dot` raises.
        """
        try:
            server = self.connected()
            self.offer(server, sender, recipient)
            server.send(dotted(mail))
        except (OSError, smtplib.SMTPException) as error:  # time-outs and lost connections, before the dot
            self.hang_up()
            raise NoServer(gettext("No connection: %(in_words)s") % {"in_words": in_words(error)}) from error
        except (Trouble, RefusedForEver):
            self.start_over()
            raise
        try:
            before_dot()
        except BaseException:
            self.hang_up()  # without the dot, the server forgets the mail
            raise
        return self.finish(server)

    def connected(self) -> smtplib.SMTP:
        """The open conversation, or a new one where the server has ended it since the last mail."""
        if self.server is not None:
            try:
                self.server.noop()
            except (OSError, smtplib.SMTPException):
                self.hang_up()
        if self.server is None:
            self.server = self.connect()
        return self.server

    def connect(self) -> smtplib.SMTP:
        host, port = str(self.url.hostname), self.url.port
        own = urlsplit(settings.PORTAL_URL).hostname
        tls = ssl.create_default_context()
        if self.url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, own, timeout=TIMEOUT_SECONDS, context=tls)
        else:
            server = smtplib.SMTP(host, port or (587 if self.url.username else 25), own, timeout=TIMEOUT_SECONDS)
        try:
            self.introduce(server, host, tls)
        except BaseException:
            server.close()
            raise
        return server

    def introduce(self, server: smtplib.SMTP, host: str, tls: ssl.SSLContext) -> None:
        """Greet, encrypt and sign in. A password never goes over an open line to another machine."""
        server.ehlo_or_helo_if_needed()
        if self.url.scheme == "smtp" and host not in LOCAL_HOSTS and (self.url.username or server.has_extn("starttls")):
            server.starttls(context=tls)
        if self.url.username:
            server.login(unquote(self.url.username), unquote(self.url.password or ""))

    def offer(self, server: smtplib.SMTP, sender: str, recipient: str) -> None:
        """MAIL, RCPT and DATA, up to the server's "go ahead"."""
        code, answer = server.mail(sender)
        if code != 250:
            # A refused sender is our own fault and concerns every mail, so it waits for somebody to mend it.
            raise NoServer(gettext("The mail server refuses our sender: %(said)s") % {"said": said(code, answer)})
        code, answer = server.rcpt(recipient)
        if code not in (250, 251):
            raise (AddressRefused if code >= 500 else Trouble)(said(code, answer))
        server.putcmd("data")
        code, answer = server.getreply()
        if code != 354:
            raise (RefusedForEver if code >= 500 else Trouble)(said(code, answer))

    def finish(self, server: smtplib.SMTP) -> str:
        """The final dot, and the answer to it."""
        try:
            server.send(b".\r\n")
            code, answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            raise AnswerLost(
                gettext("The server's answer was lost: %(in_words)s") % {"in_words": in_words(error)}
            ) from error
        if code == 250:
            return said(code, answer)
        self.start_over()
        if 400 <= code < 500:
            raise Trouble(said(code, answer))
        if code >= 500:
            raise RefusedForEver(said(code, answer))
        self.hang_up()
        raise AnswerLost(gettext("The server's answer was not understood: %(said)s") % {"said": said(code, answer)})

    def start_over(self) -> None:
        """Forget the half-told mail, or the whole conversation when that fails."""
        if self.server is None:
            return
        try:
            code, _ = self.server.rset()
        except (OSError, smtplib.SMTPException):
            code = 0
        if code != 250:
            self.hang_up()

    def hang_up(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None


def dotted(mail: bytes) -> bytes:
    """The mail's lines as SMTP wants them, without the final dot."""
    lines = LEADING_DOT.sub(b"..", BARE_BREAKS.sub(b"\r\n", mail))
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def said(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}".replace("\n", " ").strip()[:500]


def in_words(error: BaseException) -> str:
    return (str(error) or type(error).__name__).replace("\n", " ")[:300]
