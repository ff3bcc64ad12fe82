"""`courses.toml`: which course repositories go into the image.

    [[course]]
    name = "statistics-1"                             # its folder in everybody's notebooks
    url = "https://git.example.org/maths/statistics-1.git"
    branch = "main"                                   # optional: a branch or tag
    directory = "notebooks"                           # optional: only this folder is laid out

Promises: every problem of the file is told at once; an unknown key is a problem; a name is one safe
path segment. Must not: touch the network.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sifu_image.address import Address, read_address
from sifu_image.refusal import Refusal

FILE = "courses.toml"
_KEYS = frozenset({"name", "url", "branch", "directory"})
_NAME = re.compile(r"[a-z0-9](?:[-_]?[a-z0-9])*")
_LONGEST_NAME = 64
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]*")
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._+-]*")


@dataclass(frozen=True, slots=True)
class Course:
    """A repository, and the folder of it (`.` for all) that people find under `name`."""

    name: str
    address: Address
    branch: str = ""
    directory: str = "."


def read_courses(text: str) -> tuple[Course, ...]:
    """Read the file's text; raises `Refusal` with one line for each problem."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise Refusal(f"{FILE}: {problem}.") from None
    problems = [
        f"{FILE}: there is no “{key}”, only [[course]]." for key in document.keys() - {"course"}
    ]
    tables = document.get("course", [])
    if not isinstance(tables, list):
        raise Refusal(f"{FILE}: each course begins with [[course]], in double brackets.")
    courses: list[Course] = []
    for number, table in enumerate(tables, 1):
        try:
            courses.append(_read_course(table))
        except Refusal as refusal:
            problems.append(f"{FILE}, course {number}: {refusal}")
    problems += _doubles(course.name for course in courses)
    if problems:
        raise Refusal("\n".join(problems))
    return tuple(courses)


def _read_course(table: Mapping[str, Any]) -> Course:
    if unknown := sorted(table.keys() - _KEYS):
        raise Refusal(f"“{unknown[0]}” is not known; there are {', '.join(sorted(_KEYS))}.")
    for key, value in table.items():
        if not isinstance(value, str) or not value:
            raise Refusal(f"“{key}” must be a text in quotes, and not empty.")
    for key in ("name", "url"):
        if key not in table:
            raise Refusal(f"“{key}” is missing.")
    return Course(
        name=_checked_name(table["name"]),
        address=read_address(table["url"]),
        branch=_checked_branch(table.get("branch", "")),
        directory=_checked_directory(table.get("directory", ".")),
    )


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise Refusal(
            f"the name “{name}” may hold a-z, 0-9 and single - or _ between them, "
            f"{_LONGEST_NAME} characters at most."
        )
    return name


def _checked_branch(branch: str) -> str:
    if branch and (not _BRANCH.fullmatch(branch) or ".." in branch):
        raise Refusal(f"“{branch}” is not the name of a branch or tag.")
    return branch


def _checked_directory(directory: str) -> str:
    segments = PurePosixPath(directory).parts
    if directory.startswith("/") or not all(_SEGMENT.fullmatch(part) for part in segments):
        raise Refusal(
            f"the directory “{directory}” must be a folder inside the repository, such as "
            "notebooks/week-1, with no part that begins with a dot."
        )
    return "/".join(segments) or "."


def _doubles(names: Iterator[str]) -> list[str]:
    seen: set[str] = set()
    doubles: list[str] = []
    for name in names:
        if name in seen:
            doubles.append(f"{FILE}: two courses are called “{name}”.")
        seen.add(name)
    return doubles
