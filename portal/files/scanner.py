"""The virus scanner: clamd's INSTREAM protocol over a socket (PORTAL_SCANNER); unset, files count as not scanned."""

import socket
from pathlib import Path
from typing import BinaryIO

import structlog
from django.conf import settings
from django.utils.translation import gettext

from portal.files.taken import Infected, ScannerAway

log = structlog.get_logger(__name__)

CHUNK = 128 * 1024
# The scanner may think about a large archive; a browser waits that long behind a progress bar.
SECONDS = 30
MOST_ANSWER = 4096


def scan(path: Path, name: str) -> bool:
    """Whether a scanner looked at the file and found nothing; False when none is set up.

    Raises Infected, or ScannerAway when the scanner gives no verdict.
    """
    if not settings.PORTAL_SCANNER:
        return False
    try:
        with path.open("rb") as file:
            answer = verdict_of(file, settings.PORTAL_SCANNER)
    except OSError as error:
        log.error("virus scanner away", address=settings.PORTAL_SCANNER, exc_info=error)
        raise away(name) from error
    if answer == "stream: OK":
        return True
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        found = answer.removeprefix("stream: ").removesuffix(" FOUND")
        log.warning("infected file refused", name=name, found=found)
        raise Infected(
            gettext("“%(name)s” is infected (%(found)s), so we did not take it. Please have your device checked.")
            % {"name": name, "found": found[:80]}
        )
    log.error("virus scanner gave no verdict", answer=answer[:200])
    raise away(name)


def verdict_of(file: BinaryIO, address: str) -> str:
    """clamd's answer, such as "stream: OK". Raises OSError when it cannot be had."""
    with connection(address) as link:
        link.sendall(b"zINSTREAM\0")
        try:
            while chunk := file.read(CHUNK):
                link.sendall(len(chunk).to_bytes(4, "big") + chunk)
            link.sendall(bytes(4))
        except (BrokenPipeError, ConnectionResetError):
            # It stops listening as soon as it refuses, for example for the size; its reason is still to be read.
            log.warning("virus scanner stopped listening")
        return read_answer(link)


def connection(address: str) -> socket.socket:
    """A connection to "/run/clamav/clamd.ctl" (or unix:/...) or "host:3310"."""
    if address.startswith(("unix:", "/")):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(SECONDS)
        try:
            link.connect(address.removeprefix("unix:"))
        except OSError:
            link.close()
            raise
        return link
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def read_answer(link: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < MOST_ANSWER:
        piece = link.recv(MOST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def away(name: str) -> ScannerAway:
    return ScannerAway(
        gettext(
            "“%(name)s” could not be checked for viruses just now, so we did not take it. Please try again in a few minutes; what you wrote is still here."
        )
        % {"name": name}
    )
