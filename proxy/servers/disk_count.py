"""Counts what a folder takes on the disk, whatever its owner made of it.

Promises: a count ends in time, however many files there are; no depth hides anything, for it goes
from folder to folder by descriptors (a path has at most 4096 bytes, a tree has no end) and holds a
bounded number of them; what could not be counted makes the answer incomplete; links are not
followed and other file systems not entered; a file with several names counts once. Must not: delete
or change anything. Blocks.
"""

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proxy.core.limits import DiskUse

_BLOCK: Final = 512  # stat(2): `st_blocks` counts these, whatever the file system's own size
_MOST_OPEN: Final = 32
_OPEN_TOP: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_OPEN_FOLDER: Final = _OPEN_TOP | os.O_NOFOLLOW


def count(folder: Path, seconds: float) -> DiskUse:
    """Return what the files below take on the disk, as far as `seconds` suffice.

    A folder that is not there takes nothing.
    """
    deadline = time.monotonic() + seconds
    try:
        top = os.open(folder, _OPEN_TOP)
    except FileNotFoundError:
        return DiskUse(0)
    except OSError:
        return DiskUse(0, complete=False)
    counting = _Counting(os.fstat(top).st_dev, deadline)
    try:
        counting.go_through(top)
    except _CutShort:
        counting.is_complete = False
    finally:
        counting.close()
    return DiskUse(counting.used, complete=counting.is_complete)


class _CutShort(Exception):
    """Time is over, or the way back is lost because somebody moved a folder."""


@dataclass(slots=True)
class _Level:
    """A folder on the way to where the count is; `names` are those in it still to be entered."""

    descriptor: int | None  # None: closed, and found again from below
    key: tuple[int, int]
    names: list[str]


class _Counting:
    def __init__(self, device: int, deadline: float) -> None:
        self.used = 0
        self.is_complete = True
        self._device = device
        self._deadline = deadline
        self._seen: set[int] = set()
        self._levels: list[_Level] = []

    def go_through(self, top: int) -> None:
        self._enter(top)
        while self._levels:
            level = self._levels[-1]
            if level.names:
                self._descend(level, level.names.pop())
            else:
                self._ascend()

    def close(self) -> None:
        for level in self._levels:
            if level.descriptor is not None:
                os.close(level.descriptor)
        self._levels.clear()

    def _descend(self, level: _Level, name: str) -> None:
        try:
            descriptor = os.open(name, _OPEN_FOLDER, dir_fd=level.descriptor)
        except FileNotFoundError:  # it went meanwhile
            return
        except OSError:
            self.is_complete = False
            return
        self._enter(descriptor)

    def _enter(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        level = _Level(descriptor, (found.st_dev, found.st_ino), [])
        self._levels.append(level)
        if found.st_dev == self._device:
            self._count_entries(descriptor, level.names)
        if len(self._levels) > _MOST_OPEN:
            above = self._levels[-1 - _MOST_OPEN]
            if above.descriptor is not None:
                os.close(above.descriptor)
                above.descriptor = None

    def _ascend(self) -> None:
        left = self._levels.pop()
        assert left.descriptor is not None  # noqa: S101 (the last one is always open)
        try:
            if self._levels and self._levels[-1].descriptor is None:
                self._levels[-1].descriptor = _open_above(left.descriptor, self._levels[-1].key)
        finally:
            os.close(left.descriptor)

    def _count_entries(self, descriptor: int, folders: list[str]) -> None:
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    if time.monotonic() >= self._deadline:
                        raise _CutShort
                    self._count_entry(entry, folders)
        except OSError:
            self.is_complete = False

    def _count_entry(self, entry: "os.DirEntry[str]", folders: list[str]) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:  # it went meanwhile
            return
        if stat.S_ISDIR(status.st_mode):
            folders.append(entry.name)
        elif status.st_nlink > 1:
            if status.st_ino in self._seen:
                return
            self._seen.add(status.st_ino)
        self.used += status.st_blocks * _BLOCK


def _open_above(below: int, key: tuple[int, int]) -> int:
    """Open the folder above, which must be the one that the count came through."""
    try:
        descriptor = os.open("..", _OPEN_FOLDER, dir_fd=below)
    except OSError as problem:
        raise _CutShort from problem
    found = os.fstat(descriptor)
    if (found.st_dev, found.st_ino) != key:
        os.close(descriptor)
        raise _CutShort
    return descriptor
