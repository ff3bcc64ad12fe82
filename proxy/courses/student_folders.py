"""Opens and makes folders where somebody else may have put anything.

Promises: each level is held by descriptor on the way, no link is followed; what is made is the
account's, what was there before stays whoever's it is. Blocks.
"""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from proxy.disk.plain_files import FOLDER, open_unless_absent
from proxy.disk.unfinished import is_fresh

_CLOSED_TO_US = frozenset({errno.EACCES, errno.EPERM})


class InTheWay(Exception):
    """Something is where a folder should be; `path` is below the workspace."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@contextmanager
def opened_below(
    root: int, folders: Sequence[str], uid: int | None, *, is_made: bool
) -> Iterator[int | None]:
    """Open a folder below; what is missing is made, or the answer is None.

    Raises `InTheWay` where something else has the name of a folder, and `OSError`.
    """
    held = [os.dup(root)]
    try:
        for number, name in enumerate(folders):
            found = _enter(held[-1], name, uid, is_made=is_made)
            if found is None:
                if is_made or _is_there(held[-1], name):
                    raise InTheWay("/".join(folders[: number + 1]))
                break
            held.append(found)
        yield held[-1] if len(held) > len(folders) else None
    finally:
        for descriptor in held:
            os.close(descriptor)


def _enter(above: int, name: str, uid: int | None, *, is_made: bool) -> int | None:
    is_new = is_made and _make(above, name)
    try:
        found = open_unless_absent(name, FOLDER, above)
    except OSError as problem:
        if problem.errno not in _CLOSED_TO_US:
            raise
        return None
    # Between making and opening another may have come in its place: that one is somebody's.
    if found is not None and is_new and uid is not None and is_fresh(found, uid):
        os.fchown(found, uid, uid)
    return found


def _make(above: int, name: str) -> bool:
    """Make a folder; False if something of that name is there."""
    try:
        os.mkdir(name, 0o700, dir_fd=above)
    except FileExistsError:
        return False
    return True


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError as problem:
        return problem.errno in _CLOSED_TO_US
    return True
