"""A fork server, its stubs and their servers, without supervisord; all real."""

import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from proxy.core.clock import system_clock
from proxy.core.tokens import AssertedIdentity, mint_identity
from proxy.notebook import handed_down, process_record
from proxy.notebook.handed_down import HandedDown
from proxy.notebook.start_request import StartRequest, as_text

KEY = "a-key-that-only-this-server-believes-in-here"
PATIENCE = 90.0
_STUB = Path(process_record.__file__).with_name("stub.py")


class UnixConnection(http.client.HTTPConnection):
    """Speaks HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(self._path))


class Place:
    """A server's folder, as front prepares it, and the program that stands for the server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "sock"
        self.record = folder / "record"
        self.request = folder / "request.json"
        self.home = folder / "home"
        own = folder / "own"
        for each in (self.home, own):
            each.mkdir(parents=True)
        handed = HandedDown(
            server="ada/home",
            base_url="/user/ada/home/",
            root=str(self.home),
            socket=str(self.socket),
            own=str(own),
        )
        handed_down.write(folder, handed, KEY)
        asked = StartRequest(
            folder=str(folder),
            socket=str(self.socket),
            record=str(self.record),
            directory=str(self.home),
            environment={"PATH": os.environ["PATH"], "HOME": str(self.home)},
        )
        self.request.write_text(as_text(asked))
        self.stub: subprocess.Popen[bytes] | None = None

    def start(self, fork_socket: Path) -> int:
        """Start the stub; return the server's process when there is one."""
        with (self.folder / "log").open("ab") as log:
            self.stub = subprocess.Popen(
                [sys.executable, "-I", "-S", _STUB, fork_socket, self.request],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"SIFU_LEAK": "x"},
            )
        wait_for(lambda: process_record.find(str(self.record)) is not None)
        found = process_record.find(str(self.record))
        assert found is not None
        wait_for(self._listens)  # a moment after the record
        return found

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as asking:
            return asking.connect_ex(str(self.socket)) == 0

    def ask(self, path: str = "api/status", method: str = "GET") -> int:
        """Ask Jupyter, which may still be loading, and return the status."""
        who = AssertedIdentity("ada", "Ada", "ada/home", system_clock() + 60)
        headers = {"X-Sifu-Identity": mint_identity(KEY, who)}
        headers |= {"Cookie": "_xsrf=a", "X-XSRFToken": "a"}
        connection = UnixConnection(self.socket)
        try:
            connection.request(method, f"/user/ada/home/{path}", headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def end(self) -> None:
        found = process_record.find(str(self.record))
        if found is not None:
            with suppress(ProcessLookupError):
                os.kill(found, signal.SIGKILL)
        if self.stub is not None:
            self.stub.kill()
            self.stub.wait(PATIENCE)


class ForkServerProcess:
    """The fork server, started as supervisord does; `open_files`: soft and hard limit."""

    def __init__(self, path: Path, open_files: tuple[int, int] | None = None) -> None:
        self.path = path
        self._open_files = open_files
        self.log = path.with_suffix(".log")
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, "-I", "-m", "proxy.notebook.fork_server", str(self.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], "SIFU_SECRET_FILE": "leaked"},
                preexec_fn=self._limit,
            )
        wait_for(lambda: self.path.exists() or started.poll() is not None)
        assert started.poll() is None, self.log.read_text()
        return started

    def _limit(self) -> None:
        if self._open_files is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, self._open_files)

    def restart(self) -> None:
        self.end()
        self.path.unlink(missing_ok=True)
        self.process = self._start()

    def end(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)


@contextmanager
def forking(folder: Path, open_files: tuple[int, int] | None = None) -> Iterator[ForkServerProcess]:
    made = ForkServerProcess(folder / "fork.sock", open_files)
    try:
        yield made
    finally:
        made.end()


def wait_for(what: object, *, seconds: float = PATIENCE) -> None:
    """Wait until the callable answers true."""
    assert callable(what)
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
