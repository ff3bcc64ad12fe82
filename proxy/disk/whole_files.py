"""Writes files of ours in folders that nobody else can write to.

Promises: who opens the file, and a machine that loses its power, finds the old content or the new
one, never half; no link is followed; a draft that a killed process left is written over by the next
one. One at a time for a file is the caller's duty. Blocks.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def write_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Put a new file in its place, which is on the disk when this returns; raises `OSError`."""
    draft = draft_of(path)
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, _NEW, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)  # whatever the umask
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def draft_of(path: Path) -> Path:
    """Return where it is written until it is whole."""
    return path.with_name(f"{path.name}.new")
