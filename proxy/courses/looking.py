"""Looks into somebody's workspace and changes nothing there.

Promises: no link is followed at any step, nothing is opened but folders and plain files, and no
second name of somebody else's file; a folder is read up to `MOST_ENTRIES`, a file up to what was
asked for. What is not there, or not so, is None. Every function blocks.

As root we could read everything on the machine, and whoever owns the workspace may put anything in
it, a second name of another person's file included: so a file counts if it is the workspace's
owner's, or has one name and is open to everybody.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from proxy.core.portal_link import is_path
from proxy.disk.plain_files import FOLDER, open_named_file, open_unless_absent, opened_folder

MOST_ENTRIES: Final = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a folder; times in seconds since the epoch."""

    name: str
    is_folder: bool
    size: int
    modified: float


@dataclass(frozen=True, slots=True)
class Listing:
    """Folders first, by name. Not whole: there is more than is listed."""

    entries: tuple[Entry, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is open, for the caller to close."""

    file: BufferedReader
    size: int
    modified: float

    def read(self, most: int) -> bytes:
        """Return what is in it, one byte more than `most` at most."""
        return self.file.read(most + 1)


def look(root: Path, path: str, *, is_shared: bool = False) -> Listing | OpenFile | None:
    """Return what is at a path below the workspace; raises `OSError`.

    `is_shared`: the workspace is nobody's own, so everybody's files in it are.
    """
    with opened_folder(root) as top:
        if top is None or not is_path(path):
            return None
        with _opened_below(top, path) as folder:
            if folder is not None:
                return _list(folder)
        found = open_named_file(top, path)
        if found is None:
            return None
        told = os.fstat(found.fileno())
        if not is_shared and not _is_own(told, os.fstat(top).st_uid):
            found.close()
            return None
        return OpenFile(found, told.st_size, told.st_mtime)


def look_at_file(root: Path, path: str, *, is_shared: bool = False) -> OpenFile | None:
    """The same for a file alone."""
    found = look(root, path, is_shared=is_shared)
    return found if isinstance(found, OpenFile) else None


def _is_own(file: os.stat_result, owner: int) -> bool:
    is_open = file.st_nlink == 1 and bool(file.st_mode & stat.S_IROTH)
    return file.st_uid == owner or is_open


@contextmanager
def _opened_below(top: int, path: str) -> Iterator[int | None]:
    here = os.dup(top)
    try:
        for name in path.split("/"):
            below = open_unless_absent(name, FOLDER, here)
            if below is None:
                yield None
                return
            os.close(here)
            here = below
        yield here
    finally:
        os.close(here)


def _list(folder: int) -> Listing:
    found: list[Entry] = []
    is_whole = True
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number >= MOST_ENTRIES:
                is_whole = False
                break
            if not entry.name.startswith(".") and is_path(entry.name):
                found.extend(_described(entry))
    found.sort(key=lambda each: (not each.is_folder, each.name.casefold(), each.name))
    return Listing(tuple(found), is_whole)


def _described(entry: os.DirEntry[str]) -> list[Entry]:
    """Return it, or nothing for what is neither folder nor file, or just went."""
    try:
        told = entry.stat(follow_symlinks=False)
    except OSError:
        return []
    if stat.S_ISDIR(told.st_mode):
        return [Entry(entry.name, True, 0, told.st_mtime)]
    if stat.S_ISREG(told.st_mode):
        return [Entry(entry.name, False, told.st_size, told.st_mtime)]
    return []
