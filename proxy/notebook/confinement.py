"""What a process gives up before it becomes a Jupyter server: everything that it does not need.

Used by the exec way and by a child of the fork server alike. Promises: after `confine` with an
account there is no way back to ours (groups dropped, no set-user-id program helps), no terminal of
ours, no core dump, and files are made private. Must not: import anything but the standard library,
or leave out a step that was asked for: what cannot be done raises `OSError`. A private /tmp alone
depends on the kernel, and the answer says whether there is one.
"""

import ctypes
import fcntl
import os
import resource
import sys
import termios
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from proxy.notebook.private_tmp import make_private_tmp

# prctl(2)
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38


@dataclass(frozen=True, slots=True)
class Confinement:
    """What to give up. No `uid`: the account stays ours; a limit of 0: none.

    `processes` counts the threads of everything that the account runs, so it needs an account.
    `temporary` is a folder of the account's, `needed` are the paths that must stay visible.
    """

    uid: int | None = None
    gid: int | None = None
    processes: int = 0
    open_files: int = 0
    niceness: int = 0
    oom_score: int = 0
    temporary: str = ""
    needed: tuple[str, ...] = ()


def confine(to: Confinement) -> bool:
    """Give it all up, and return whether /tmp is now private; raises `OSError`."""
    leave_terminal()
    os.umask(0o077)
    _limit(to)
    if to.uid is None or to.gid is None:
        return False
    has_private_tmp = make_private_tmp(to.temporary, to.uid, to.needed)
    os.setgroups([])
    os.setresgid(to.gid, to.gid, to.gid)
    _prctl(_PR_SET_NO_NEW_PRIVS)
    os.setresuid(to.uid, to.uid, to.uid)
    # Without an exec a process that changed its account is closed to its own account's tools, and
    # to itself: /dev/stdout, for one. There is nothing in it that its account may not see.
    _prctl(_PR_SET_DUMPABLE)
    if to.uid != 0 and _may_become_root():
        raise PermissionError("the account could be changed back")
    return has_private_tmp


def leave_terminal() -> None:
    """Lose the controlling terminal: through it a program could type commands as its owner."""
    try:
        os.setsid()
    except PermissionError:  # a leader of a process group cannot; supervisord makes one of each
        with suppress(OSError):
            terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
            try:
                fcntl.ioctl(terminal, termios.TIOCNOTTY)
            finally:
                os.close(terminal)


def _limit(to: Confinement) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if to.open_files:
        _set_limit(resource.RLIMIT_NOFILE, to.open_files)
    if to.processes and to.uid is not None:
        _set_limit(resource.RLIMIT_NPROC, to.processes)
    if to.niceness:
        os.nice(to.niceness)
    if to.oom_score:
        with suppress(FileNotFoundError):  # not Linux
            Path("/proc/self/oom_score_adj").write_text(str(to.oom_score))


def _set_limit(kind: int, wanted: int) -> None:
    """Lower both limits; one that is lower already stays."""
    _, hard = resource.getrlimit(kind)
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (limit, limit))


def _prctl(option: int) -> None:
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, 1, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _may_become_root() -> bool:
    try:
        os.setuid(0)
    except OSError:
        return False
    return True
