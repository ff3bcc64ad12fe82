"""The pages of snapshots: a file for each below `SIFU_DATA/snapshots`, named by its link's secret.

Promises: a file that has its name is whole; only we may read it; the disk is never filled to its
end; what is found in the folder and belongs to nothing is cleared away. Every function blocks.
"""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from proxy.core.errors import Conflict
from proxy.core.snapshot import is_token
from proxy.disk.private_folders import make_private_folders
from proxy.disk.whole_files import write_whole

SPARE_BYTES: Final = 256 * 2**20
_SUFFIX: Final = ".html"
_NO_ROOM: Final = "The disk is nearly full, so nothing can be shared. Ask whoever runs this Sifu."
_NOT_WRITTEN: Final = "The page could not be stored. Try again, or ask whoever runs this Sifu."


class SnapshotFiles:
    """Of one installation."""

    def __init__(self, folder: Path, *, spare: int = SPARE_BYTES) -> None:
        self._folder = folder
        self._spare = spare

    def place(self, token: str) -> Path:
        """Return where the page is; the secret must be one by its shape."""
        if not is_token(token):
            raise ValueError("this is no snapshot's secret")
        return self._folder / f"{token}{_SUFFIX}"

    def write(self, token: str, page: bytes) -> None:
        """Store it, wholly or not at all; raises `Conflict` with a sentence."""
        target = self.place(token)
        try:
            make_private_folders(self._folder)
            if shutil.disk_usage(self._folder).free < self._spare + len(page):
                raise Conflict(_NO_ROOM)
            write_whole(target, page)
        except OSError as problem:
            raise Conflict(_NOT_WRITTEN, detail=str(problem)) from problem

    def has(self, token: str) -> bool:
        return self.place(token).is_file()

    def remove(self, token: str) -> None:
        """Remove it if it is there; what cannot be removed now is cleared away later."""
        with suppress(OSError):
            self.place(token).unlink()

    def names(self) -> set[str]:
        """Return the names of all that is in the folder; raises `OSError` where nobody may look."""
        try:
            return {each.name for each in self._folder.iterdir()}
        except FileNotFoundError:
            return set()

    def clear(self, names: set[str]) -> None:
        """Remove files by their names in the folder."""
        for name in names:
            with suppress(OSError):
                (self._folder / name).unlink()

    def name(self, token: str) -> str:
        return self.place(token).name
