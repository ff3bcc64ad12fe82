"""A /tmp of one's own, in a mount namespace: what a program leaves there nobody else sees.

Needs a kernel and a container that allow mounting (CAP_SYS_ADMIN); without, nothing changes, and
the caller gives the program a `TMPDIR` instead. Promises: the folder that becomes /tmp is the one
that was meant: a link is not followed, and it belongs to the account. Mounts that come and go
outside are seen inside, never the other way round.
"""

import ctypes
import os
import stat
import sys
from collections.abc import Iterable

_COVERED = ("/tmp", "/var/tmp")  # noqa: S108 (to be covered)
_SHARED_MEMORY = "/dev/shm"  # noqa: S108
_SHARED_MEMORY_SIZE = "size=64m"  # what Docker gives a whole container
_CLONE_NEWNS = 0x00020000
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_SLAVE = 2, 4, 1 << 12, 1 << 14, 1 << 19


def make_private_tmp(folder: str, owner: int, needed: Iterable[str]) -> bool:
    """Put `folder` over /tmp and /var/tmp for this process and its children; False if it cannot.

    Also False if one of the paths in `needed` lies below: it would be hidden.
    """
    if not folder or sys.platform != "linux" or any(_is_covered(path) for path in needed):
        return False
    if not _unshare():
        return False
    try:  # opened in the new namespace: a folder of the old one cannot be put anywhere here
        found = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        return os.fstat(found).st_uid == owner and _cover(f"/proc/self/fd/{found}")
    finally:
        os.close(found)


def _is_covered(path: str) -> bool:
    real = os.path.realpath(path)
    covered = [os.path.realpath(each) for each in _COVERED]
    return any(real == each or real.startswith(each + "/") for each in covered)


def _cover(source: str) -> bool:
    flags = _MS_NOSUID | _MS_NODEV
    if _is_folder(_SHARED_MEMORY):
        _mount("sifu", _SHARED_MEMORY, "tmpfs", flags, f"mode=1777,{_SHARED_MEMORY_SIZE}")
    return all(_mount(source, each, "", _MS_BIND) for each in _COVERED if _is_folder(each))


def _unshare() -> bool:
    """Get a mount namespace of our own into which outer mounts still come."""
    if _libc().unshare(_CLONE_NEWNS):
        return False
    return _mount("none", "/", "", _MS_REC | _MS_SLAVE)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> bool:
    words = [each.encode() for each in (source, target, kind, options)]
    return not _libc().mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3])


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 (no pathlib: it runs before exec)
    except OSError:
        return False
