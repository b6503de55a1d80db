"""A mail server for tests: it takes mail on a port of this machine, or misbehaves as told."""

import email.policy
import socketserver
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from threading import Event, Thread

HANG_UP, SILENT = "hang up", "silent"


class SmtpSink(socketserver.ThreadingTCPServer):
    """`answers` says otherwise than yes at a command: with a line, by hanging up, or with silence."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.answers: dict[str, str] = {}
        self.received: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.closing = Event()

    @property
    def mailers(self) -> dict:
        """Django's MAILERS that lead here."""
        options = {"host": "127.0.0.1", "port": self.server_address[1], "timeout": 0.5}
        return {"default": {"BACKEND": "kulturmetropol.smtp.EmailBackend", "OPTIONS": options}}


class Session(socketserver.StreamRequestHandler):
    server: SmtpSink

    def handle(self) -> None:
        self.say("hello", "220 sink.example")
        while line := self.rfile.readline().decode():
            command = line[:4].strip().lower()
            if command == "rcpt":
                self.server.recipients.append(line.partition(":")[2].strip())
            if command != "data":
                self.say(command, "221 bye" if command == "quit" else "250 yes")
            elif self.say("data", "354 go on") == "354 go on":
                self.take()
            if command == "quit":
                return

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        if not self.server.answers.get("text", "").startswith(("4", "5")):
            self.server.received.append(BytesParser(policy=email.policy.default).parsebytes(b"".join(lines)))
        self.say("text", "250 taken")

    def say(self, moment: str, yes: str) -> str:
        answer = self.server.answers.get(moment, yes)
        if answer == SILENT:
            self.server.closing.wait(10)
        if answer in {SILENT, HANG_UP}:
            raise ConnectionAbortedError
        self.wfile.write(f"{answer}\r\n".encode())
        return answer


@contextmanager
def smtp_sink():
    with SmtpSink() as sink:
        sink.handle_error = lambda *_arguments: None  # hanging up is what it was told to do
        thread = Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield sink
        finally:
            sink.closing.set()
            sink.shutdown()
            thread.join()
