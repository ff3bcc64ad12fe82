"""One pass over a course and somebody's copy of it, a slice at a time.

Promises: what the person waits for comes first (the notebook, then the small files beside it); a
slice ends in time but for a file that is being copied; whatever ends a pass, the next one goes on
where the manifest says, and where it says nothing nothing is lost. One pass at a time for a copy:
a second one, in whatever process, waits for the lock or is refused. Blocks.
"""

import fcntl
import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proxy.core.clock import Clock
from proxy.core.launch_target import SUFFIX
from proxy.core.portal_link import is_path
from proxy.courses.delivery import Delivery
from proxy.courses.file_delivery import FileDelivery
from proxy.courses.manifest import (
    Manifest,
    file_stem,
    manifest_file,
    read_manifest,
    write_manifest,
)
from proxy.courses.source import GIT, Hashes, Listing, Source, SourceFile, list_files
from proxy.courses.static_links import StaticLinks
from proxy.courses.told import ToldFiles
from proxy.disk.plain_files import FOLDER, opened_folder
from proxy.disk.private_folders import make_private_folders
from proxy.disk.workspace import Workspace

SMALL_FILE: Final = 5 * 1024 * 1024
# An old version stays so long: a program that had it open to write may not be done.
SWEEP_AFTER: Final = 600.0
_WRITE_EVERY: Final = 2.0
_LOCK_SECONDS: Final = 10.0
_LOCK_PAUSE: Final = 0.05


class CopyIsBusy(OSError):
    """Another process works on this copy."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Somebody's copy of a course: `manifests` is the folder of what is known of it."""

    course: str
    place: Workspace
    manifests: Path


@dataclass(frozen=True, slots=True)
class Means:
    """What every pass shares. `is_shared_link` knows the targets of our links."""

    hashes: Hashes
    told: ToldFiles
    clock: Clock
    is_shared_link: Callable[[str], bool]


