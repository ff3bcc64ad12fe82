"""Programs that work for a course in the background, each with its bounds.

Promises: a program that takes too long, says too much or is not wished for any more is ended with
all that it started; what it says on standard error is told as it comes, a line at a time, progress
(what ends in a carriage return) apart from what is to be kept; no terminal and no input.
"""

import asyncio
import os
import re
import resource
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final, Protocol

from proxy.core.errors import Conflict
from proxy.disk.side_threads import SideThreads
from proxy.tasks import spawn

_MOST_KEPT: Final = 50
_MOST_LINE: Final = 2000
_PIECE: Final = 65_536
_LOOK_SECONDS: Final = 0.5
_END_SECONDS: Final = 5.0
_ENDS: Final = re.compile("(\r\n|\n|\r)")


class Told(Protocol):
    """Takes what a program says; callable from any thread."""

    def write(self, line: str) -> None:
        """Keep a line."""

    def show(self, line: str) -> None:
        """Show a line that the next one replaces."""


@dataclass(frozen=True, slots=True)
class Program:
    """`held` are descriptors that it keeps open; `problem` is asked now and then: why to end it."""

    words: Sequence[str]
    environment: Mapping[str, str]
    seconds: float
    most_output: int = 1024 * 1024
    most_file: int | None = None
    most_memory: int | None = None
    held: tuple[int, ...] = ()
    folder: Path | None = None
    problem: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """How it ended, what it wrote, and the end of what it said."""

    status: int
    output: bytes
    said: str


async def run_program(program: Program, told: Told) -> Finished:
    """Run it to its end; raises `Conflict` with a sentence if it had to be ended, `OSError`."""
    stopping = Event()
    outcome: list[Finished | Conflict | OSError] = []

    def work() -> None:
        try:
            outcome.append(_run(program, told, stopping))
        except (Conflict, OSError) as problem:
            # A value from here on: a task that raises is a fault in the log.
            outcome.append(problem)

    running = spawn(
        SideThreads(1, name="course-program").run(work), name=f"program {program.words[0]}"
    )
    try:
        await asyncio.wait([running])
    except asyncio.CancelledError:
        stopping.set()
        await asyncio.wait([running], timeout=_END_SECONDS)
        raise
    if (fault := running.exception()) is not None:
        raise fault
    if isinstance(found := outcome[0], Finished):
        return found
    raise found


def _run(program: Program, told: Told, stopping: Event) -> Finished:
    process = subprocess.Popen(  # noqa: S603 (checked words, no shell)
        program.words,
        env=dict(program.environment),
        cwd=program.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=program.held,
        start_new_session=True,
    )
    try:
        limit_process(process.pid, resource.RLIMIT_FSIZE, program.most_file)
        limit_process(process.pid, resource.RLIMIT_AS, program.most_memory)
        return _Following(program, process, told, stopping).follow()
    finally:
        # The whole session: helpers that outlive the program too.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with process, suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)


def limit_process(pid: int, kind: int, most: int | None) -> None:
    """Bound a program that was just started, and what it starts, where the system can do that."""
    if most is not None and hasattr(resource, "prlimit"):
        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(pid, kind, (most, most))


class _Following:
    """Reads what a program writes and says, and looks whether it may go on."""

    def __init__(
        self, program: Program, process: subprocess.Popen[bytes], told: Told, stopping: Event
    ) -> None:
        self._program = program
        self._process = process
        self._stopping = stopping
        self._lines = SaidLines(told)
        self._output = bytearray()
        self._deadline = time.monotonic() + program.seconds

    def follow(self) -> Finished:
        with selectors.DefaultSelector() as selector:
            for stream in (self._process.stdout, self._process.stderr):
                assert stream is not None  # noqa: S101 (pipes, as asked)
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select(_LOOK_SECONDS):
                    piece = os.read(key.fd, _PIECE)
                    if not piece:
                        selector.unregister(key.fileobj)
                    self._take(piece, is_output=key.fileobj is self._process.stdout)
                self._check()
        status = self._process.wait(max(self._deadline - time.monotonic(), 0.1))
        return Finished(status, bytes(self._output), self._lines.finish())

    def _take(self, piece: bytes, *, is_output: bool) -> None:
        if not is_output:
            self._lines.take(piece.decode(errors="replace"))
            return
        self._output += piece
        if len(self._output) > self._program.most_output:
            raise Conflict("The program wrote more than can be read.")

    def _check(self) -> None:
        program = self._program
        if time.monotonic() > self._deadline:
            raise Conflict(
                f"{Path(program.words[0]).name} took more than {program.seconds:.0f} seconds."
            )
        if self._stopping.is_set():
            raise Conflict("It was stopped.")
        if program.problem is not None and (reason := program.problem()):
            raise Conflict(reason)


class SaidLines:
    """Takes text apart into lines, whatever they end in."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._rest = ""
        self._kept: deque[str] = deque(maxlen=_MOST_KEPT)

    def take(self, text: str) -> None:
        *ended, self._rest = _ENDS.split(self._rest + text)
        for line, end in zip(ended[::2], ended[1::2], strict=True):
            self._tell(line, is_progress=end == "\r")
        if len(self._rest) > _MOST_LINE:
            self._tell(self._rest, is_progress=False)
            self._rest = ""

    def finish(self) -> str:
        """Return the end of what was said."""
        if self._rest:
            self._tell(self._rest, is_progress=False)
        return "".join(f"{line}\n" for line in self._kept)

    def _tell(self, line: str, *, is_progress: bool) -> None:
        line = line[:_MOST_LINE].rstrip()
        if not line:
            return
        if is_progress:
            self._told.show(line)
            return
        self._told.write(line)
        self._kept.append(line)
