"""Facts about this machine for `sifu doctor`: ports, folders, files, disks, clock.

Must not: judge (that is `core.diagnosis`), create or change anything.
"""

import errno
import os
import shutil
import socket
import stat
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import psutil

from proxy.core.diagnosis import (
    SOCKET_PATH_LIMIT,
    Disk,
    Folder,
    Port,
    PortState,
    PrivateFile,
    SocketPath,
    TimeStamp,
)
from proxy.settings import Settings

_REFUSALS = {
    errno.EADDRINUSE: PortState.TAKEN,
    errno.EACCES: PortState.FORBIDDEN,
    errno.EADDRNOTAVAIL: PortState.NOT_HERE,
}


def find_ports(settings: Settings, our_pids: Collection[int]) -> list[Port]:
    """Try to listen on both ports; `our_pids` are the programs of this installation."""
    wanted = {"SIFU_FRONT_PORT": settings.front_port, "SIFU_NOTEBOOK_PORT": settings.notebook_port}
    return [_port(name, settings.bind, number, our_pids) for name, number in wanted.items()]


def find_folders(settings: Settings) -> list[Folder]:
    wanted = {"SIFU_DATA": settings.data, "SIFU_NOTEBOOKS": settings.notebooks}
    return [_folder(name, path) for name, path in wanted.items()]


def find_private_files(settings: Settings) -> list[PrivateFile]:
    """Return what stands in the data folder and is for nobody else's eyes."""
    names = ("secret", "sifu.db", "sifu.db-wal", "sifu.db-shm")
    paths = [settings.data / name for name in names]
    return [_private_file(path) for path in paths if _exists(path)]


def find_disks(settings: Settings) -> list[Disk]:
    """Return the disks of data and notebooks, once each."""
    disks: dict[int, Disk] = {}
    for path in (settings.data, settings.notebooks):
        parent = _nearest(path)
        disks.setdefault(parent.stat().st_dev, _disk(path, parent))
    return list(disks.values())


def measure_socket_path(path: Path) -> SocketPath:
    """Return the path of a unix socket with its length and this system's limit."""
    limit = SOCKET_PATH_LIMIT["linux" if sys.platform == "linux" else "other"]
    return SocketPath(str(path), len(os.fsencode(path)), limit)


def newest_file_time(settings: Settings) -> TimeStamp | None:
    """Return the newest time of a file of this installation, this program's own among them."""
    paths = [settings.data / "sifu.db", settings.data / "secret", Path(__file__)]
    times = [TimeStamp(str(path), path.stat().st_mtime) for path in paths if _exists(path)]
    return max(times, key=lambda stamp: stamp.at, default=None)


def _port(setting: str, bind: str, number: int, our_pids: Collection[int]) -> Port:
    if ":" in bind:
        return Port(setting, bind, number, PortState.NOT_IPV4)
    try:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((bind, number))
            trial.listen(1)
    except OSError as refusal:
        state = _REFUSALS.get(refusal.errno or 0, PortState.NOT_HERE)
        holders = _listeners(number) if state is PortState.TAKEN else {}
        if our_pids and holders.keys() & set(our_pids):
            state = PortState.OURS
        return Port(setting, bind, number, state, next(iter(holders.values()), ""))
    return Port(setting, bind, number, PortState.FREE)


def _listeners(number: int) -> dict[int, str]:
    """Return pid and description of the programs that listen there, as far as we may know."""
    try:
        found = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return {}
    return dict(
        _described(each.pid)
        for each in found
        if each.status == psutil.CONN_LISTEN and each.pid and each.laddr[1:2] == (number,)
    )


def _described(pid: int) -> tuple[int, str]:
    try:
        return pid, f"{psutil.Process(pid).name()} (process {pid})"
    except psutil.Error:
        return pid, f"process {pid}"


def _folder(setting: str, path: Path) -> Folder:
    nearest = _nearest(path)
    facts = nearest.stat()
    return Folder(
        setting,
        str(path),
        exists=nearest == path,
        is_writable=stat.S_ISDIR(facts.st_mode) and os.access(nearest, os.W_OK | os.X_OK),
        is_ours=facts.st_uid == os.geteuid(),
        mode=stat.S_IMODE(facts.st_mode),
    )


def _private_file(path: Path) -> PrivateFile:
    facts = path.stat()
    is_ours = facts.st_uid == os.geteuid()
    return PrivateFile(str(path), stat.S_IMODE(facts.st_mode), is_ours)


def _disk(path: Path, parent: Path) -> Disk:
    usage = shutil.disk_usage(parent)
    files = os.statvfs(parent)
    return Disk(str(path), usage.total, usage.free, files.f_files, files.f_favail)


def _nearest(path: Path) -> Path:
    """Return the path itself if it exists, else its nearest parent that does."""
    return next(each for each in _upwards(path) if _exists(each))


def _upwards(path: Path) -> Iterator[Path]:
    yield path
    yield from path.parents


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # a parent may not be searched: for us, nothing is there
        return False
