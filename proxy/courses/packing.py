"""People's copies of a course as one zip, written while it is sent.

Promises: no more memory than a few chunks and a bounded list of names; no link is followed, no pipe
read; what is not the person's own by the file system is left out; size, depth, number and time are
bounded and what did not fit is named in a note inside. No single copy, however it is stuffed,
keeps those of others out. Who takes no more ends it. Blocks.
"""

import os
import stat
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from proxy.core.errors import SifuError
from proxy.core.identity import ServerName
from proxy.courses.replacing import PREFIX as REPLACED
from proxy.disk.plain_files import FOLDER, open_file, open_unless_absent, opened_folder
from proxy.disk.unfinished import PREFIX as UNFINISHED
from proxy.disk.workspace import Workspace

MOST_FILE: Final = 512 * 1024 * 1024
MOST_BYTES: Final = 16 * 1024**3
MOST_FILES: Final = 200_000
MOST_ENTRIES: Final = 1_000_000
MOST_DEPTH: Final = 48
MOST_SECONDS: Final = 1800.0
# All paths together, in bytes: the end of a zip lists them, and they are held until then.
MOST_NAMES: Final = 64 * 1024**2
# Of several people one may take so much of the bounds, and their even share if that is more.
MOST_OF_ONE: Final = 1 / 8
NOTE: Final = "left out.txt"
_MOST_NAMED: Final = 1000
_CHUNK: Final = 256 * 1024
_LEVEL: Final = 1
_PASSED_OVER: Final = (".ipynb_checkpoints", "__pycache__", ".git")
_OURS: Final = (REPLACED, UNFINISHED)
_FIRST_YEAR, _LAST_YEAR = 1980, 2107


class Sink(Protocol):
    """Takes the bytes of the zip; raises whatever ends it."""

    def write(self, data: bytes, /) -> int:
        """Take all of it."""
        ...

    def flush(self) -> None: ...

    def close(self) -> None: ...


def pack_copies(
    course: str,
    names: Sequence[ServerName],
    find: Callable[[ServerName], Workspace],
    sink: Sink,
) -> None:
    """Pack the copies of these people; whose workspace cannot be opened is named in the note."""
    packer = Packer(sink, course)
    for number, name in enumerate(names):
        packer.share(len(names) - number)
        label = f"{name.owner}/{_readable(course)}"
        try:
            place = find(name)
            root = os.open(place.root, FOLDER)
        except (OSError, SifuError):
            packer.leave_out(label, "the workspace cannot be opened")
            continue
        try:
            packer.add(label, root, os.geteuid() if place.uid is None else place.uid)
        finally:
            os.close(root)
    packer.finish()


@dataclass(slots=True)
class _Amount:
    """What was packed, or may be."""

    bytes: int = 0
    files: int = 0
    entries: int = 0
    names: int = 0

    def plus_share(self, bounds: "_Amount", people: int) -> "_Amount":
        """Return how far one of so many may come who share what is left."""
        return _Amount(
            _up_to(self.bytes, bounds.bytes, people),
            _up_to(self.files, bounds.files, people),
            _up_to(self.entries, bounds.entries, people),
            _up_to(self.names, bounds.names, people),
        )


