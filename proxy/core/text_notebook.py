"""Which texts of a repository are notebooks (jupytext), and what they are called as such.

Rules. (1) A text is one only if it says so itself: a header of YAML with the key `jupytext`, as
jupytext writes it; a README or a module without it stays what it is. (2) It becomes a notebook
beside it, of the same name, unless there is one. Must not: read YAML: the header is jupytext's.
"""

import re
from collections.abc import Collection
from typing import Final

from proxy.core.launch_target import SUFFIX

SUFFIXES: Final = (".md", ".py")
MOST_BYTES: Final = 2 * 2**20
_MOST_HEADER_LINES: Final = 200
_KEY = re.compile(r"jupytext\s*:")


def notebook_of(path: str, existing: Collection[str]) -> str:
    """Return the notebook that a text would become; empty if it can be none, or there is one."""
    stem, dot, ending = path.rpartition(".")
    if not stem or stem.endswith("/") or dot + ending not in SUFFIXES:
        return ""
    notebook = stem + SUFFIX
    return "" if notebook in existing else notebook


def is_text_notebook(path: str, text: str) -> bool:
    """Does its header say that it is one?"""
    mark = "# " if path.endswith(".py") else ""
    lines = text.removeprefix("\ufeff").split("\n", _MOST_HEADER_LINES)[:_MOST_HEADER_LINES]
    while lines and (not lines[0].strip() or lines[0].startswith(("#!", "# -*-"))):
        lines.pop(0)
    if not lines or lines[0].rstrip() != f"{mark}---":
        return False
    for line in lines[1:]:
        if line.rstrip() == f"{mark}---":
            return False
        if line.startswith(mark) and _KEY.match(line.removeprefix(mark).lstrip()):
            return True
    return False
