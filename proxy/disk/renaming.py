"""Renames that take nothing away: two names are exchanged, or a name is given that is free.

Promises: what bore either name before bears one of the two afterwards, whoever renames, writes or
removes there meanwhile; a killed process leaves each under one of both names, or, on file systems
that cannot exchange (`renameat2`), under a third that the caller chose. No link is followed.
Blocks.
"""

import ctypes
import errno
import os
from typing import Final

_NOREPLACE, _EXCHANGE = 1, 2
# The file system, or the C library, does not know it.
_UNKNOWN: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP})
_libc: Final = ctypes.CDLL(None, use_errno=True)


def give_free_name(folder: int, old: str, new: str, *, into: int | None = None) -> None:
    """Rename; raises `FileExistsError` if anything has the new name, which then keeps it."""
    target = folder if into is None else into
    try:
        _rename(folder, old, target, new, _NOREPLACE)
    except OSError as problem:
        if problem.errno not in _UNKNOWN:
            raise
        _link_and_unlink(folder, old, target, new)


def exchange(folder: int, one: str, two: str, *, between: str) -> None:
    """Exchange two names; raises `FileNotFoundError` if one of them is nobody's.

    `between` is a free name for what is under way where it takes three steps.
    """
    try:
        _rename(folder, one, folder, two, _EXCHANGE)
    except OSError as problem:
        if problem.errno not in _UNKNOWN:
            raise
        _exchange_in_steps(folder, one, two, between)


def _exchange_in_steps(folder: int, one: str, two: str, between: str) -> None:
    give_free_name(folder, two, between)
    try:
        give_free_name(folder, one, two)
    except FileExistsError:
        # Somebody made it anew meanwhile: that one comes out, as if it had been there before.
        give_free_name(folder, between, _other(between))
        _exchange_in_steps(folder, one, two, between)
        return
    give_free_name(folder, between, one)


def _other(name: str) -> str:
    return f"{name[:-1]}{'-' if name.endswith('+') else '+'}"


def _link_and_unlink(folder: int, old: str, target: int, new: str) -> None:
    """Give a file a second name and take the first; folders have one name only."""
    try:
        os.link(old, new, src_dir_fd=folder, dst_dir_fd=target, follow_symlinks=False)
    except PermissionError:
        # A folder. It never takes the place of what holds anything, nor of a file.
        os.rename(old, new, src_dir_fd=folder, dst_dir_fd=target)
    else:
        os.unlink(old, dir_fd=folder)


def _rename(folder: int, old: str, target: int, new: str, flags: int) -> None:
    call = getattr(_libc, "renameat2", None)
    if call is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if call(folder, os.fsencode(old), target, os.fsencode(new), flags):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), old)
