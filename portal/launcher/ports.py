"""Ports on this machine: who has one, and finding a free one."""

import socket
from pathlib import Path

from portal.launcher.faults import Unable

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether something accepts connections there now."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def kept_port(record: Path) -> int:
    """The port that `record` remembers if it is free again, else a new one, remembered from now on."""
    if record.exists() and record.read_text().strip().isdigit():
        port = int(record.read_text())
        if is_free(port):
            return port
    port = free_port()
    record.write_text(f"{port}\n")
    return port


def demand(port: int, variable: str, purpose: str) -> None:
    """Raise Unable when the port is taken."""
    if not is_free(port):
        raise Unable(
            f"Port {port} for the {purpose} is taken by another program; stop it, or choose another with {variable}."
        )
