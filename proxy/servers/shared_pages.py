"""How much memory a process takes, its shared pages counted by its part: PSS.

What was swapped out counts like what was not: a limit that the kernel lifts by swapping is none.
Promises: an answer for every process of ours, also where Sifu runs as root without the capability
to look into other people's processes (containers have none). Blocks: call it in a thread. Must not:
leave the thread with another identity than it had.
"""

import ctypes
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import Final, NamedTuple

_KIB: Final = 1024
_MOST_BYTES: Final = 8192
_BLOCK: Final = 512  # what `st_blocks` counts, see stat(2)
_IN_MEMORY: Final = ("/memfd:", "/dev/shm/")  # noqa: S108 (looked for)
_libc = ctypes.CDLL(None)


class Pages(NamedTuple):
    """In bytes; `pss` with what is swapped out. `shmem` is the part of it in files in memory.

    `files` are those files, by inode: they (memfd_create(2), shm_open(3)) take memory although no
    process has mapped them.
    """

    pss: int
    shmem: int = 0
    files: Mapping[int, int] = MappingProxyType({})


def read_pages(pid: int, uid: int | None = None) -> Pages | None:
    """Return what it takes; None if the process is gone. `uid` is whose process it is.

    A process that hides its pages (prctl(2), PR_SET_DUMPABLE) is judged by all its anonymous ones.
    """
    try:
        with _acting_for(uid):
            text = _read(f"/proc/{pid}/smaps_rollup")
            # Of files in memory SwapPss has nothing; `_read_files` has all, wherever it is.
            pss = _sum(text, b"Pss") + _sum(text, b"SwapPss")
            return Pages(pss, _sum(text, b"Pss_Shmem"), _read_files(pid))
    except (FileNotFoundError, ProcessLookupError):
        return None
    except OSError:
        return _read_anonymous(pid)


def hidden_bytes(pages: Collection[Pages], more: int = 0) -> int:
    """Return what processes together have in files in memory, and `more`, beyond their PSS."""
    files = {inode: size for each in pages for inode, size in each.files.items()}
    return max(0, sum(files.values()) + more - sum(each.shmem for each in pages))


def _read_files(pid: int) -> Mapping[int, int]:
    found = {}
    with os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with suppress(OSError):  # closed meanwhile
                if os.readlink(entry.path).startswith(_IN_MEMORY):  # noqa: PTH115 (asked often)
                    status = entry.stat()
                    found[status.st_ino] = status.st_blocks * _BLOCK
    return found


def _read_anonymous(pid: int) -> Pages | None:
    try:
        text = _read(f"/proc/{pid}/status")
    except OSError:
        return None
    shmem = _sum(text, b"RssShmem")
    return Pages(_sum(text, b"RssAnon") + _sum(text, b"VmSwap") + shmem, shmem)


@contextmanager
def _acting_for(uid: int | None) -> Iterator[None]:
    """Let this thread alone open files as `uid` would: the kernel asks for that (setfsuid(2))."""
    own = os.geteuid()
    if uid is None or uid == own or own != 0:
        yield
        return
    own_group = os.getegid()
    _libc.setfsgid(uid)  # gid = uid, as accounts are given out
    _libc.setfsuid(uid)
    try:
        yield
    finally:
        _libc.setfsuid(own)
        _libc.setfsgid(own_group)


def _sum(text: bytes, name: bytes) -> int:
    """Return the bytes that the line `name:` counts in kB."""
    _, found, after = (b"\n" + text).partition(b"\n" + name + b":")
    return int(after.split(None, 1)[0]) * _KIB if found else 0


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _MOST_BYTES)
    finally:
        os.close(descriptor)
