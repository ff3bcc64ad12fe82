"""Copies of plain files, and what is in them.

Promises: a copy shares its blocks with the original where the file system can (a reflink), and
never its inode; it is new, ours until it is whole, and then the account's; its hash is that of the
bytes that were written. Blocks.
"""

import errno
import fcntl
import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedReader
from typing import Final

_NEW_FILE: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_CHUNK: Final = 1 << 20
_CLONE: Final = 0x40049409  # FICLONE, ioctl_ficlone(2)
# Another file system, or one that cannot share blocks.
_NO_CLONE: Final = frozenset(
    {errno.EXDEV, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOTTY, errno.ENOSYS, errno.EPERM}
)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A copy that was made: its hash, its size, and which file it is."""

    hash: str
    size: int
    key: tuple[int, int]


def copy_to_new(file: BufferedReader, folder: int, name: str, uid: int | None) -> NewFile:
    """Make the copy; raises `OSError`, and leaves nothing of it then."""
    mode = 0o755 if os.fstat(file.fileno()).st_mode & stat.S_IXUSR else 0o644
    target = os.open(name, _NEW_FILE, mode, dir_fd=folder)
    with os.fdopen(target, "w+b") as copy:
        found = os.fstat(target)
        key = (found.st_dev, found.st_ino)
        try:
            if not _clone(file.fileno(), target):
                file.seek(0)
                shutil.copyfileobj(file, copy, _CHUNK)
                copy.flush()
            os.fchmod(target, mode)  # whatever the umask
            size = os.fstat(target).st_size
            content = hash_of(target, size)
            if uid is not None:
                os.fchown(target, uid, uid)
        except BaseException:
            remove_own(folder, name, key)
            raise
    return NewFile(content, size, key)


def remove_own(folder: int, name: str, key: tuple[int, int]) -> None:
    """Remove a file that was made here, if it is still that one that bears the name."""
    with suppress(FileNotFoundError):
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if (found.st_dev, found.st_ino) == key:
            os.unlink(name, dir_fd=folder)


def hash_of(file: int, size: int) -> str:
    """Return the hash of a file that has so many bytes, empty if it has more or fewer."""
    found, at = sha256(), 0
    while chunk := os.pread(file, min(_CHUNK, size - at), at):
        found.update(chunk)
        at += len(chunk)
    is_whole = at == size and not os.pread(file, 1, size)
    return found.hexdigest() if is_whole else ""


def _clone(source: int, target: int) -> bool:
    try:
        fcntl.ioctl(target, _CLONE, source)
    except OSError as problem:
        if problem.errno not in _NO_CLONE:
            raise
        return False
    return True
