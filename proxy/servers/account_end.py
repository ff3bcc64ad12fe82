"""`python -I -S account_end.py UID…`, as root: the end of all that these accounts run and hold.

Only as the account itself can a process kill all of it in one call, before more is forked. For that
moment what it kills can kill or stop it in turn, so another one comes, until it is done. Promises:
what lives in the kernel without a process (System V's shared memory, semaphores and messages, see
sysvipc(7)) goes, too: it would stay until the machine restarts. Must not: import anything but the
standard library.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

# One needs some microseconds between being the account and having killed it.
_MOST_ATTEMPTS = 500
_KINDS = {"shm": "shmid", "sem": "semid", "msg": "msqid"}
_REMOVE = 0  # IPC_RMID


def main(uids: list[int]) -> None:
    for uid in uids:
        for _ in range(_MOST_ATTEMPTS):
            if _attempt(uid):
                break


def holders() -> set[int]:
    """Return the accounts that hold something in the kernel without a process."""
    return {row["cuid"] for kind in _KINDS for row in _rows(kind)}


def held_memory() -> dict[int, int]:
    """Return what System V's shared memory takes, in bytes by account.

    What processes have used of it counts for them besides; hardly any program uses it nowadays.
    """
    found: dict[int, int] = {}
    for row in _rows("shm"):
        found[row["cuid"]] = found.get(row["cuid"], 0) + row["rss"] + row["swap"]
    return found


def _attempt(uid: int) -> bool:
    child = os.fork()
    if child == 0:
        _end_all(uid)
    status = os.waitpid(child, os.WUNTRACED)[1]
    if os.WIFSTOPPED(status):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return status == 0


def _end_all(uid: int) -> NoReturn:
    status = 1
    try:
        os.setresuid(uid, uid, uid)
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        _remove_all(uid)
        status = 0
    finally:
        os._exit(status)


def _remove_all(uid: int) -> None:
    libc = ctypes.CDLL(None)
    for kind, id_ in _KINDS.items():
        for row in _rows(kind):
            if row["cuid"] == uid:  # the creator, whoever it was given to
                more = (0,) if kind == "sem" else ()
                getattr(libc, f"{kind}ctl")(row[id_], *more, _REMOVE, None)


def _rows(kind: str) -> Iterator[dict[str, int]]:
    """Yield what the kernel has of a kind; nothing where there is no such thing."""
    with suppress(OSError):
        text = Path(f"/proc/sysvipc/{kind}").read_text()
        names, *lines = (line.split() for line in text.splitlines())
        for line in lines:
            yield {name: int(word) for name, word in zip(names, line, strict=True) if name != "key"}


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
