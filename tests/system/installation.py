"""A whole installation: `sifu up` as a person runs it, on free ports, in a folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from xmlrpc.client import ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport

START_SECONDS = 120  # on a machine that does much else
STOP_SECONDS = 10  # what the product promises


def free_ports(number: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Installation:
    """Started by `start`, stopped by `stop`; `link` signs the first user in, once."""

    # What stands before every command, and where the folder is made.
    before: tuple[str, ...] = ()
    above: str | None = None

    def __init__(self, **settings: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="sifu-", dir=self.above)
        self.root = Path(self.folder.name)
        self.front_port, self.notebook_port = free_ports(2)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "SIFU_DATA": str(self.root / "data"),
            "SIFU_NOTEBOOKS": str(self.root / "notebooks"),
            "SIFU_FRONT_PORT": str(self.front_port),
            "SIFU_NOTEBOOK_PORT": str(self.notebook_port),
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.printed = ""
        self.link = ""
        self.left: list[str] = []

    @property
    def front(self) -> str:
        return f"http://127.0.0.1:{self.front_port}"

    @property
    def notebooks(self) -> str:
        return f"http://127.0.0.1:{self.notebook_port}"

    def start(self) -> None:
        """Run `sifu up` until it has printed its last line."""
        screen = self.root / "screen"
        with screen.open("w") as terminal:
            self.process = subprocess.Popen(
                [*self.before, sys.executable, "-m", "proxy", "up"],
                env=self.environment,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not re.search(r"^https?://\S+/sign-in\S*$", self.printed, re.MULTILINE):
            assert time.monotonic() < deadline, self.printed
            assert self.process.poll() is None, screen.read_text()
            time.sleep(0.05)
            self.printed = screen.read_text()
        self.link = self.printed.strip().splitlines()[-1]

    def stop(self) -> float:
        """Press Ctrl-C; return the seconds it took. What is left is in `left`, and killed."""
        if self.process is None:
            return 0.0
        began = time.monotonic()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS * 2)
        finally:
            took = time.monotonic() - began
            self.left = []
            for process in self.processes():
                with suppress(psutil.NoSuchProcess):  # it ends this moment
                    self.left.append(" ".join(process.cmdline()))
                    process.kill()
            self.process = None
        return took

    def sifu(self, *arguments: str, text: str | None = None) -> str:
        """Run another `sifu` command of this installation."""
        done = subprocess.run(
            [sys.executable, "-m", "proxy", *arguments],
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.strip()

    def processes(self, *words: str) -> list[psutil.Process]:
        """Every process that names this installation's folder, or has it as its environment."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                command = " ".join(process.cmdline())
                mine = str(self.root) in command or str(self.root) in str(process.environ())
                alive = process.status() != psutil.STATUS_ZOMBIE
                if mine and alive and all(word in command for word in words):
                    found.append(process)
        return found

    def supervisor(self) -> ServerProxy:
        path = f"{self.root}/data/run/supervisor.sock"
        return ServerProxy("http://x", SupervisorTransport(None, None, f"unix://{path}"))

    def log(self, name: str) -> str:
        """Return everything that a log of this installation holds."""
        return "".join(
            path.read_text()
            for path in sorted((self.root / "data/logs").rglob(f"{name}*"))
            if path.is_file()
        )

    def __enter__(self) -> "Installation":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.folder.cleanup()
