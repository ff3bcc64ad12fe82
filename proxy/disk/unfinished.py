"""What a copy is called until it is finished, and the end of those that never will be.

Promises: each copy has a name that nobody foresees and no other copy has; what is cleared away is
ours, and so old that nobody works on it any more, in whatever process; no link is followed; it ends
in time. Blocks.

Whoever owns the folder around may give any name to what is in it, a folder of root's included. So a
name alone says nothing: unfinished folders have a mode that nobody else can give them, and what is
removed is held by descriptor.
"""

import os
import secrets
import stat
import time
from contextlib import suppress
from typing import Final

from proxy.disk.plain_files import opened_folder
from proxy.disk.removal import REMOVE_SECONDS, remove_folder

PREFIX: Final = ".sifu-unfinished"
STALE_SECONDS: Final = 86_400.0
# With the sticky bit, which a folder that nobody else can enter has no use for.
UNFINISHED_MODE: Final = 0o1700
_RANDOM_BYTES: Final = 8


def fresh_name() -> str:
    return f"{PREFIX}-{secrets.token_hex(_RANDOM_BYTES)}"


def is_fresh(folder: int, uid: int | None) -> bool:
    """Is it the folder that we just made, as far as that matters: empty, and no account's?

    Between making and opening, whoever owns the folder above may put another in its place.
    """
    is_ours = uid is None or os.fstat(folder).st_uid == os.geteuid()
    return is_ours and not os.listdir(folder)


def clear_away(folder: int, *, now: float) -> None:
    """Remove what killed copies left in it; `now` by the clock of the disk, in seconds."""
    deadline = time.monotonic() + REMOVE_SECONDS
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            if entry.name.startswith(PREFIX):
                with suppress(OSError):
                    _remove_if_stale(entry, folder, now, left)


def remove_held(held: int, name: str, above: int, *, seconds: float) -> None:
    """Remove a folder that is open; what bears its name meanwhile stays, if it holds anything."""
    remove_folder(".", above=held, seconds=seconds)
    with suppress(OSError):
        os.rmdir(name, dir_fd=above)


def _remove_if_stale(entry: os.DirEntry[str], folder: int, now: float, seconds: float) -> None:
    if not entry.is_dir(follow_symlinks=False):
        if _is_stale(entry.stat(follow_symlinks=False), now):
            os.unlink(entry.name, dir_fd=folder)
        return
    with opened_folder(entry.name, folder) as held:
        if held is None:
            return
        found = os.fstat(held)
        is_ours = found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) == UNFINISHED_MODE
        if is_ours and _is_stale(found, now):
            remove_held(held, entry.name, folder, seconds=seconds)


def _is_stale(found: os.stat_result, now: float) -> bool:
    return now - found.st_mtime >= STALE_SECONDS
