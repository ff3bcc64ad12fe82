"""The lock that makes a run the only one on this machine that gives out its accounts.

Two installations that gave the same account to two people would let these read each other's files,
and end each other's servers. Promises: of two ranges that overlap the second is refused, with the
setting to change; the lock lives as long as supervisord and goes with it, however it ends; a file
that somebody else made, as anybody may in a temporary folder, is told and not used. Must not: look
beyond this machine, or this container: who has a `/run` of their own is not seen.
"""

import fcntl
import os
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proxy.core.errors import InvalidSettings

_NAME = "sifu-accounts"
# struct flock of fcntl(2) on 64-bit Linux: type, whence, start, length, pid (0 for these locks).
_FLOCK = struct.Struct("hhqqi4x")


@contextmanager
def reserved(accounts: range, folder: Path) -> Iterator[int]:
    """Reserve the numbers; yields the descriptor that holds them. Raises `InvalidSettings`.

    One byte of a file stands for each account: the kernel knows whether two ranges overlap, and an
    open file description's locks outlive `exec`.
    """
    descriptor = _open_own(folder / _NAME)
    try:
        _lock(descriptor, accounts)
        yield descriptor
    finally:
        os.close(descriptor)


def _open_own(path: Path) -> int:
    """Open the file, which must be of our own making; raises `InvalidSettings`."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as problem:
        raise _refusal(path, problem.strerror or "it cannot be opened") from problem
    found = os.fstat(descriptor)
    if found.st_uid == os.geteuid() and stat.S_ISREG(found.st_mode):
        return descriptor
    os.close(descriptor)
    raise _refusal(path, f"made by account {found.st_uid}")


def _refusal(path: Path, why: str) -> InvalidSettings:
    sentence = (
        f"SIFU_UID_RANGE: {path}, with which Sifu reserves people's accounts, cannot be used "
        f"({why}). Remove it, and start again; or let Sifu write to /run, where nobody else can "
        "put one."
    )
    return InvalidSettings([sentence])


def _lock(descriptor: int, accounts: range) -> None:
    wish = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, accounts.start, len(accounts), 0)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wish)
    except BlockingIOError as taken:
        sentence = (
            "SIFU_UID_RANGE: another Sifu on this machine gives people accounts among "
            f"{accounts.start}-{accounts[-1]}. Choose a range of its own for each."
        )
        raise InvalidSettings([sentence]) from taken
