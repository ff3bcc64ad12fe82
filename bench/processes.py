"""Programs that are started, pinned to cores, and stopped by their own ids.

Promises: what was started is stopped, children included, also after Ctrl-C; nothing else is.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.missing import Missing
from proxy.settings import environment_value

GRACE_SECONDS = 1.5
ANSWER_SECONDS = 15.0
Cores = frozenset[int]


def environment(**extra: str) -> dict[str, str]:
    """A small environment, the same for every program; nothing of ours leaks into it."""
    kept = {name: environment_value(name) for name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return {name: value for name, value in kept.items() if value} | extra


@contextmanager
def pinned(cores: Cores) -> Iterator[None]:
    """Whatever is started within inherits these cores; there is no moment on others."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(slots=True)
class Program:
    """One started program with its children."""

    process: "subprocess.Popen[bytes]"
    log: Path
    began: float  # time.monotonic() when it was started

    def tree(self) -> list[int]:
        """Return the process ids of the program and everything it started."""
        try:
            mother = psutil.Process(self.process.pid)
            return [mother.pid, *(child.pid for child in mother.children(recursive=True))]
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> None:
        """End it: politely, then at once."""
        pids = self.tree()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in pids[1:]:
            if psutil.pid_exists(pid):
                os.kill(pid, signal.SIGKILL)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def last_words(self) -> str:
        """The last line that it wrote, for the reason why it is missing."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else "it said nothing"


@dataclass(slots=True)
class Running:
    """A peer that answers on a loopback port; its programs are all of its own work."""

    port: int
    programs: list[Program] = field(default_factory=list)

    def pids(self) -> list[int]:
        return [pid for program in self.programs for pid in program.tree()]

    def complaint(self) -> str:
        """What a program that has ended said last, as an addition to a sentence; else nothing."""
        ended = [each for each in self.programs if each.process.poll() is not None]
        return "".join(f" ({program.last_words()})" for program in ended)

    def stop(self) -> None:
        for program in reversed(self.programs):
            program.stop()


def start(
    command: Sequence[str | Path],
    log: Path,
    *,
    cores: Cores,
    listener: socket.socket | None = None,
    variables: Mapping[str, str] | None = None,
    pipe: bool = False,
) -> Program:
    """Start a program on these cores; `listener` becomes its descriptor 0, as with supervisord."""
    with pinned(cores), log.open("ab") as output:
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 (our own commands)
            [str(part) for part in command],
            stdin=listener.fileno() if listener is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE if pipe else output,
            stderr=output,
            env=dict(variables) if variables is not None else environment(),
            # Ctrl-C reaches the bench alone, which then stops everything in order.
            start_new_session=True,
        )
    return Program(process, log, began)


def free_port() -> int:
    """A loopback port that the kernel says is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_listens(port: int, program: Program) -> None:
    """Return when a loopback port accepts connections; raises `Missing` if the program does not."""
    limit = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < limit and program.process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise Missing(f"it does not start: {program.last_words()}")
