"""Makes folders that only we can enter, every missing level of them.

`mkdir(parents=True, mode=…)` gives its mode to the last level alone, and the others whatever the
umask leaves. Promises: each level that is made is 0700, under any umask; one that exists keeps the
mode that somebody gave it.
"""

from pathlib import Path


def make_private_folders(path: Path) -> None:
    """Make `path` and what is missing above it; raises `OSError`. Blocks."""
    for level in (*reversed(path.parents), path):
        level.mkdir(mode=0o700, exist_ok=True)
