"""Folders that a course shares read-only: one copy for everybody, and a link in each workspace.

The copies are in `.courses/<a name that nobody guesses>/<hash of what is in them>`, ours, for
others to read. Promises: a copy appears whole or not at all; versions that hold the same share
one; the newest few are kept. Must not: follow a link, or be in anybody's own folder. Blocks.
"""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from proxy.courses.manifest import file_stem
from proxy.courses.places import CoursePlaces
from proxy.courses.source import Hashes, Source, SourceFile, list_files
from proxy.disk.file_copies import copy_to_new
from proxy.disk.plain_files import open_file_below, opened_folder
from proxy.disk.private_folders import make_private_folders
from proxy.disk.removal import remove_folder
from proxy.disk.whole_files import write_whole

_NAME_BYTES: Final = 18
_MOST_KEPT: Final = 3
_PASSABLE: Final = 0o711
_READABLE: Final = 0o755
_UNFINISHED: Final = ".unfinished-"


@dataclass(frozen=True, slots=True)
class _Known:
    """`name` is the folder that nobody guesses; `versions` which copy a version has."""

    name: str
    versions: Mapping[str, str]


class StaticFolders:
    """Of one installation."""

    def __init__(self, places: CoursePlaces, hashes: Hashes) -> None:
        self._places = places
        self._hashes = hashes
        self._locks: dict[str, Lock] = {}

    def provide(self, course: str, source: Source) -> dict[str, str]:
        """Return where each shared folder of a version is, by its path; raises `OSError`.

        Folders that the version does not have are left out.
        """
        if not (source.static and source.version):
            return {}
        with self._locks.setdefault(course, Lock()), opened_folder(source.folder) as origin:
            if origin is None:
                return {}
            known = self._read(course)
            copy = known.versions.get(source.version, "")
            above = self._places.reachable / known.name
            if not copy or not (above / copy).is_dir():
                copy = self._make(origin, source, above)
                kept = [*known.versions.items()][-2 * _MOST_KEPT :]
                self._write(course, _Known(known.name, dict(kept) | {source.version: copy}))
                _remove_old(above, copy)
            here = above / copy
            return {path: str(here / path) for path in source.static if (here / path).is_dir()}

    def is_ours(self, target: str) -> bool:
        """Is this where a link of ours points to?"""
        return target.startswith(f"{self._places.reachable}/") and "/../" not in target

    def _make(self, origin: int, source: Source, above: Path) -> str:
        files = [each for path in source.static for each in _files_below(origin, path)]
        copy = self._digest(origin, files)
        _make_passable(self._places.reachable)
        above.mkdir(mode=_READABLE, exist_ok=True)
        above.chmod(_READABLE)
        if (above / copy).is_dir():
            os.utime(above / copy)
            return copy
        unfinished = above / f"{_UNFINISHED}{secrets.token_hex(8)}"
        unfinished.mkdir(mode=0o700)
        try:
            _copy(origin, files, unfinished)
            unfinished.chmod(_READABLE)
            unfinished.rename(above / copy)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        return copy

    def _digest(self, origin: int, files: list[SourceFile]) -> str:
        found = sha256()
        for each in files:
            file = open_file_below(origin, each.path)
            if file is not None:
                with file:
                    found.update(f"{each.path}\0{self._hashes.of(file)}\n".encode(errors="replace"))
        return found.hexdigest()[:32]

    def _read(self, course: str) -> _Known:
        with suppress(OSError, ValueError, KeyError, TypeError):
            found = json.loads(self._file(course).read_text())
            return _Known(str(found["name"]), dict(found["versions"]))
        known = _Known(secrets.token_hex(_NAME_BYTES), {})
        self._write(course, known)
        return known

    def _write(self, course: str, known: _Known) -> None:
        text = json.dumps({"name": known.name, "versions": dict(known.versions)})
        path = self._file(course)
        make_private_folders(path.parent)
        write_whole(path, text.encode())

    def _file(self, course: str) -> Path:
        return self._places.data / "course-static" / f"{file_stem(course)}.json"


def _files_below(origin: int, path: str) -> list[SourceFile]:
    """Return the files of one shared folder, by their paths below the course."""
    here = os.dup(origin)
    try:
        for step in path.split("/"):
            with opened_folder(step, here) as below:
                if below is None:
                    return []
                os.dup2(below, here, inheritable=False)
        return [SourceFile(f"{path}/{each.path}", each.size) for each in list_files(here).files]
    finally:
        os.close(here)


def _copy(origin: int, files: list[SourceFile], target: Path) -> None:
    """Copy into a folder that nobody else can enter yet."""
    for each in files:
        file = open_file_below(origin, each.path)
        if file is None:
            continue
        with file:
            above = target
            for step in each.path.split("/")[:-1]:
                above = above / step
                above.mkdir(mode=_READABLE, exist_ok=True)
                above.chmod(_READABLE)  # whatever the umask
            with opened_folder(above) as opened:
                if opened is not None:
                    copy_to_new(file, opened, Path(each.path).name, None)


def _make_passable(folder: Path) -> None:
    folder.mkdir(mode=_PASSABLE, parents=True, exist_ok=True)
    folder.chmod(_PASSABLE)


def _remove_old(above: Path, newest: str) -> None:
    """Remove what the newest few versions do not use, and what a killed copy left."""
    others = [each for each in above.iterdir() if each.name != newest]
    others.sort(key=lambda each: each.stat().st_mtime)
    for each in others[: -(_MOST_KEPT - 1)]:
        remove_folder(each)
