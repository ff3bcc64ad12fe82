"""What the packages of a course are called and known by: a list, a digest, a kernel.

Rules. (1) The same list for the same Python is the same environment, unless the list leads to files
of its course: then each version has its own. (2) What people's accounts can read names no course: a
key can be made from a name, not a name from a key. Must not: read a list from anywhere, or believe
that it is harmless.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from proxy.core.course import Outline

# Below SIFU_NOTEBOOKS: which Python the kernels of a course run, by the course's key.
INDEX: Final = ".courses/environments.json"
DEFAULT_LIST: Final = "requirements.txt"
MOST_LIST_BYTES: Final = 256 * 1024
_KERNEL_PREFIX: Final = "course-"
_KEY_DIGITS: Final = 32
# “numpy”, “numpy[extra] >= 1; python_version < "3.12"”: a name from the index, and no path.
_NAMED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[^\]]*\])?\s*([;<>=!~(].*)?")
_EDITABLE: Final = re.compile(r"(-e|--editable)(\s|=|$)")


def course_key(name: str) -> str:
    """Return what stands for a course where its name must not."""
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:_KEY_DIGITS]


def kernel_name(course: str) -> str:
    """Return the name of a course's kernel, as Jupyter allows names."""
    return _KERNEL_PREFIX + course_key(course)


def is_kernel_of_course(name: str) -> bool:
    key = name.removeprefix(_KERNEL_PREFIX)
    return name.startswith(_KERNEL_PREFIX) and len(key) == _KEY_DIGITS and key.isalnum()


def display_name(course: str) -> str:
    """Return what people read in a notebook's toolbar."""
    return f"Python ({course})"


def list_path(outline: Outline) -> str:
    """Return where the list of packages is, below the course."""
    return outline.requirements or DEFAULT_LIST


def digest_of(text: str, *, python: str, version: str) -> str:
    """Return what an environment is known by.

    `python` is all that an environment depends on beside its list; `version` the course's commit.
    """
    digest = hashlib.sha256()
    parts = (text, python, version if leads_to_files(text) else "")
    for part in parts:
        digest.update(f"{len(part.encode())}\n{part}\n".encode())
    return digest.hexdigest()[:40]


def leads_to_files(text: str) -> bool:
    """Does anything in the list lead to a file, of the course or elsewhere?"""
    return any(not _NAMED.fullmatch(line) for line in _lines(text))


def is_empty(text: str) -> bool:
    return not any(_lines(text))


def list_problem(text: str) -> str:
    """Return why an environment cannot be made of it, as a sentence; empty if nothing is known."""
    if any(_EDITABLE.match(line) for line in _lines(text)):
        return (
            "The list of packages asks for an editable one (-e). An environment outlives the files "
            "that it was made from: write the path without “-e”."
        )
    return ""


def _lines(text: str) -> Iterator[str]:
    """Yield what says something, without comments, options behind a requirement among it."""
    for line in text.replace("\\\n", " ").splitlines():
        kept = re.sub(r"(^|\s)#.*$", "", line).strip()
        if kept:
            yield kept
