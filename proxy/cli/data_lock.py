"""The lock that makes a run the only one of its data folder, from the first check to the last.

Promises: of two starts at once one goes on; the lock lives as long as supervisord, and goes with it
however it ends. Must not: reach any other process, or a notebook server that outlives supervisord
would keep everybody out. It needs no release: the kernel gives it back.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proxy.core.errors import Conflict, InvalidSettings
from proxy.disk.private_folders import make_private_folders

RUNNING_ALREADY = (
    "Sifu is running already with this data folder. Stop it first (Ctrl-C where it runs), "
    "or choose another folder with SIFU_DATA."
)
# supervisord closes what it inherited from 5 upwards when it reads its file anew (SIGHUP), and
# from 3 upwards in each child.
_KEPT = (3, 4)
_ASIDE = 10


@contextmanager
def locked(data: Path) -> Iterator[int]:
    """Hold the lock; raises `Conflict` if another run does, `InvalidSettings` if it cannot be had.

    The descriptor is closed on leaving, and in no process that is made by `exec`.
    """
    make_private_folders(data)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(data / "lock", flags, 0o600)
    try:
        _lock(descriptor, data)
        yield descriptor
    finally:
        os.close(descriptor)


def keep_through_exec(*locks: int) -> None:
    """Hand at most two locks to the program that this process becomes. The last thing to do."""
    aside = [fcntl.fcntl(lock, fcntl.F_DUPFD_CLOEXEC, _ASIDE) for lock in locks]
    for kept, lock in zip(_KEPT, aside, strict=False):
        os.dup2(lock, kept)


def _lock(descriptor: int, data: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise Conflict(RUNNING_ALREADY) from problem
    except OSError as problem:
        sentence = f"SIFU_DATA: {data} is on a file system without locks ({problem.strerror})."
        raise InvalidSettings([f"{sentence} Choose a folder on another one."]) from problem
