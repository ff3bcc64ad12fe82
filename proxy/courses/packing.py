"""People's copies of a course as one zip, written while it is sent.

Promises: no more memory than a few chunks and the list of names; no link is followed, no pipe
read; what is not the person's own by the file system is left out; size, depth, number and time are
bounded and what did not fit is named in a note inside. Who takes no more ends it. Blocks.
"""

import os
import stat
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final, Protocol

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
    for name in names:
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


class Packer:
    """One zip."""

    def __init__(self, sink: Sink, course: str) -> None:
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._course = course
        self._left_out: list[str] = []
        self._bytes = self._files = self._entries = 0
        self._deadline = time.monotonic() + MOST_SECONDS
        self._is_full = False

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
                self._entries += 1
                if self._is_over():
                    break
                if entry.name in _PASSED_OVER or entry.name.startswith(_OURS):
                    continue
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder or entry.is_file(follow_symlinks=False):
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
            self._files += 1
            self._bytes += found.st_size
            with self._zip.open(_entry(path, found), "w", force_zip64=True) as target:
                left = found.st_size
                while left and (chunk := file.read(min(_CHUNK, left))):
                    target.write(chunk)
                    left -= len(chunk)

    def _reason_against(self, found: os.stat_result, owner: int) -> str:
        if found.st_nlink > 1 and found.st_uid != owner:
            return "it belongs to another account"
        if found.st_size > MOST_FILE:
            return f"it is larger than {MOST_FILE // 1024**2} MiB"
        if self._bytes + found.st_size > MOST_BYTES:
            return "the archive would become too large"
        return ""

    def _is_over(self) -> bool:
        over = (
            self._files >= MOST_FILES
            or self._entries >= MOST_ENTRIES
            or time.monotonic() >= self._deadline
        )
        self._is_full = self._is_full or over
        return over

    def leave_out(self, path: str, reason: str) -> None:
        """Name it in the note."""
        if len(self._left_out) <= _MOST_NAMED:
            self._left_out.append(f"{path}: {reason}")


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
