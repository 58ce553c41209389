"""An SMTP server in a process of its own, for tests: `with Sink(folder) as sink: sink.mode("refuse")`.

Modes: ok; slow (2 s a reply); refuse (no connection); 4xx and 5xx (to RCPT); dot4xx and dot5xx (to the final dot); sender5xx;
drop (takes the mail, keeps it, and cuts the line instead of answering). "drop:1" does so once and is ok afterwards.
It speaks SMTP by hand and shares no code with the sender. Run by hand: python tests/smtpsink.py FOLDER PORT.
"""

import os
import socket
import socketserver
import subprocess
import sys
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


class Talk(socketserver.StreamRequestHandler):
    """One conversation."""

    def handle(self) -> None:
        self.folder = Path(self.server.folder)
        if self.mode() == "refuse":
            return
        self.say("220 sink")
        sender, recipients = "", []
        while line := self.rfile.readline():
            word = line.decode("utf-8", "replace").strip()
            verb = word.upper().split(" ")[0]
            if verb in ("EHLO", "HELO"):
                self.say("250 sink")
            elif verb == "MAIL":
                sender, recipients = word[10:], []
                self.say("550 sender refused" if self.mode() == "sender5xx" else "250 ok")
            elif verb == "RCPT":
                if self.mode() in ("4xx", "5xx"):
                    self.say({"4xx": "451 try later", "5xx": "550 5.1.1 no such person"}[self.mode()])
                else:
                    recipients.append(word[8:].strip("<>"))
                    self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go ahead")
                if not self.take(sender, recipients):
                    return
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self, sender: str, recipients: list[str]) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b"..") else line)
        mode = self.mode()
        if mode in ("dot4xx", "dot5xx"):
            self.say({"dot4xx": "452 disk full", "dot5xx": "554 not wanted"}[mode])
            return True
        name = f"{time.monotonic_ns()}-{os.getpid()}-{id(self)}"
        (self.folder / f"{name}.part").write_bytes(f"To: {','.join(recipients)}\n".encode() + b"".join(lines))
        (self.folder / f"{name}.part").rename(self.folder / f"{name}.eml")
        if mode.startswith("drop"):
            if mode != "drop":
                left = int(mode.partition(":")[2]) - 1
                (self.folder / "mode").write_text(f"drop:{left}" if left else "ok")
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        self.say("250 kept")
        return True

    def mode(self) -> str:
        return (self.folder / "mode").read_text()

    def say(self, line: str) -> None:
        if self.mode() == "slow":
            time.sleep(2)
        self.wfile.write(f"{line}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Sink:
    """The process, and what it has received."""

    def __init__(self, folder: Path, mode: str = "ok") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.mode(mode)

    def __enter__(self) -> "Sink":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen([sys.executable, __file__, str(self.folder), str(self.port)])
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("the sink did not start")

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def mode(self, mode: str) -> None:
        fresh = self.folder / "mode.new"
        fresh.write_text(mode)
        fresh.rename(self.folder / "mode")

    def mails(self) -> list[EmailMessage]:
        """Everything received, in order; the first header To is the envelope's recipient."""
        files = sorted(self.folder.glob("*.eml"), key=lambda file: int(file.name.split("-")[0]))
        raw = [file.read_bytes().split(b"\n", 1)[1].replace(b"\r\n", b"\n") for file in files]
        return [message_from_bytes(each, policy=policy.default) for each in raw]

    def recipients(self) -> list[str]:
        files = sorted(self.folder.glob("*.eml"), key=lambda file: int(file.name.split("-")[0]))
        return [file.read_bytes().split(b"\n", 1)[0].decode().removeprefix("To: ") for file in files]


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[2])), Talk) as server:
        server.folder = sys.argv[1]
        server.serve_forever()
