"""What the machine has left, and what runs on it. Every function blocks: in a thread only."""

import platform
import shutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from proxy import __version__
from proxy.core.overview import Disk, Machine

_PACKAGES = ("jupyterlab", "jupyter_server", "ipykernel", "aiohttp", "supervisor", "sqlalchemy")


def look_at_machine(folders: Iterable[Path]) -> Machine:
    """Look once; the share of the CPU is that since the look before."""
    memory = psutil.virtual_memory()
    return Machine(
        memory_total=memory.total,
        memory_free=memory.available,
        cpu=psutil.cpu_percent(),
        cores=psutil.cpu_count() or 1,
        disks=tuple(_disks(folders)),
    )


@cache
def versions() -> Mapping[str, str]:
    """Return what runs here, by name; what is not installed is left out."""
    found = {"Sifu": __version__, "Python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found | {"System": f"{platform.system()} {platform.release()}"}


def _disks(folders: Iterable[Path]) -> Iterable[Disk]:
    """One for each file system, named by the first folder that lies on it."""
    seen: set[int] = set()
    for folder in folders:
        nearest = next(each for each in (folder, *folder.parents) if each.exists())
        device = nearest.stat().st_dev
        if device not in seen:
            seen.add(device)
            usage = shutil.disk_usage(nearest)
            yield Disk(str(folder), usage.total, usage.free)
