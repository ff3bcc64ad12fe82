"""The folders of environments, and the file that tells servers which one a course uses.

Promises: a folder with its mark is whole, one without is nothing; the mark is written last and
removed first. The file appears whole or not at all. Everything here is derived: what is in use
stands in the store. Must not: follow anything that a build left. Blocks.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from proxy.core.course_environment import INDEX
from proxy.courses.places import CoursePlaces
from proxy.disk.private_folders import make_passable_folders, make_private_folders
from proxy.disk.removal import remove_folder

MARK_FILE: Final = "complete.json"
VENV: Final = "venv"
REMOVE_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Environment:
    """A whole one. `python` is which Python it is made for; times in seconds since the epoch."""

    name: str
    digest: str
    python: str
    size: int
    packages: int
    made: float


class EnvironmentFolders:
    """Of one installation; `is_shared`: other accounts must reach them."""

    def __init__(self, places: CoursePlaces, *, is_shared: bool) -> None:
        self._top = places.reachable / "environments"
        self._index = places.notebooks / INDEX
        self._is_shared = is_shared

    @property
    def top(self) -> Path:
        return self._top

    def folder(self, name: str) -> Path:
        return self._top / name

    def interpreter(self, name: str) -> Path:
        return self._top / name / VENV / "bin" / "python"

    def make(self, name: str) -> Path:
        """Make the folder of one that is to be built; raises `OSError`."""
        self._make_folders(self._top)
        folder = self._top / name
        folder.mkdir(mode=0o700)
        folder.chmod(0o711 if self._is_shared else 0o700)
        return folder

    def complete(self, made: Environment) -> None:
        """Write the mark, when everything else is on the disk."""
        _write_whole(self._top / made.name / MARK_FILE, json.dumps(asdict(made)), 0o600)

    def find(self, name: str) -> Environment | None:
        """Return it if it is whole."""
        if not name:
            return None
        try:
            found = Environment(**json.loads((self._top / name / MARK_FILE).read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.name == name else None

    def list_names(self) -> list[str]:
        """Return what is there, whole or not."""
        try:
            return sorted(entry.name for entry in os.scandir(self._top))
        except OSError:
            return []

    def list_whole(self) -> Iterator[Environment]:
        return (found for name in self.list_names() if (found := self.find(name)) is not None)

    def remove(self, name: str) -> None:
        """Remove it, or some of it if it is very large: the rest another time."""
        with suppress(OSError):
            (self._top / name / MARK_FILE).unlink()
        remove_folder(self._top / name, seconds=REMOVE_SECONDS)

    def clear_unfinished(self, keep: Iterable[str] = ()) -> None:
        """Remove what is not whole; nothing may be building there but what is to be kept."""
        for name in set(self.list_names()) - set(keep):
            if self.find(name) is None:
                self.remove(name)

    def write_index(self, pythons: Mapping[str, str]) -> None:
        """Tell servers which Python the kernels of each course run, by its key."""
        if pythons or self._index.exists():
            self._make_folders(self._index.parent)
            _write_whole(self._index, json.dumps(dict(sorted(pythons.items()))), 0o644)

    def _make_folders(self, path: Path) -> None:
        (make_passable_folders if self._is_shared else make_private_folders)(path)


def _write_whole(path: Path, text: str, mode: int) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    fresh.replace(path)
