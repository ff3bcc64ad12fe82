"""Brings one file of a course after the other into somebody's copy of it, as `merging` decides.

Promises: a file appears whole or not at all; nothing that somebody wrote is overwritten or removed;
what a killed delivery left is found in each folder that is visited, and is settled. One at a time
for a copy is the caller's duty. Blocks.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from itertools import islice
from typing import Final

from proxy.core.clock import Clock
from proxy.core.dated_names import COPY, NEW_VERSION, is_dated
from proxy.core.merging import Action, Delivered, Mine, decide
from proxy.courses import replacing
from proxy.courses.delivery import Beside, Progress
from proxy.courses.manifest import Manifest, Retired
from proxy.courses.replacing import MOST_ENTRIES, Content, Outcome
from proxy.courses.source import Hashes
from proxy.courses.student_folders import InTheWay, opened_below
from proxy.disk.file_copies import NewFile, copy_to_new, remove_own
from proxy.disk.plain_files import open_file_below
from proxy.disk.renaming import give_free_name
from proxy.disk.unfinished import clear_away, fresh_name

# Something comes between each time: it is left for another launch.
_MOST_TRIES: Final = 3
# A save that is under way is waited for, before the file is taken for changed.
_SAVE_SECONDS: Final = 0.5


class FileDelivery:
    """For one course and one workspace, whose folder `root` is open."""

    def __init__(
        self,
        origin: int,
        root: int,
        course: str,
        uid: int | None,
        *,
        manifest: Manifest,
        hashes: Hashes,
        clock: Clock,
    ) -> None:
        self.progress = Progress()
        self.is_whole = True
        self._origin = origin
        self._root = root
        self._course = course
        self._uid = uid
        self._manifest = manifest
        self._hashes = hashes
        self._clock = clock
        self._tidied: set[str] = set()
        self._cleared: set[tuple[int, int]] = set()
        self._blocked: set[str] = set()

    def deliver(self, path: str, *, is_wanted: bool = False) -> None:
        """Bring what the course has at this path; raises `OSError`."""
        file = open_file_below(self._origin, path)
        if file is None:
            self.is_whole = False
            return
        with file:
            for _ in range(_MOST_TRIES):
                if self._try(file, path, is_wanted=is_wanted):
                    return
        self.is_whole = False

    def _try(self, file: BufferedReader, path: str, *, is_wanted: bool) -> bool:
        """Return False if something came between."""
        above = path.rpartition("/")[0]
        folders = above.split("/") if above else []
        upstream = Content(self._hashes.of(file), os.fstat(file.fileno()).st_size)
        base = self._manifest.files.get(path)
        try:
            with opened_below(self._root, self._folders(folders), None, is_made=False) as folder:
                if folder is not None:
                    self._tidy(folder, above)
                    return self._merge(file, folder, path, upstream, is_wanted=is_wanted)
            if decide(_hash(base), upstream.hash, Mine.ABSENT, is_wanted=is_wanted) is Action.ADD:
                with opened_below(self._root, self._folders(folders), self._uid, is_made=True):
                    return False  # the folders are there now
        except InTheWay as blocked:
            self._block(blocked.path, is_new=_hash(base) != upstream.hash)
        return True

    def _merge(
        self, file: BufferedReader, folder: int, path: str, upstream: Content, *, is_wanted: bool
    ) -> bool:
        name = path.rpartition("/")[2]
        base = self._manifest.files.get(path)
        mine = _look(folder, name, base, upstream)
        laid = () if base is None else base.laid
        action = decide(_hash(base), upstream.hash, mine, laid=laid, is_wanted=is_wanted)
        if action is Action.ADD:
            return self._add(file, folder, path, base)
        if action is Action.UPDATE:
            assert base is not None  # noqa: S101 (what was never delivered is never updated)
            return self._update(file, folder, path, base)
        if action is Action.BESIDE:
            self._lay_beside(file, folder, path, base or Delivered("", 0), upstream)
        elif action is Action.ADOPT or (action is Action.KEEP and _hash(base) != upstream.hash):
            self._manifest.files[path] = Delivered(upstream.hash, upstream.size, laid)
        return True

    def _add(self, file: BufferedReader, folder: int, path: str, base: Delivered | None) -> bool:
        laid = () if base is None else base.laid
        with self._copied(file, folder) as (unfinished, made):
            try:
                give_free_name(folder, unfinished, path.rpartition("/")[2])
            except FileExistsError:
                return False
        self._manifest.files[path] = Delivered(made.hash, made.size, laid)
        self.progress.added += 1
        return True

    def _update(self, file: BufferedReader, folder: int, path: str, base: Delivered) -> bool:
        name = path.rpartition("/")[2]
        old = Content(base.content, base.size)
        with self._copied(file, folder) as (unfinished, made):
            new = Content(made.hash, made.size)
            found = replacing.replace(folder, unfinished, name, old, new)
        for hidden, held in found.aside:
            self._settle(folder, path, hidden, held)
        if found.outcome is not Outcome.REPLACED:
            return False
        self._manifest.files[path] = Delivered(made.hash, made.size, base.laid)
        self.progress.updated += 1
        return True

    def _lay_beside(
        self, file: BufferedReader, folder: int, path: str, base: Delivered, upstream: Content
    ) -> None:
        name = path.rpartition("/")[2]
        dated, laid = _find_beside(folder, name, upstream), upstream
        if not dated:
            with self._copied(file, folder) as (unfinished, made):
                laid = Content(made.hash, made.size)
                now = self._clock()
                dated = replacing.give_dated_name(folder, unfinished, name, NEW_VERSION, now)
        self._manifest.files[path] = base.beside(laid.hash, laid.size)
        self.progress.beside.append(Beside(path, dated))

    @contextmanager
    def _copied(self, file: BufferedReader, folder: int) -> Iterator[tuple[str, NewFile]]:
        """Make a copy under a name that is nobody's; it goes if it got no other meanwhile."""
        unfinished = fresh_name()
        made = copy_to_new(file, folder, unfinished, self._uid)
        try:
            self._clear_away(folder, unfinished)
            yield unfinished, made
        finally:
            remove_own(folder, unfinished, made.key)

    def _clear_away(self, folder: int, unfinished: str) -> None:
        """Once a folder: remove half copies of a day ago, by the clock of the disk."""
        found = os.fstat(folder)
        if (found.st_dev, found.st_ino) not in self._cleared:
            self._cleared.add((found.st_dev, found.st_ino))
            with suppress(FileNotFoundError):
                made = os.stat(unfinished, dir_fd=folder, follow_symlinks=False)
                clear_away(folder, now=made.st_mtime)

    def _tidy(self, folder: int, above: str) -> None:
        """Once a folder: settle what was set aside by a delivery that was killed."""
        if above in self._tidied:
            return
        self._tidied.add(above)
        known = {each.name for each in self._manifest.retired if each.path == above}
        for hidden in replacing.found_aside(folder):
            if hidden not in known:
                path = f"{above}/" * bool(above) + replacing.shown_name(hidden)
                self._settle(folder, path, hidden, self._recognise(folder, path, hidden))

    def _recognise(self, folder: int, path: str, hidden: str) -> Content | None:
        """Return what it holds if that is the course's, of now or of before."""
        possible = []
        if (base := self._manifest.files.get(path)) is not None:
            possible.append(Content(base.content, base.size))
        file = open_file_below(self._origin, path)
        if file is not None:
            with file:
                possible.append(Content(self._hashes.of(file), os.fstat(file.fileno()).st_size))
        return next((each for each in possible if replacing.holds(folder, hidden, each)), None)

    def _settle(self, folder: int, path: str, hidden: str, held: Content | None) -> None:
        """Keep the course's own for a while, and show what is somebody's."""
        above, _, name = path.rpartition("/")
        if held is not None:
            retired = Retired(above, hidden, held.hash, held.size, self._clock())
            self._manifest.retired.append(retired)
            return
        with suppress(FileNotFoundError):
            dated = replacing.give_dated_name(folder, hidden, name, COPY, self._clock())
            self.progress.copies.append(Beside(path, dated))

    def sweep(self, retired: Retired) -> None:
        """Remove an old version that nobody wrote into; show it if somebody did."""
        with suppress(InTheWay):
            folders = retired.path.split("/") if retired.path else []
            with opened_below(self._root, self._folders(folders), None, is_made=False) as folder:
                if folder is None:
                    return
                held = Content(retired.content, retired.size)
                if replacing.holds(folder, retired.name, held):
                    with suppress(FileNotFoundError):
                        os.unlink(retired.name, dir_fd=folder)
                else:
                    name = replacing.shown_name(retired.name)
                    path = f"{retired.path}/" * bool(retired.path) + name
                    self._settle(folder, path, retired.name, None)

    def forget_blocked(self) -> None:
        """What is in the way no longer is told again if it comes back."""
        self._manifest.blocked &= self._blocked

    def _block(self, path: str, *, is_new: bool) -> None:
        if not is_new:
            return  # there is nothing that would have to be brought
        self.is_whole = False
        self._blocked.add(path)
        if path not in self._manifest.blocked:
            self._manifest.blocked.add(path)
            self.progress.blocked.append(path)

    def _folders(self, below: list[str]) -> list[str]:
        return [self._course, *below]


def _look(folder: int, name: str, base: Delivered | None, upstream: Content) -> str | Mine:
    """Return what is there; a hash is computed only of what may be one of the two."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return Mine.ABSENT
    if not stat.S_ISREG(found.st_mode):
        return Mine.OTHER
    if base is not None and base.content == upstream.hash:
        return ""  # whatever it holds, it stays
    known = [upstream] if base is None else [upstream, Content(base.content, base.size)]
    for each in known:
        is_likely = each.size == found.st_size
        if is_likely and replacing.holds(folder, name, each, seconds=_SAVE_SECONDS):
            return each.hash
    return ""


def _find_beside(folder: int, name: str, content: Content) -> str:
    """Return what was laid beside by a delivery that was killed before it was written down."""
    with os.scandir(folder) as entries:
        seen = islice(entries, MOST_ENTRIES)
        found = [each.name for each in seen if is_dated(each.name, name, NEW_VERSION)]
    return next((each for each in sorted(found) if replacing.holds(folder, each, content)), "")


def _hash(base: Delivered | None) -> str | None:
    return None if base is None else base.content
