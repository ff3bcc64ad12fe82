"""Names for what is put beside a file: a word and the day go between its stem and its suffix.

Promises: the suffix stays, so that what opens a notebook opens the other one too; a name has at
most 255 bytes, as file systems want; each number gives another name. Must not: look whether it is
taken.
"""

import re
from datetime import UTC, datetime
from typing import Final

NEW_VERSION: Final = "new version"
COPY: Final = "my copy"
CLEARED: Final = "cleared"
_MOST_BYTES: Final = 255
_MOST_SUFFIX: Final = 16
_DATED: Final = r" \({word} \d\d\d\d-\d\d-\d\d(?: \d+)?\)"


def dated_name(name: str, word: str, at: float, number: int = 1, *, is_folder: bool = False) -> str:
    """Return `means (new version 2026-11-28).ipynb`; from the second on with its number.

    A folder has no suffix, whatever dots it has in its name.
    """
    day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
    count = f" {number}" if number > 1 else ""
    stem, suffix = (name, "") if is_folder else _split(name)
    middle = f" ({word} {day}{count})"
    room = _MOST_BYTES - len(_bytes(middle + suffix))
    return _cut(stem, room) + middle + suffix


def is_dated(candidate: str, name: str, word: str) -> bool:
    """Is it a name that `dated_name` gave, on whatever day?"""
    stem, suffix = _split(name)
    pattern = f"(.*){_DATED.format(word=re.escape(word))}{re.escape(suffix)}"
    found = re.fullmatch(pattern, candidate, re.DOTALL)
    if found is None:
        return False
    # A long stem was cut.
    is_whole = found[1] == stem
    return is_whole or (stem.startswith(found[1]) and len(_bytes(candidate)) > _MOST_BYTES - 4)


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    if not stem or not suffix or len(_bytes(suffix)) > _MOST_SUFFIX:
        return name, ""
    return stem, dot + suffix


def _cut(text: str, room: int) -> str:
    while len(_bytes(text)) > room:
        text = text[:-1]
    return text


def _bytes(text: str) -> bytes:
    # Names that are no text come from the disk with surrogates in them.
    return text.encode("utf-8", "surrogateescape")
