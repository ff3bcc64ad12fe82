"""Replaces a file that its owner has not changed, while they may be changing it.

Promises: a byte that somebody wrote is in a file of the same folder afterwards, whatever they did
meanwhile: saved (JupyterLab truncates and writes in place), renamed, removed, put a folder there.
What came out is looked at after it came out, when nobody has it open to write; if it is not what it
was taken for, it goes back. What is replaced is not removed at once but set aside under a hidden
name: a program that had it open may write still. Blocks.

Killed at any point, this leaves under a hidden name either our own copy or what was there before;
`found_aside` finds both, and nothing under such a name is ever removed unlooked at.
"""

import errno
import os
import secrets
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Final

from proxy.core.dated_names import dated_name
from proxy.disk.file_copies import hash_of
from proxy.disk.open_writers import is_being_written
from proxy.disk.plain_files import open_file
from proxy.disk.renaming import exchange, give_free_name

PREFIX: Final = ".sifu-replaced-"
# How long a save is waited for that is under way.
PATIENCE: Final = 2.0
_PAUSE: Final = 0.02
_RANDOM_BYTES: Final = 8
_MOST_NAME: Final = 255
_MOST_NAMES_TRIED: Final = 10_000
MOST_ENTRIES: Final = 20_000


class Outcome(Enum):
    """What became of a replacement."""

    REPLACED = "replaced"
    CHANGED = "changed"  # it is not what it was taken for, and still where it was
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Content:
    """The hash and the size of what a file holds."""

    hash: str
    size: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """`aside` are hidden names with what each holds as far as it is known; None: somebody's."""

    outcome: Outcome
    aside: tuple[tuple[str, Content | None], ...] = ()


def replace(folder: int, unfinished: str, name: str, old: Content, new: Content) -> Replacement:
    """Put our finished copy (`unfinished`, which holds `new`) where `old` is expected."""
    aside = hidden_name(name)
    give_free_name(folder, unfinished, aside)
    try:
        exchange(folder, aside, name, between=hidden_name(name))
    except FileNotFoundError:
        return Replacement(Outcome.GONE, ((aside, new),))
    if holds(folder, aside, old, seconds=PATIENCE):
        return Replacement(Outcome.REPLACED, ((aside, old),))
    return _put_back(folder, aside, name, new)


def _put_back(folder: int, aside: str, name: str, new: Content) -> Replacement:
    try:
        exchange(folder, aside, name, between=hidden_name(name))
    except FileNotFoundError:
        # Ours was removed, or renamed, meanwhile: theirs gets its name again.
        try:
            give_free_name(folder, aside, name)
        except FileExistsError:
            return Replacement(Outcome.CHANGED, ((aside, None),))
        except FileNotFoundError:
            pass  # its owner took it away from there
        return Replacement(Outcome.CHANGED)
    is_ours = holds(folder, aside, new, seconds=PATIENCE)
    return Replacement(Outcome.CHANGED, ((aside, new if is_ours else None),))


def holds(folder: int, name: str, content: Content, *, seconds: float = 0.0) -> bool:
    """Does a plain file hold exactly that, and is nobody about to change it?

    Waits so long for those who have it open to write.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = _holds_now(folder, name, content)
        if answer is not None:
            return answer
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE)


def _holds_now(folder: int, name: str, content: Content) -> bool | None:
    """Return None while it is being written."""
    try:
        file = open_file(folder, name)
    except OSError as problem:
        if problem.errno in {errno.EACCES, errno.EPERM}:
            return False
        raise
    if file is None:
        return False
    with file:
        before = os.fstat(file.fileno())
        if is_being_written(file.fileno()):
            return None
        if before.st_size != content.size or hash_of(file.fileno(), content.size) != content.hash:
            return False
        after = os.fstat(file.fileno())
        is_still = _times(before) == _times(after)
        return True if is_still and not is_being_written(file.fileno()) else None


def hidden_name(name: str) -> str:
    """Return a name that nobody foresees, in which the other one can be read."""
    start = f"{PREFIX}{secrets.token_hex(_RANDOM_BYTES)}-"
    kept = os.fsencode(name)[-(_MOST_NAME - len(start)) :]
    return start + os.fsdecode(kept)


def shown_name(hidden: str) -> str:
    """Return what was called so before, but for the beginning of a very long name."""
    return hidden[len(PREFIX) + 2 * _RANDOM_BYTES + 1 :] or "file"


def found_aside(folder: int) -> list[str]:
    """Return the hidden names in a folder; not more than some thousand entries are looked at."""
    found = []
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number >= MOST_ENTRIES:
                break
            if entry.name.startswith(PREFIX):
                found.append(entry.name)
    return sorted(found)


def give_dated_name(
    folder: int, old: str, name: str, word: str, at: float, *, is_folder: bool = False
) -> str:
    """Rename to a name beside `name` that is free; return it."""
    for number in range(1, _MOST_NAMES_TRIED):
        dated = dated_name(name, word, at, number, is_folder=is_folder)
        with suppress(FileExistsError):
            give_free_name(folder, old, dated)
            return dated
    raise FileExistsError(errno.EEXIST, "too many files of one name", name)


def _times(found: os.stat_result) -> tuple[int, int, int, bool]:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, stat.S_ISREG(found.st_mode)
