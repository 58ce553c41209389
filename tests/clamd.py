"""A small clamd for the tests, a process of its own: `python -m tests.clamd SOCKET`. It knows one virus: EICAR's test file.

A file that says "silence" gets no answer, "nonsense" gets an error, "too large" is cut off in the middle.
"""

import socket
import sys

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def read_exactly(link: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = link.recv(count - len(data))
        if not piece:
            raise ConnectionError("the portal hung up")
        data += piece
    return data


def read_stream(link: socket.socket) -> bytes:
    assert read_exactly(link, 10) == b"zINSTREAM\0"
    data = b""
    while length := int.from_bytes(read_exactly(link, 4), "big"):
        data += read_exactly(link, length)
        if b"too large" in data:
            break
    return data


def verdict(data: bytes) -> bytes:
    if b"silence" in data:
        return b""
    if b"too large" in data:
        return b"INSTREAM size limit exceeded. ERROR\0"
    if b"nonsense" in data:
        return b"UNKNOWN COMMAND\0"
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


def main(place: str) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(place)
        server.listen()
        print("ready", flush=True)
        while True:
            link, _ = server.accept()
            with link:
                link.sendall(verdict(read_stream(link)))


if __name__ == "__main__":
    main(sys.argv[1])
