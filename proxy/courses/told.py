"""What people are still to be told of their copy of a course, until they say that they read it.

Promises: at most so many sentences, the newest; what cannot be read is nothing. Blocks.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from proxy.courses.manifest import file_stem
from proxy.disk.private_folders import make_private_folders
from proxy.disk.whole_files import write_whole

MOST: Final = 30
_MOST_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence; `at` in seconds since the epoch."""

    at: float
    sentence: str


class ToldFiles:
    """One file for a course and a workspace; `folder` as in `CoursePlaces.manifests`."""

    def __init__(self) -> None:
        self._writing = Lock()

    def add(self, folder: Path, course: str, sentences: list[str], at: float) -> None:
        """Tell this, too; raises `OSError`."""
        if not sentences:
            return
        with self._writing:
            known = self.read(folder, course)
            old = [each for each in known if each.sentence not in sentences]
            self._write(folder, course, [*old, *(Told(at, each) for each in sentences)][-MOST:])

    def read(self, folder: Path, course: str) -> list[Told]:
        """Return what is to be told, the oldest first."""
        with suppress(OSError, ValueError, TypeError), _path(folder, course).open("rb") as file:
            found = json.loads(file.read(_MOST_BYTES))
            return [Told(float(at), str(sentence)) for at, sentence in found]
        return []

    def forget(self, folder: Path, course: str) -> None:
        """It was read; raises `OSError`."""
        with self._writing:
            _path(folder, course).unlink(missing_ok=True)

    def _write(self, folder: Path, course: str, kept: list[Told]) -> None:
        text = json.dumps([[each.at, each.sentence] for each in kept])
        make_private_folders(folder)
        write_whole(_path(folder, course), text.encode())


def _path(folder: Path, course: str) -> Path:
    return folder / f"{file_stem(course)}.told"
