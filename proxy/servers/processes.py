"""Processes as the kernel knows them: found by command line or account, and ended.

Every function blocks for some milliseconds; call them in a thread. A `psutil.Process` remembers
when its process started, so a number that was given to another one is never signalled.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import psutil

from proxy.servers import account_end
from proxy.servers.process_table import read_uid
from proxy.servers.program_file import notebook_arguments

# Whoever is below belongs to the system.
_FIRST_UID = 1000
_PAUSE = 0.02
_END = Path(account_end.__file__)


def find_notebooks(servers: Path) -> list[psutil.Process]:
    """Return all that look like servers whose folders are in `servers`, orphans included.

    A command line is chosen by whoever owns the process: not for believing, but for ending.
    """
    module = notebook_arguments(servers)[:-1]
    return [
        process
        for process in _ours(of_all=os.getuid() == 0)
        if (arguments := _arguments(process))[-3:-1] == module
        and Path(arguments[-1]).parent == servers
    ]


def find_fork_servers(path: Path) -> list[psutil.Process]:
    """Return the processes of ours that fork servers for whoever connects to this socket."""
    arguments = ["-m", "proxy.notebook.fork_server", str(path)]
    return [process for process in _ours() if _arguments(process)[-3:] == arguments]


def of_account(uid: int) -> list[psutil.Process]:
    """Return every live process of an account; none of our own account's."""
    return [] if uid == os.getuid() else [each for each in _all() if _uid(each) == uid]


def family(process: psutil.Process) -> list[psutil.Process]:
    """Return a server with all that it led to: what its account runs, or what it started.

    The account tells more: a process may leave its parents, but not its account.
    """
    uid = _uid(process)
    if uid is not None and uid != os.getuid():
        return of_account(uid)
    return [process, *descendants(process)]


def end_accounts(uids: Iterable[int], *, seconds: float = 3) -> None:
    """End all that these accounts run, each at once, and what they hold without a process."""
    holding = account_end.holders()
    busy = [uid for uid in uids if uid >= _FIRST_UID and (uid in holding or of_account(uid))]
    if os.getuid() != 0 or not busy:
        return
    words = [sys.executable, "-I", "-S", str(_END), *map(str, busy)]
    subprocess.run(words, check=False, timeout=seconds)  # noqa: S603 (ours, and numbers)
    deadline = time.monotonic() + seconds
    # Not until they are fetched, too: that is the affair of whoever is their parent now.
    while any(of_account(uid) for uid in busy) and time.monotonic() < deadline:
        time.sleep(_PAUSE)


def find_modules(names: Collection[str]) -> list[psutil.Process]:
    """Return the processes that run `-m` one of these modules, without further arguments."""
    return [
        process
        for process in _ours()
        if (arguments := _arguments(process))[-2:-1] == ["-m"] and arguments[-1] in names
    ]


def environment_value(process: psutil.Process, name: str) -> str | None:
    """Return a variable that the process was started with."""
    try:
        return process.environ().get(name)
    except psutil.Error:
        return None


def live(pid: int) -> psutil.Process | None:
    """Return the process if it runs and is no zombie."""
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None
    return process if is_live(process) else None


def is_live(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def descendants(process: psutil.Process) -> list[psutil.Process]:
    """Return everything it started that lives, deepest last; empty if it is gone."""
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def terminate(process: psutil.Process) -> None:
    _quietly(process.terminate)


def wait_until_gone(processes: Collection[psutil.Process], seconds: float) -> None:
    psutil.wait_procs(processes, timeout=seconds)


def kill(processes: Iterable[psutil.Process], *, seconds: float = 2) -> None:
    """Kill those that are left and wait until they are gone, at most `seconds`."""
    left = [process for process in processes if is_live(process)]
    for process in left:
        _quietly(process.kill)
    psutil.wait_procs(left, timeout=seconds)


def _ours(*, of_all: bool = False) -> Iterator[psutil.Process]:
    """Yield the live processes of our own account, or of all."""
    for process in _all():
        if of_all or _uid(process) == os.getuid():
            yield process


def _all() -> Iterator[psutil.Process]:
    return (process for process in psutil.process_iter() if is_live(process))


def _uid(process: psutil.Process) -> int | None:
    """Return whose it is; psutil would believe a process that is named like the line it seeks."""
    if psutil.LINUX:
        return read_uid(process.pid)
    try:
        return int(process.uids().real)
    except psutil.Error:  # it went while we looked
        return None


def _arguments(process: psutil.Process) -> list[str]:
    """Return its command line; one that was written over ends in nothing."""
    try:
        words = process.cmdline()
    except psutil.Error:
        return []
    while words and not words[-1]:
        words.pop()
    return words


def _quietly(signal: Callable[[], None]) -> None:
    try:
        signal()
    except psutil.Error:  # it went by itself
        return
