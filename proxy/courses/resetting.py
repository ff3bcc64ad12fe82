"""Puts the original back, of a file or of somebody's whole copy; what they had stays beside it.

Promises: one step brings the original and gives the person's own its dated name, so that a killed
process leaves the one or the other; nothing is removed. Must not: reset what the course shares
read-only, or does not have. Blocks.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path

from proxy.core.dated_names import CLEARED, COPY
from proxy.core.errors import Conflict, NotFound
from proxy.core.merging import Delivered
from proxy.core.portal_link import is_path
from proxy.courses.course_pass import Copy, Means, has_entry, lock_copy
from proxy.courses.manifest import manifest_file, read_manifest, remove_manifest, write_manifest
from proxy.courses.replacing import PATIENCE, Content, give_dated_name, hidden_name, holds
from proxy.courses.source import GIT, Source
from proxy.courses.student_folders import InTheWay, opened_below
from proxy.disk.file_copies import NewFile, copy_to_new, remove_own
from proxy.disk.plain_files import FOLDER, open_file_below, opened_folder
from proxy.disk.private_folders import make_private_folders
from proxy.disk.renaming import exchange, give_free_name
from proxy.disk.unfinished import fresh_name

_NO_FILE = "The course has no file of that name, so there is no original of it."


class Resetting:
    """Of one copy."""

    def __init__(self, copy: Copy, means: Means) -> None:
        self._copy = copy
        self._means = means

    def reset_file(self, source: Source, path: str) -> str:
        """Put the original back; return what the person's own is called now, empty if none moved.

        Raises `NotFound`, `Conflict` and `OSError`.
        """
        with self._alone() as root, _original(source, path) as original:
            folders = [self._copy.course, *path.split("/")[:-1]]
            try:
                with opened_below(root, folders, self._copy.place.uid, is_made=True) as folder:
                    assert folder is not None  # noqa: S101 (made, or `InTheWay`)
                    return self._bring(original, folder, path)
            except InTheWay as blocked:
                raise Conflict(
                    f"Something else is where the folder “{blocked.path}” should be. Rename it, "
                    "and try again."
                ) from blocked

    def set_aside(self, *, is_own_wish: bool) -> str:
        """Give the whole copy another name; return it, empty if there is no copy."""
        course, word = self._copy.course, COPY if is_own_wish else CLEARED
        with self._alone() as root:
            if not has_entry(root, course):
                return ""
            # First of all: what is known of files that are gone would keep them away for ever.
            remove_manifest(self._manifest_file)
            with suppress(FileNotFoundError):  # they moved it just now
                now = self._means.clock()
                return give_dated_name(root, course, course, word, now, is_folder=True)
            return ""

    def _bring(self, original: BufferedReader, folder: int, path: str) -> str:
        name = path.rpartition("/")[2]
        size = os.fstat(original.fileno()).st_size
        content = Content(self._means.hashes.of(original), size)
        if holds(folder, name, content, seconds=PATIENCE):
            return ""
        unfinished = fresh_name()
        made = copy_to_new(original, folder, unfinished, self._copy.place.uid)
        try:
            moved = self._put(folder, unfinished, name)
        finally:
            remove_own(folder, unfinished, made.key)
        self._note(path, made)
        return moved

    def _put(self, folder: int, unfinished: str, name: str) -> str:
        # The course's copy takes the dated name first: then both names change owners at once.
        dated = give_dated_name(folder, unfinished, name, COPY, self._means.clock())
        try:
            exchange(folder, dated, name, between=hidden_name(name))
        except FileNotFoundError:  # there was none
            try:
                give_free_name(folder, dated, name)
            except FileExistsError:
                exchange(folder, dated, name, between=hidden_name(name))
            else:
                return ""
        return dated

    def _note(self, path: str, content: NewFile) -> None:
        manifest = read_manifest(self._manifest_file)
        known = manifest.files.get(path)
        laid = () if known is None else known.laid
        manifest.files[path] = Delivered(content.hash, content.size, laid)
        write_manifest(self._manifest_file, manifest)

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """Hold the copy, and give its workspace."""
        make_private_folders(self._copy.manifests)
        held = lock_copy(self._copy)
        try:
            root = os.open(self._copy.place.root, FOLDER)
            try:
                yield root
            finally:
                os.close(root)
        finally:
            os.close(held)

    @property
    def _manifest_file(self) -> Path:
        return manifest_file(self._copy.manifests, self._copy.course)


@contextmanager
def _original(source: Source, path: str) -> Iterator[BufferedReader]:
    is_shared = any(path.startswith(f"{each}/") for each in source.static)
    if not is_path(path) or is_shared or GIT in path.split("/"):
        raise NotFound(_NO_FILE)
    with opened_folder(source.folder) as origin:
        file = None if origin is None else open_file_below(origin, path)
        if file is None:
            raise NotFound(_NO_FILE)
        with file:
            yield file
