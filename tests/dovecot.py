"""Debian's Dovecot for the tests: an ordinary account's server on loopback, with a Maildir, certificates and a config of its own.

    with Dovecot() as server: server.deliver(raw); server.count("seen")

Started by root it runs as "nobody", so that both ways are one.
"""

import getpass
import grp
import imaplib
import itertools
import os
import pwd
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal import clock
from portal.launcher.ports import answers, free_port

USER, PASSWORD = "support@northgate.example", "a long pass word"
PROGRAM = Path("/usr/sbin/dovecot")

CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
auth_mechanisms = plain login xoauth2
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
ssl_dh =
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{home}/mail
mail_privileged_group =
first_valid_uid = {uid}
first_valid_gid = {gid}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
{token}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
"""
TOKEN = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2
}}
"""
OAUTH2 = """
introspection_mode = post
introspection_url = {url}
active_attribute = active
active_value = true
username_attribute = username
"""


class Dovecot:
    """The server. `introspection` is the address at which it asks whether a token holds."""

    def __init__(self, introspection: str = "") -> None:
        self.home = Path(tempfile.mkdtemp(prefix="dc"))
        self.who = pwd.getpwnam("nobody" if os.geteuid() == 0 else getpass.getuser())
        self.tls, self.starttls = free_port(), free_port()
        self.numbers = itertools.count(1)
        self.write_files(introspection)
        self.start()

    def __enter__(self) -> "Dovecot":
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop()
        shutil.rmtree(self.home)

    def write_files(self, introspection: str) -> None:
        given = {
            "home": self.home, "user": self.who.pw_name, "group": grp.getgrgid(self.who.pw_gid).gr_name,
            "uid": self.who.pw_uid, "gid": self.who.pw_gid, "tls": self.tls, "starttls": self.starttls,
        }  # fmt: skip
        for name in ("run", "mail", "mail/new", "mail/cur", "mail/tmp"):
            (self.home / name).mkdir()
        token = TOKEN.format(**given) if introspection else ""
        (self.home / "dovecot.conf").write_text(CONFIG.format(**given, token=token))
        (self.home / "oauth2").write_text(OAUTH2.format(url=introspection))
        (self.home / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        write_certificate(self.home)
        self.give_away()

    def give_away(self) -> None:
        """Everything belongs to the account that the server runs as."""
        if os.geteuid() == 0:
            for path in (self.home, *self.home.rglob("*")):
                os.chown(path, self.who.pw_uid, self.who.pw_gid)

    def start(self) -> None:
        as_whom = {"user": self.who.pw_uid, "group": self.who.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        words = [str(PROGRAM), "-F", "-c", str(self.home / "dovecot.conf")]
        self.process = subprocess.Popen(words, cwd=self.home, **as_whom)  # type: ignore[call-overload]
        limit = time.monotonic() + 20
        while not answers(self.tls):
            assert self.process.poll() is None and time.monotonic() < limit, (self.home / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    @property
    def ca(self) -> str:
        return str(self.home / "cert.pem")

    def deliver(self, raw: bytes) -> str:
        """Put a mail into the mailbox, as its mail server would. Returns its file's name."""
        name = f"{1_700_000_000 + next(self.numbers)}.{os.getpid()}.test"
        path = self.home / "mail" / "tmp" / name
        path.write_bytes(raw)
        self.give(path)
        path.rename(self.home / "mail" / "new" / name)
        return name

    def give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.who.pw_uid, self.who.pw_gid)

    def renumber(self) -> None:
        """Forget all numbers: the next to come finds another UIDVALIDITY, as after a mailbox was restored or moved."""
        for path in (self.home / "mail").glob("dovecot*"):
            if path.name != "dovecot-uidvalidity" and not path.name.startswith("dovecot-uidvalidity."):
                path.unlink()

    def count(self, what: str, folder: str = "INBOX") -> int:
        """How many mails of a folder are SEEN, UNSEEN or ALL, as another mail program sees it."""
        trust = ssl.create_default_context(cafile=self.ca)
        with imaplib.IMAP4_SSL("localhost", self.tls, ssl_context=trust, timeout=10) as line:
            line.login(USER, PASSWORD)
            line.select(folder, readonly=True)
            return len(line.search(None, what)[1][0].split())

    def make_folder(self, name: str) -> None:
        trust = ssl.create_default_context(cafile=self.ca)
        with imaplib.IMAP4_SSL("localhost", self.tls, ssl_context=trust, timeout=10) as line:
            line.login(USER, PASSWORD)
            line.create(name)


def write_certificate(home: Path) -> None:
    """A certificate of "localhost" that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.real_now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3650))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (home / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (home / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))


@pytest.fixture
def dovecot(settings) -> Iterator[Dovecot]:
    """A running server whose mailbox may be read. Missing, it skips these tests; under CI that is a failure."""
    need_dovecot()
    with Dovecot() as server:
        settings.PORTAL_MAILBOX_HOSTS, settings.PORTAL_MAILBOX_CA = ["localhost"], server.ca
        yield server


def need_dovecot() -> None:
    if not PROGRAM.exists():
        sentence = "Dovecot is not installed; install Debian's dovecot-imapd"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)
