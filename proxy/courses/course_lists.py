"""The list of packages of a course's version, and a copy of the files that it may lead to.

Promises: the list is read without following a link, up to a bound; a copy is made of the version as
it is, links as links, and is the build's own: nothing that a build does reaches what people get of
the course. Blocks.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proxy.core.course import Course
from proxy.core.course_environment import (
    MOST_LIST_BYTES,
    digest_of,
    is_empty,
    leads_to_files,
    list_path,
    list_problem,
)
from proxy.courses.build_failure import BuildFailed
from proxy.disk.plain_files import open_named_file, opened_folder

MOST_COPIED: Final = 2 * 2**30


@dataclass(frozen=True, slots=True)
class CourseList:
    """`path` is where it is below the course; `source` is the version's folder."""

    path: str
    text: str
    source: Path

    def digest(self, python: str, version: str) -> str:
        return digest_of(self.text, python=python, version=version)


def read_list(course: Course, source: Path) -> CourseList | None:
    """Return what the version asks for, None if it asks for nothing.

    Raises `BuildFailed` where there is a list that cannot be used, `OSError`.
    """
    path = list_path(course.outline)
    raw = _read(source, path)
    if raw is None:
        if course.outline.requirements:
            raise BuildFailed(f"The course names “{path}”, and there is no such file in it.")
        return None
    if len(raw) > MOST_LIST_BYTES:
        raise BuildFailed(f"“{path}” is longer than {MOST_LIST_BYTES // 1024} KiB.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BuildFailed(f"“{path}” is not text in UTF-8.") from None
    if problem := list_problem(text):
        raise BuildFailed(problem)
    return None if is_empty(text) else CourseList(path, text, source)


def lay_out(wanted: CourseList, folder: Path) -> Path:
    """Put the list, and what it may lead to, into a new folder; return where the list is there."""
    if leads_to_files(wanted.text):
        if _size(wanted.source) > MOST_COPIED:
            raise BuildFailed(
                f"The list of packages leads to files, and the course has more of them than "
                f"{MOST_COPIED // 2**30} GiB. Name packages of an index instead."
            )
        shutil.copytree(wanted.source, folder, symlinks=True)
    there = folder / wanted.path
    there.parent.mkdir(parents=True, exist_ok=True)
    there.unlink(missing_ok=True)
    there.write_text(wanted.text)
    return there


def _read(source: Path, path: str) -> bytes | None:
    with opened_folder(source) as folder:
        file = None if folder is None else open_named_file(folder, path)
    if file is None:
        return None
    with file:
        return file.read(MOST_LIST_BYTES + 1)


def _size(folder: Path) -> int:
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            total += (Path(here) / name).lstat().st_size
    return total
