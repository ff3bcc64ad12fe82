"""Where a bundle touches the file system: a checkout is read, a bundle written.

Promises: no symbolic link is followed; a file is written whole or not at all. Must not: decide
what belongs in a bundle.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from proxy.deploy.bundle.layout import is_hidden

# Seconds without a word to whoever waits.
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Listing:
    """A checkout's files, and what is none and cannot go anywhere: links, sockets, pipes."""

    files: tuple[str, ...]
    irregular: tuple[str, ...]


def list_checkout(source: Path, folders: Iterable[str], files: Iterable[str]) -> Listing:
    """List the named files, and all files of the named folders but hidden ones, with slashes."""
    found = [path for path in files if os.path.lexists(source / path)]
    for folder in folders:
        if os.path.lexists(source / folder):
            found += _list(source, folder)
    regular = [path for path in found if _is_regular(source / path)]
    return Listing(tuple(sorted(regular)), tuple(sorted(set(found) - set(regular))))


def read_files(
    source: Path,
    paths: Iterable[str],
    report: Callable[[str], None],
    *,
    most: int,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, bytes]:
    """Return path → bytes; stop after `most` bytes, which the caller finds too many.

    `report` gets a sentence whenever two seconds have passed.
    """
    wanted = list(paths)
    contents: dict[str, bytes] = {}
    size, spoken = 0, clock()
    for number, path in enumerate(wanted):
        if size > most:
            break
        if clock() - spoken >= PATIENCE:
            report(f"Reading: {number} of {len(wanted)} files.")
            spoken = clock()
        contents[path] = (source / path).read_bytes()
        size += len(contents[path])
    return contents


def write_whole(target: Path, data: bytes) -> None:
    """Replace `target` by the data, which is on the disk before it has the name; mode 0600."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _list(source: Path, folder: str) -> Iterator[str]:
    """Yield what is in a folder; a link to a folder is yielded itself, not what is behind it."""
    start = source / folder
    if start.is_symlink() or not start.is_dir():
        yield folder
        return
    for entry in os.scandir(start):
        path = f"{folder}/{entry.name}"
        if is_hidden(path):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _list(source, path)
        else:
            yield path


def _is_regular(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
