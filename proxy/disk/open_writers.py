"""Does somebody have a file open to write into it?

A lease (fcntl(2), F_SETLEASE) is given to one reader alone if nobody does, which is the kernel's
own count and no guess. Promises: whoever wants to write meanwhile waits a moment at most; no
signal that a lease brings ends this process. Blocks for no longer than a call.
"""

import ctypes
import errno
import fcntl
import os
import signal
from typing import Final

_LOOKED_AT: Final = fcntl.F_RDLCK
_libc: Final = ctypes.CDLL(None, use_errno=True)


def is_being_written(file: int) -> bool | None:
    """Tell it of a file that is open for reading only; None where nobody can tell."""
    found = _try(file)
    if found == errno.EACCES:
        # Leases are for a file's owner. Being one is a matter of this thread alone.
        found = _try_as(file, os.fstat(file).st_uid)
    return {0: False, errno.EAGAIN: True}.get(found)


def _try(file: int) -> int:
    """Return 0 if there was a lease, or the number of the error."""
    try:
        # The signal for somebody who wants to write would be SIGIO, which ends a process.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, _LOOKED_AT)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as problem:
        return problem.errno or errno.EINVAL
    return 0


def _try_as(file: int, uid: int) -> int:
    before = _libc.setfsuid(uid)
    try:
        return _try(file)
    finally:
        _libc.setfsuid(before)