class CoursePass:
    """Used by one thread at a time; `want` may be called meanwhile."""

    def __init__(self, copy: Copy, source: Source, means: Means) -> None:
        self._copy = copy
        self._source = source
        self._means = means
        self._stack = ExitStack()
        self._urgent: deque[str] = deque()
        self._todo: deque[SourceFile] = deque()
        self._wanted: set[str] = set()
        self._done: set[str] = set()
        self._files: tuple[SourceFile, ...] = ()
        self._manifest = Manifest()
        self._delivery: FileDelivery | None = None
        self._links: StaticLinks | None = None
        self._is_listed = self._is_begun = self._is_dirty = self._is_finished = False
        self._written = time.monotonic()

    @property
    def is_urgent(self) -> bool:
        """Does somebody wait for a file of it?"""
        return bool(self._urgent)

    @property
    def is_done(self) -> bool:
        """Are all files looked at?"""
        return not self._urgent and not self._todo

    @property
    def needs_links(self) -> bool:
        """Are links to shared folders to be set at the end?"""
        return self._is_begun and bool(self._source.static)

    def delivery(self) -> Delivery:
        """Return what was done so far."""
        if self._delivery is None:
            return Delivery()
        return self._delivery.progress.as_delivery(is_whole=self._is_finished)

    def open(self) -> None:
        """Look what there is to do; raises `OSError`, and `CopyIsBusy` after a while."""
        make_private_folders(self._copy.manifests)
        self._stack.callback(os.close, lock_copy(self._copy))
        origin = self._stack.enter_context(opened_folder(self._source.folder))
        root = os.open(self._copy.place.root, FOLDER)
        self._stack.callback(os.close, root)
        if origin is None:
            return
        course, uid = self._copy.course, self._copy.place.uid
        # Who has no folder of the course any more begins anew.
        has_copy = has_entry(root, course)
        self._manifest = read_manifest(self._manifest_file) if has_copy else Manifest()
        self._delivery = FileDelivery(
            origin,
            root,
            course,
            uid,
            manifest=self._manifest,
            hashes=self._means.hashes,
            clock=self._means.clock,
        )
        self._links = StaticLinks(
            root, course, uid, manifest=self._manifest, is_ours=self._means.is_shared_link
        )
        if not self._source.version or self._manifest.version != self._source.version:
            self._begin(list_files(origin, self._source.static))
        self._sweep()

    def want(self, notebook: str) -> None:
        """Bring this notebook next (a path without its suffix), and what is small beside it."""
        path = f"{notebook}{SUFFIX}"
        if not is_path(notebook) or self._delivery is None or self._is_left_out(path):
            return
        self._wanted.add(path)
        self._urgent.append(path)
        above = path.rpartition("/")[0]
        self._urgent.extend(
            each.path
            for each in self._files
            if each.size <= SMALL_FILE and each.path.rpartition("/")[0] == above
        )

    def go_on(self, seconds: float) -> None:
        """Do one file, and what can be done in that time; the links are set later.

        Raises `OSError`.
        """
        deadline = time.monotonic() + seconds
        while not self.is_done:
            self._next()
            if time.monotonic() >= deadline:
                break
        if self.is_done and not self.needs_links:
            self.finish({})

    def finish(self, shared: Mapping[str, str]) -> None:
        """All is done but the links to these folders; raises `OSError`."""
        if self._delivery is not None and self._links is not None and self._is_begun:
            self._links.set(shared, self._delivery.progress)
            self._delivery.forget_blocked()
            is_whole = self._delivery.is_whole and self._is_listed
            self._manifest.version = self._source.version if is_whole else ""
        self._is_finished = True

    def close(self) -> None:
        """Write down what was done, whatever ended it, and let go."""
        try:
            with suppress(OSError):
                if self._delivery is not None and self._is_dirty:
                    self._write()
            with suppress(OSError):
                told = self.delivery().sentences
                now = self._means.clock()
                self._means.told.add(self._copy.manifests, self._copy.course, told, now)
        finally:
            self._stack.close()

    def _begin(self, listing: Listing) -> None:
        """From here on a killed pass leaves a manifest that says so."""
        assert self._links is not None  # noqa: S101 (set just before)
        self._is_begun = True
        self._files, self._is_listed = listing.files, listing.is_whole
        if self._manifest.version:
            self._manifest.version = ""
            self._write()
        self._links.take_away(self._source.static)
        self._todo.extend(sorted(self._files, key=lambda each: (each.size > SMALL_FILE, each.path)))
        self._is_dirty = True

    def _next(self) -> None:
        assert self._delivery is not None  # noqa: S101 (there is something to do)
        self._is_dirty = True
        path = self._urgent.popleft() if self._urgent else self._todo.popleft().path
        if path in self._done and path not in self._wanted:
            return
        self._delivery.deliver(path, is_wanted=path in self._wanted)
        self._wanted.discard(path)
        self._done.add(path)
        if time.monotonic() - self._written >= _WRITE_EVERY:
            self._write()

    def _sweep(self) -> None:
        """Remove old versions that nobody can be writing into any more."""
        assert self._delivery is not None  # noqa: S101 (set just before)
        now = self._means.clock()
        for each in [each for each in self._manifest.retired if now - each.at >= SWEEP_AFTER]:
            self._is_dirty = True
            self._delivery.sweep(each)
            self._manifest.retired.remove(each)

    def _is_left_out(self, path: str) -> bool:
        is_shared = any(path.startswith(f"{each}/") for each in self._source.static)
        return is_shared or GIT in path.split("/")

    def _write(self) -> None:
        write_manifest(self._manifest_file, self._manifest)
        self._written = time.monotonic()

    @property
    def _manifest_file(self) -> Path:
        return manifest_file(self._copy.manifests, self._copy.course)


def lock_copy(copy: Copy) -> int:
    """Return a descriptor that holds the copy until it is closed; raises `CopyIsBusy`."""
    path = copy.manifests / f"{file_stem(copy.course)}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise CopyIsBusy(problem.errno, "another process works on it") from problem
            time.sleep(_LOCK_PAUSE)
        else:
            return descriptor


def has_entry(folder: int, name: str) -> bool:
    """Does anything bear that name? Raises `OSError`."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
