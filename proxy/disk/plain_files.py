"""Opens what is below a folder, and nothing outside of it.

Promises: no link is followed, at no step of the way; nothing is opened but folders and plain files,
and a pipe keeps nobody waiting. What is not there, or not so, is None. Blocks.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final

from proxy.core.portal_link import is_path

FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# With O_NONBLOCK, open(2) of a pipe does not wait for its other end.
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
# ELOOP: a link; ENXIO: a socket; a name that is too long cannot be anybody's.
_NOT_THERE: Final = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENXIO}
)


def has_folder(path: Path) -> bool:
    """Is there a folder, itself and no link to one? Raises `OSError` where nobody may look."""
    with opened_folder(path) as found:
        return found is not None


@contextmanager
def opened_folder(path: str | Path, above: int | None = None) -> Iterator[int | None]:
    """Give its descriptor; `above`: that of the folder it is in. Raises `OSError`."""
    descriptor = open_unless_absent(path, FOLDER, above)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def open_named_file(folder: int, path: str) -> BufferedReader | None:
    """The same as `open_file_below`, for a path that somebody else named."""
    return open_file_below(folder, path) if is_path(path) else None


def open_file_below(folder: int, path: str) -> BufferedReader | None:
    """Open a plain file below a folder, for the caller to close; raises `OSError`."""
    *folders, name = path.split("/")
    here = os.dup(folder)
    try:
        for step in folders:
            below = open_unless_absent(step, FOLDER, here)
            if below is None:
                return None
            os.close(here)
            here = below
        return open_file(here, name)
    finally:
        os.close(here)


def open_file(folder: int, name: str) -> BufferedReader | None:
    """Open a plain file in a folder, for the caller to close; raises `OSError`."""
    descriptor = open_unless_absent(name, _FILE, folder)
    if descriptor is None:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb")


def open_unless_absent(path: str | Path, flags: int, above: int | None) -> int | None:
    """Call open(2); None where nothing of that kind is."""
    try:
        return os.open(path, flags, dir_fd=above)
    except OSError as problem:
        if problem.errno not in _NOT_THERE:
            raise
        return None
