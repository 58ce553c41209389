"""What leaves the portal goes only to the server that a setting names, and comes back small and soon."""

import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest

from portal import outbound
from portal.outbound import OutsideFailed, ask_json, origin


@contextmanager
def server(*parts, pause=0.0):
    """Answers one request with these bytes, with a pause before each."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            line, _ = listening.accept()
            with line:
                line.recv(65536)
                try:
                    for part in parts:
                        time.sleep(pause)
                        line.sendall(part)
                except OSError:
                    return  # cut off, as it should be

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(10)


def head(length, status="200 OK"):
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()


def test_an_object_is_given():
    with server(head(9), b'{"a": 17}') as url:
        assert ask_json("GET", url + "/x", allowed=url) == {"a": 17}


@pytest.mark.parametrize(
    "url",
    [
        "https://login.test.evil.example/", "https://login.test@evil.example/", "http://login.test/", "https://login.test:444/",
        "https://127.0.0.1/", "https://[::1]/", "https://0x7f000001/", "file:///etc/passwd", "ftp://login.test/", "//login.test/", "",
    ],
)  # fmt: skip
def test_another_server_is_never_asked(url):
    with pytest.raises(OutsideFailed, match="not the server"):
        ask_json("GET", url, allowed=origin("https://login.test"))


@pytest.mark.parametrize(
    "answer",
    [
        (head(2, "302 Found\r\nLocation: http://127.0.0.1:1/"), b"{}"),
        (head(2, "500 Oh"), b"{}"),
        (head(2), b"[]"),
        (head(4), b"oops"),
        (head(50), b"{}"),
        (b"nonsense\r\n\r\n",),
    ],
    ids=["redirect", "fault", "list", "no json", "cut short", "no http"],
)
def test_what_is_no_whole_object_is_refused(answer):
    with server(*answer) as url, pytest.raises(OutsideFailed):
        ask_json("GET", url, allowed=url)


def test_an_answer_without_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(outbound, "LARGEST_BYTES", 1000)
    with server(head(5000), b"x" * 5000) as url, pytest.raises(OutsideFailed, match="too long"):
        ask_json("GET", url, allowed=url)


def test_a_server_that_drips_is_cut_off(monkeypatch):
    monkeypatch.setattr(outbound, "TIMEOUT", timedelta(seconds=0.3))
    with server(head(20), *[b"x"] * 20, pause=0.1) as url, pytest.raises(OutsideFailed):
        ask_json("GET", url, allowed=url)


def test_nobody_there_is_said():
    with pytest.raises(OutsideFailed):
        ask_json("GET", "http://127.0.0.1:1/", allowed="http://127.0.0.1:1")
