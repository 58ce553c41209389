"""`python -m portal.healthcheck`: what a container asks itself."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from portal.healthcheck import main
from portal.launcher.ports import free_port


class OnlyByName(BaseHTTPRequestHandler):
    """Answers /healthz to the portal's own name, as Django does."""

    def do_GET(self) -> None:
        well = self.path == "/healthz" and self.headers["Host"] == "portal.test"
        self.send_response(200 if well else 400)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Nothing in the tests' output."""


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", 0), OnlyByName)
    thread = Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("PORTAL_PORT", str(server.server_port))
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_well_web_part_is_asked_by_the_portals_name(web: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_URL", "https://portal.test")
    monkeypatch.delenv("PORTAL_HOSTS", raising=False)
    assert main(["web"]) == 0
    monkeypatch.setenv("PORTAL_HOSTS", "other.test")
    assert main(["web"]) == 1


def test_a_silent_port_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    port = str(free_port())
    monkeypatch.setenv("PORTAL_PORT", port)
    monkeypatch.setenv("PORTAL_SMTP_PORT", port)
    assert main(["web"]) == 1
    assert main(["mail"]) == 1


def test_an_open_mail_port_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PORTAL_SMTP_PORT", str(server.getsockname()[1]))
        assert main(["mail"]) == 0


def test_an_unknown_part_is_refused_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["beat"]) == 2
    assert "Name one part: web or mail." in capsys.readouterr().err
