"""Makes what a build left behind ours, readable for all and writable for nobody.

Nothing of the build runs any more when this is called. Promises: what belongs to anybody but the
build's account stops it, so that no file of somebody else's is given away by a second name that a
build gave it; no link is followed; what is neither folder, file nor link goes; bounded in depth,
number and size. Raises `OSError`, or `BuildFailed` with the sentence. Blocks.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proxy.courses.build_failure import BuildFailed

MOST_ENTRIES: Final = 500_000
MOST_DEPTH: Final = 40
MOST_BYTES: Final = 20 * 2**30
_BLOCK: Final = 512
_TOO_MUCH: Final = "The packages are more than an environment may hold ({what}). Leave some out."
_FOREIGN: Final = "A package left a file of somebody else's account in the environment."


@dataclass(frozen=True, slots=True)
class Sealed:
    """What it takes on the disk, in bytes, and how many packages there are."""

    size: int
    packages: int


def seal(folder: Path, uid: int | None) -> Sealed:
    """Seal all of it; `uid` is the build's account, None where that is our own."""
    top = folder.lstat()
    _refuse_foreign(top, uid)
    if uid is not None:
        # From here on nobody but us can reach what is inside, until all of it is ours.
        os.chown(folder, 0, 0, follow_symlinks=False)
        folder.chmod(0o700)
    size, packages = top.st_blocks, 0
    for number, (entry, found) in enumerate(_walk(folder)):
        size += found.st_blocks
        _bound(number, size)
        _refuse_foreign(found, uid)
        _seal_one(entry, found, uid)
        packages += entry.name.endswith(".dist-info") and stat.S_ISDIR(found.st_mode)
    folder.chmod(0o755)
    return Sealed(size * _BLOCK, packages)


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield everything, what is in a folder after the folder."""
    open_ones = [(folder, 0)]
    while open_ones:
        here, depth = open_ones.pop()
        if depth > MOST_DEPTH:
            raise BuildFailed(_TOO_MUCH.format(what=f"folders {MOST_DEPTH} deep"))
        with os.scandir(here) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                yield here / entry.name, found
                if stat.S_ISDIR(found.st_mode):
                    open_ones.append((here / entry.name, depth + 1))


def _bound(number: int, blocks: int) -> None:
    if number >= MOST_ENTRIES:
        raise BuildFailed(_TOO_MUCH.format(what=f"{MOST_ENTRIES} files"))
    if blocks * _BLOCK > MOST_BYTES:
        raise BuildFailed(_TOO_MUCH.format(what=f"{MOST_BYTES // 2**30} GiB"))


def _refuse_foreign(found: os.stat_result, uid: int | None) -> None:
    if found.st_uid != (os.geteuid() if uid is None else uid):
        raise BuildFailed(_FOREIGN)


def _seal_one(path: Path, found: os.stat_result, uid: int | None) -> None:
    mode = found.st_mode
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        path.unlink()
        return
    if uid is not None:
        os.chown(path, 0, 0, follow_symlinks=False)
    if stat.S_ISDIR(mode):
        path.chmod(0o755)
    # As our own account a build could have given any file of ours a second name here.
    elif stat.S_ISREG(mode) and (uid is not None or found.st_nlink == 1):
        path.chmod(0o555 if mode & 0o111 else 0o444)
