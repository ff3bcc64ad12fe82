"""Processes as the kernel knows them: found by command line, remembered by start time, ended.

Every function blocks for some milliseconds; call them in a thread. A `psutil.Process` remembers
when its process started, so a number that was given to another one is never signalled.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import psutil

from proxy.servers.program_file import notebook_arguments


def find_notebook(folder: Path) -> psutil.Process | None:
    """Return the oldest process of ours that is the server of this folder, or None.

    A pid file is not asked: it survives its process, and the number is used again.
    """
    arguments = notebook_arguments(folder)
    found = [process for process in _ours() if _arguments(process)[-3:] == arguments]
    return min(found, key=lambda process: process.create_time(), default=None)


def find_notebooks(servers: Path) -> list[psutil.Process]:
    """Return all servers whose folders are in `servers`, orphans included."""
    module = notebook_arguments(servers)[:-1]
    return [
        process
        for process in _ours()
        if (arguments := _arguments(process))[-3:-1] == module
        and Path(arguments[-1]).parent == servers
    ]


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


def _ours() -> Iterator[psutil.Process]:
    """Yield the live processes of our own account."""
    mine = psutil.Process().uids().real
    for process in psutil.process_iter():
        try:
            if process.uids().real == mine and is_live(process):
                yield process
        except psutil.Error:  # it went while we looked, or is not ours to see
            continue


def _arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _quietly(signal: Callable[[], None]) -> None:
    try:
        signal()
    except psutil.Error:  # it went by itself
        return