class Packer:
    """One zip; `share` before each person, unless there is one only."""

    def __init__(self, sink: Sink, course: str) -> None:
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._course = course
        self._left_out: list[str] = []
        self._done = _Amount()
        self._most = self._bounds = _Amount(MOST_BYTES, MOST_FILES, MOST_ENTRIES, MOST_NAMES)
        self._began = time.monotonic()
        self._deadline = self._began + MOST_SECONDS
        self._is_full = False

    def share(self, people: int) -> None:
        """The next one is the first of so many who share what is left."""
        self._most = self._done.plus_share(self._bounds, people)
        spent = time.monotonic() - self._began
        self._deadline = self._began + _up_to(spent, MOST_SECONDS, people)

    def add(self, label: str, root: int, owner: int) -> None:
        """Put a copy into it, in a folder of its own: that of the account, in an open workspace."""
        with suppress(OSError), opened_folder(self._course, root) as folder:
            if folder is not None:
                self._add_folder(folder, f"{label}/", owner, MOST_DEPTH)

    def finish(self) -> None:
        """Write the note, and the end."""
        if self._left_out or self._is_full:
            lines = ["Not in this archive:", "", *self._left_out[:_MOST_NAMED]]
            if len(self._left_out) > _MOST_NAMED or self._is_full:
                lines += ["", "… and more: the archive would have become too large."]
            self._zip.writestr(NOTE, "\n".join(lines) + "\n")
        self._zip.close()

    def _add_folder(self, folder: int, above: str, owner: int, depth: int) -> None:
        for name, is_folder in self._entries_of(folder):
            path = above + _readable(name)
            if not is_folder:
                self._add_file(folder, name, path, owner)
                continue
            below = open_unless_absent(name, FOLDER, folder) if depth else None
            if below is None:
                self.leave_out(path, "folders are too deep here" if not depth else "unreadable")
                continue
            try:
                self._add_folder(below, f"{path}/", owner, depth - 1)
            finally:
                os.close(below)

    def _entries_of(self, folder: int) -> Iterator[tuple[str, bool]]:
        """Yield what is in a folder and may be packed, until it is too much."""
        found = []
        with os.scandir(folder) as entries:
            for entry in entries:
                self._done.entries += 1
                if self._is_over():
                    break
                if entry.name in _PASSED_OVER or entry.name.startswith(_OURS):
                    continue
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder or entry.is_file(follow_symlinks=False):
                    self._done.names += len(os.fsencode(entry.name))
                    found.append((entry.name, is_folder))
        for each in sorted(found):
            if self._is_over():
                return
            yield each

    def _add_file(self, folder: int, name: str, path: str, owner: int) -> None:
        try:
            file = open_file(folder, name)
        except OSError:
            file = None
        if file is None:
            self.leave_out(path, "unreadable")
            return
        with file:
            found = os.fstat(file.fileno())
            if reason := self._reason_against(found, owner):
                self.leave_out(path, reason)
                return
            self._done.files += 1
            self._done.bytes += found.st_size
            self._done.names += len(path.encode())
            with self._zip.open(_entry(path, found), "w", force_zip64=True) as target:
                left = found.st_size
                while left and (chunk := file.read(min(_CHUNK, left))):
                    target.write(chunk)
                    left -= len(chunk)

    def _reason_against(self, found: os.stat_result, owner: int) -> str:
        # With its other name gone, a second name of somebody's private file is the only one.
        is_open = found.st_nlink == 1 and bool(found.st_mode & stat.S_IROTH)
        if found.st_uid != owner and not is_open:
            return "it belongs to another account"
        if found.st_size > MOST_FILE:
            return f"it is larger than {MOST_FILE // 1024**2} MiB"
        if self._done.bytes + found.st_size > self._most.bytes:
            return "the archive would become too large"
        return ""

    def _is_over(self) -> bool:
        done, most = self._done, self._most
        over = (
            done.files >= most.files
            or done.entries >= most.entries
            or done.names >= most.names
            or time.monotonic() >= self._deadline
        )
        self._is_full = self._is_full or over
        return over

    def leave_out(self, path: str, reason: str) -> None:
        """Name it in the note."""
        if len(self._left_out) <= _MOST_NAMED:
            self._left_out.append(f"{path}: {reason}")


_Number = TypeVar("_Number", int, float)


def _up_to(done: _Number, bound: _Number, people: int) -> _Number:
    left = bound - done
    return type(bound)(done + min(left, max(left / people, bound * MOST_OF_ONE)))


def _entry(path: str, found: os.stat_result) -> zipfile.ZipInfo:
    moment = time.gmtime(found.st_mtime)
    is_tellable = _FIRST_YEAR <= moment.tm_year <= _LAST_YEAR
    entry = zipfile.ZipInfo(path, moment[:6] if is_tellable else (_FIRST_YEAR, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry


def _readable(name: str) -> str:
    """Return a name that is text, and one step of a path on every system."""
    return os.fsencode(name).decode("utf-8", "replace").replace("\\", "_")
