"""The links in somebody's copy of a course to the folders that it shares read-only.

Promises: a link is set and pointed elsewhere in one step, and only where it is still ours; what the
person put there stays; a link that they removed stays removed. Must not: follow one. Blocks.
"""

import os
import stat
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress

from proxy.courses.delivery import Progress
from proxy.courses.manifest import Manifest
from proxy.courses.replacing import hidden_name
from proxy.courses.student_folders import InTheWay, opened_below
from proxy.disk.renaming import exchange, give_free_name


class StaticLinks:
    """For one course and one workspace, whose folder `root` is open."""

    def __init__(
        self,
        root: int,
        course: str,
        uid: int | None,
        *,
        manifest: Manifest,
        is_ours: Callable[[str], bool],
    ) -> None:
        self._root = root
        self._course = course
        self._uid = uid
        self._manifest = manifest
        self._is_ours = is_ours

    def take_away(self, static: tuple[str, ...]) -> None:
        """Remove our links where the course has folders of its own again; raises `OSError`."""
        for path in [each for each in self._manifest.links if each not in static]:
            above, _, name = path.rpartition("/")
            with suppress(InTheWay), self._opened(above, is_made=False) as folder:
                if folder is not None:
                    self._remove(folder, name)
            del self._manifest.links[path]

    def set(self, wanted: Mapping[str, str], progress: Progress) -> None:
        """Point each link to its folder; raises `OSError`."""
        for path, target in wanted.items():
            above, _, name = path.rpartition("/")
            is_set = False
            with suppress(InTheWay), self._opened(above, is_made=True) as folder:
                is_known = path in self._manifest.links
                if folder is not None:
                    is_set = self._set_one(folder, name, target, is_known=is_known)
            shown = f"{self._course}/{path}"
            if not is_set and path not in self._manifest.links:
                progress.blocked.append(shown)
            self._manifest.links[path] = target

    def _set_one(self, folder: int, name: str, target: str, *, is_known: bool) -> bool:
        """Return False if something else is there, which stays."""
        found = _target_of(folder, name)
        if found is None:
            if not is_known and not _is_there(folder, name):
                with suppress(FileExistsError):
                    give_free_name(folder, self._make(folder, name, target), name)
            return _target_of(folder, name) == target
        if not self._is_ours(found):
            return False
        return found == target or self._point(folder, name, target)

    def _point(self, folder: int, name: str, target: str) -> bool:
        fresh = self._make(folder, name, target)
        try:
            exchange(folder, fresh, name, between=hidden_name(name))
        except FileNotFoundError:
            os.unlink(fresh, dir_fd=folder)
            return True  # they removed it just now
        if self._is_ours(_target_of(folder, fresh) or ""):
            os.unlink(fresh, dir_fd=folder)
            return True
        # Something else came between: it goes back, and what is hidden then is looked at again.
        try:
            exchange(folder, fresh, name, between=hidden_name(name))
        except FileNotFoundError:
            give_free_name(folder, fresh, name)
        if self._is_ours(_target_of(folder, fresh) or ""):
            os.unlink(fresh, dir_fd=folder)
        return False

    def _make(self, folder: int, name: str, target: str) -> str:
        fresh = hidden_name(name)
        os.symlink(target, fresh, dir_fd=folder)
        if self._uid is not None:
            _give(folder, fresh, self._uid)
        return fresh

    def _remove(self, folder: int, name: str) -> None:
        if not self._is_ours(_target_of(folder, name) or ""):
            return
        hidden = hidden_name(name)
        give_free_name(folder, name, hidden)
        if self._is_ours(_target_of(folder, hidden) or ""):
            os.unlink(hidden, dir_fd=folder)
        else:
            give_free_name(folder, hidden, name)

    def _opened(self, above: str, *, is_made: bool) -> AbstractContextManager[int | None]:
        folders = [self._course, *(above.split("/") if above else [])]
        return opened_below(self._root, folders, self._uid, is_made=is_made)


def _give(folder: int, name: str, uid: int) -> None:
    """Make it the account's, if it is still the link that we made.

    Whoever owns the folder sees the name at once and may put anything in its place, such as a
    second name of somebody else's file: so what is given away is held first, and looked at.
    """
    held = os.open(name, os.O_PATH | os.O_NOFOLLOW, dir_fd=folder)
    try:
        found = os.fstat(held)
        is_ours = found.st_uid == os.geteuid() and found.st_nlink == 1
        if stat.S_ISLNK(found.st_mode) and is_ours:
            # What the descriptor leads to is the link itself, and nothing behind it (proc(5)).
            os.chown(f"/proc/self/fd/{held}", uid, uid)
    finally:
        os.close(held)


def _target_of(folder: int, name: str) -> str | None:
    """Return where a link points to; None if there is no link."""
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError:
        return None


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
