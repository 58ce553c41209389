"""One kept HTTP connection that costs next to nothing: the visitor shares the portal's processors, and a rate is to be the portal's.

Python's http.client reads each answer's head as if it were a mail, which takes as long as a statement.
"""

import socket
from typing import NamedTuple, Self

END = b"\r\n\r\n"
PIECE = 262_144


class Said(NamedTuple):
    """One answer; the names of its headers in small letters, the last of equal ones."""

    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """Sends one request after the other. Raises OSError where nobody answers, RuntimeError at an answer without a length."""

    def __init__(self, host: str, port: int, seconds: float = 60) -> None:
        self.socket = socket.create_connection((host, port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> Said:
        given = (body or "").encode()
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        if body is not None:
            lines.append(f"Content-Length: {len(given)}")
        self.socket.sendall("\r\n".join(lines).encode("latin-1") + END + given)
        return self.answer()

    def answer(self) -> Said:
        got = self.piece()
        while END not in got:
            got += self.piece()
        head, body = got.split(END, 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ", 2)[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if "content-length" not in headers and status != 204:
            raise RuntimeError(f"An answer without its length: {first}")
        pieces, missing = [body], int(headers.get("content-length", 0)) - len(body)
        while missing > 0:
            pieces.append(self.piece())
            missing -= len(pieces[-1])
        return Said(status, headers, b"".join(pieces))

    def piece(self) -> bytes:
        got = self.socket.recv(PIECE)
        if not got:
            raise ConnectionError("The portal closed the connection.")
        return got

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
