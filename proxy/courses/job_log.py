"""What a job writes, for people to read while it goes on and afterwards.

Promises: a line goes to the file within a second, cleaned of what would steer a terminal; the file
has `MOST_BYTES` at most, and says so when more was written; a disk that is full costs lines and
nothing else. Callable from any thread.
"""

import asyncio
import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from proxy.disk.private_folders import make_private_folders
from proxy.tasks import cancel, spawn

MOST_BYTES: Final = 1024 * 1024
MOST_READ: Final = 256 * 1024
_END: Final = 64 * 1024
_MOST_LINE: Final = 2000
_MOST_WAITING: Final = 10_000
_PAUSE: Final = 0.5
_FULL: Final = "… more was written than is kept."
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LogPart:
    """Some lines of a log; `next` is where to go on reading."""

    lines: tuple[str, ...]
    next: int


class JobLog:
    """The log of one job; `open` before, `close` after."""

    def __init__(self, path: Path, *, most: int = MOST_BYTES) -> None:
        self.progress = ""
        self._path = path
        self._left = most
        self._waiting: deque[str] = deque(maxlen=_MOST_WAITING)
        self._writing: asyncio.Task[None] | None = None

    def write(self, line: str) -> None:
        """Keep a line, or several."""
        self.progress = ""
        self._waiting.extend(_clean(each) for each in line.splitlines())

    def show(self, line: str) -> None:
        """Show a line that the next one replaces."""
        self.progress = _clean(line)

    def open(self) -> None:
        self._writing = spawn(self._write_on(), name=f"course log {self._path.name}")

    async def close(self) -> None:
        """Write what is left."""
        if self._writing is not None:
            await cancel(self._writing)
        self.progress = ""
        await asyncio.to_thread(self._flush)

    async def _write_on(self) -> None:
        while True:
            await asyncio.sleep(_PAUSE)
            await asyncio.to_thread(self._flush)

    def _flush(self) -> None:
        lines = []
        while self._waiting and self._left > 0:
            line = self._waiting.popleft()
            self._left -= len(line.encode()) + 1
            lines.append(line if self._left > 0 else _FULL)
        if self._left <= 0:
            self._waiting.clear()
        if not lines:
            return
        try:
            make_private_folders(self._path.parent)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write("\n".join(lines) + "\n")
        except OSError as problem:
            _log.warning("course_log.not_written", path=str(self._path), problem=repr(problem))


def read_log(path: Path, after: int) -> LogPart:
    """Return the whole lines that stand after so many bytes. Blocks."""
    try:
        with path.open("rb") as file:
            file.seek(after)
            found = file.read(MOST_READ)
    except FileNotFoundError:
        return LogPart((), after)
    end = found.rfind(b"\n") + 1
    lines = found[:end].decode(errors="replace").splitlines()
    return LogPart(tuple(lines), after + end)


def read_log_end(path: Path, most: int) -> list[str]:
    """Return the last lines, none where there is no log to read. Blocks."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _END))
            found = file.read(_END)
    except OSError:
        return []
    return found.decode(errors="replace").splitlines()[-most:]


def _clean(line: str) -> str:
    line = line.expandtabs()[:_MOST_LINE]
    return "".join(char if char.isprintable() else "·" for char in line)
