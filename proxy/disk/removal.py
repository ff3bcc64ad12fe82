"""Removes folders in which somebody else may have made whatever they like.

Promises: no link is followed; a few descriptors and no recursion are enough, however deep it is (a
person makes a thousand levels by one line, and `shutil.rmtree` gives up there); it ends in time,
however much there is. What is left then is left, to be gone on with another time. Blocks.
"""

import errno
import os
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

REMOVE_SECONDS: Final = 5.0
_OPEN_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_TAKEN: Final = frozenset({errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR})


def remove_folder(
    path: str | Path, *, above: int | None = None, seconds: float = REMOVE_SECONDS
) -> None:
    """Remove it with all that is in it, if it is there; `above`: the folder that `path` is in."""
    with suppress(OSError):
        top = os.open(path, _OPEN_FOLDER, dir_fd=above)
        try:
            _Emptying(top, time.monotonic() + seconds).empty()
        finally:
            os.close(top)
        os.rmdir(path, dir_fd=above)


class _Emptying:
    def __init__(self, top: int, deadline: float) -> None:
        self._top = top
        self._deadline = deadline
        self._numbers = count()

    def empty(self) -> None:
        """Go on until a round removes nothing: one passes over what moves meanwhile."""
        while self._remove_some():
            pass

    def _remove_some(self) -> bool:
        has_removed = False
        with os.scandir(self._top) as entries:
            for entry in entries:
                if self._is_over():
                    return False
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        self._flatten(entry.name)
                        os.rmdir(entry.name, dir_fd=self._top)
                    else:
                        os.unlink(entry.name, dir_fd=self._top)
                    has_removed = True
        return has_removed

    def _flatten(self, name: str) -> None:
        """Empty a folder: what is a folder in it moves to the top, and has its turn there."""
        inside = os.open(name, _OPEN_FOLDER, dir_fd=self._top)
        try:
            with os.scandir(inside) as entries:
                for entry in entries:
                    if self._is_over():
                        return
                    if entry.is_dir(follow_symlinks=False):
                        self._move_up(entry.name, inside)
                    else:
                        os.unlink(entry.name, dir_fd=inside)
        finally:
            os.close(inside)

    def _move_up(self, name: str, inside: int) -> None:
        for number in self._numbers:
            try:
                os.rename(name, f".{number}", src_dir_fd=inside, dst_dir_fd=self._top)
            except OSError as problem:
                if problem.errno not in _TAKEN or self._is_over():
                    raise
            else:
                return

    def _is_over(self) -> bool:
        return time.monotonic() >= self._deadline
