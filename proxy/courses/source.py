"""What a course has for people now: its folder, and the files in it.

Promises: links, pipes and what git keeps are passed over, at every step; a listing is bounded in
files and depth; a file's hash is computed once, and again when the disk says that it changed. Must
not: look at anybody's workspace.
"""

import os
import stat
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from proxy.courses.shelf import CourseShelf
from proxy.disk.file_copies import hash_of
from proxy.disk.plain_files import has_folder, opened_folder

MOST_FILES: Final = 20_000
MOST_DEPTH: Final = 32
_MOST_HASHES: Final = 200_000
GIT: Final = ".git"


@dataclass(frozen=True, slots=True)
class Source:
    """`version` is empty for a course that was placed by hand; `static` are folders below it."""

    folder: Path
    version: str = ""
    static: tuple[str, ...] = ()


# None: there is no such course here, or nothing of it came yet.
SourceOf = Callable[[str], Awaitable[Source | None]]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """`path` is below the course."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Listing:
    """`is_whole` is False if there was more than may be."""

    files: tuple[SourceFile, ...]
    is_whole: bool = True


class Sources:
    """What is served of the courses on the shelf."""

    def __init__(self, shelf: CourseShelf) -> None:
        self._shelf = shelf

    async def find(self, name: str) -> Source | None:
        """Return the served version, or the folder that was placed by hand; raises `OSError`."""
        course = await self._shelf.find(name)
        if course is None:
            placed = await self._shelf.source_of(name)
            return None if placed is None else Source(placed)
        served = self._shelf.places.source(name, course)
        if served is None:
            return None
        return Source(served, course.version, course.outline.static)


def list_files(course: int, without: tuple[str, ...] = ()) -> Listing:
    """Return the files of an open folder, by path, but for those in the folders `without`."""
    found: list[SourceFile] = []
    is_whole = True
    for file in _walk(course, "", MOST_DEPTH, frozenset(without)):
        if file is None or len(found) >= MOST_FILES:
            is_whole = False
            break
        found.append(file)
    return Listing(tuple(sorted(found, key=lambda each: each.path)), is_whole)


class Hashes:
    """Of the files of courses, as long as the disk says that they are the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], str] = {}

    def of(self, file: BufferedReader) -> str:
        """Return the hash; raises `OSError`."""
        found = os.fstat(file.fileno())
        key = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        known = self._known.get(key)
        if known is None:
            known = hash_of(file.fileno(), found.st_size)
            if len(self._known) >= _MOST_HASHES:
                self._known.clear()
            self._known[key] = known
        return known


def is_course_here(source: Source | None) -> bool:
    """Is its folder there? Raises `OSError`. Blocks."""
    return source is not None and has_folder(source.folder)


def _walk(
    folder: int, above: str, depth: int, without: frozenset[str]
) -> Iterator[SourceFile | None]:
    """Yield each file, and None where it is too deep."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda each: each.name)
    for entry in found:
        path = above + entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.name == GIT or path in without:
                continue
            if not depth:
                yield None
                continue
            with opened_folder(entry.name, folder) as inside:
                if inside is not None:
                    yield from _walk(inside, f"{path}/", depth - 1, without)
        elif entry.name != GIT and entry.is_file(follow_symlinks=False):
            found_file = os.stat(entry.name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISREG(found_file.st_mode):
                yield SourceFile(path, found_file.st_size)
