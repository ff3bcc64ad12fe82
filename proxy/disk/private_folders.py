"""Makes folders that only we can enter, or that others pass without seeing what is in them.

`mkdir(parents=True, mode=…)` gives its mode to the last level alone, and the others whatever the
umask leaves. Promises: each level that is made has its mode, under any umask; one that exists keeps
the mode that somebody gave it.
"""

from pathlib import Path
from typing import Final

# Others pass through, and see no names.
PASSABLE: Final = 0o711


def make_private_folders(path: Path) -> None:
    """Make `path` and what is missing above it; raises `OSError`. Blocks."""
    for level in (*reversed(path.parents), path):
        level.mkdir(mode=0o700, exist_ok=True)


def make_passable_folders(path: Path) -> None:
    """Make `path` and what is missing above it, for others to pass; raises `OSError`. Blocks."""
    for level in (*reversed(path.parents), path):
        try:
            level.mkdir(mode=0o700)
        except FileExistsError:
            continue
        level.chmod(PASSABLE)  # whatever the umask
