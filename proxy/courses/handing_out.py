"""Copies a course into somebody's workspace, where that person may have put anything.

Promises: nothing that is there is overwritten, followed or given away; a course appears whole or
not at all, and what a killed copy left is cleared away by one of a later day; what is copied is the
account's. Links of the course are passed over. Every function blocks; one at a time for a workspace
is the caller's duty.

Folders are held by descriptor on the way, and what is not finished is root's alone: whoever swaps a
folder meanwhile gets their own files in a place of their own.
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Final

from proxy.courses.refusal import refusal_of
from proxy.disk.plain_files import (
    FOLDER,
    open_file,
    open_notebook,
    open_unless_absent,
    opened_folder,
)
from proxy.disk.removal import REMOVE_SECONDS
from proxy.disk.unfinished import (
    UNFINISHED_MODE,
    clear_away,
    fresh_name,
    is_fresh,
    remove_held,
)

_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_TAKEN: Final = frozenset({errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR})


def hand_out(source: Path, workspace: Path, course: str, notebook: str, uid: int | None) -> None:
    """Copy the course if it is not there, else the notebook (a path below it) if that is not.

    `uid` is the workspace's account, None where people have none. Raises `ServerNotRunning` with a
    sentence if it cannot be copied; a course or notebook that does not exist is no error.
    """
    try:
        with opened_folder(source) as origin:
            if origin is None:
                return
            with _opened(workspace) as root:
                if not _is_there(root, course):
                    _copy_course(origin, root, course, uid)
                elif notebook:
                    _copy_notebook(origin, root, course, notebook, uid)
    except OSError as problem:
        raise refusal_of(problem, str(workspace)) from problem


def _copy_course(origin: int, root: int, course: str, uid: int | None) -> None:
    unfinished = fresh_name()
    os.mkdir(unfinished, UNFINISHED_MODE, dir_fd=root)
    with _opened(unfinished, root) as fresh:
        if not is_fresh(fresh, uid):
            return  # somebody plays with it: nothing to hand over
        clear_away(root, now=os.fstat(fresh).st_mtime)
        is_there = False
        try:
            _copy_tree(origin, fresh, uid)
            is_there = _put_in_place(unfinished, course, root)
        finally:
            if not is_there:
                remove_held(fresh, unfinished, root, seconds=REMOVE_SECONDS)


def _put_in_place(unfinished: str, course: str, root: int) -> bool:
    """Give it its name; False where something has come between: then that one stays."""
    try:
        os.rename(unfinished, course, src_dir_fd=root, dst_dir_fd=root)
    except OSError as problem:
        if problem.errno not in _TAKEN:
            raise
        return False
    return True


def _copy_tree(origin: int, target: int, uid: int | None) -> None:
    """Copy what is in a folder, and give it away when all is in it."""
    with os.scandir(origin) as entries:
        found = sorted(entries, key=lambda each: each.name)
    for entry in found:
        if entry.name == ".git":
            continue
        if entry.is_dir(follow_symlinks=False):
            with opened_folder(entry.name, origin) as inside:
                if inside is not None:
                    os.mkdir(entry.name, 0o700, dir_fd=target)
                    with _opened(entry.name, target) as copy:
                        _copy_tree(inside, copy, uid)
        elif entry.is_file(follow_symlinks=False):
            file = open_file(origin, entry.name)
            if file is not None:
                with file:
                    _write(file, target, entry.name, uid)
    os.fchmod(target, 0o700)
    if uid is not None:
        os.fchown(target, uid, uid)


def _copy_notebook(origin: int, root: int, course: str, notebook: str, uid: int | None) -> None:
    found = open_notebook(origin, notebook)
    if found is None:
        return
    *folders, name = [course, *notebook.split("/")]
    with found, _opened_below(root, folders, uid) as folder:
        if folder is not None and not _is_there(folder, name):
            _copy_file(found, folder, name, uid)


def _copy_file(file: BufferedReader, folder: int, name: str, uid: int | None) -> None:
    unfinished = fresh_name()
    try:
        made = _write(file, folder, unfinished, uid)
        clear_away(folder, now=made)
        # A link, unlike a new name, never takes the place of what has come between.
        with suppress(FileExistsError):
            os.link(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    finally:
        with suppress(OSError):
            os.unlink(unfinished, dir_fd=folder)


@contextmanager
def _opened_below(root: int, folders: list[str], uid: int | None) -> Iterator[int | None]:
    """Open a folder below, making what is missing; None where something else is in the way."""
    held = [root]
    try:
        for name in folders:
            is_made = _make(held[-1], name)
            found = open_unless_absent(name, FOLDER, held[-1])
            if found is None:
                yield None
                return
            held.append(found)
            # What was there before is somebody's, even if it is root's.
            if is_made and uid is not None and is_fresh(found, uid):
                os.fchown(found, uid, uid)
        yield held[-1]
    finally:
        held.remove(root)
        for descriptor in held:
            os.close(descriptor)


def _make(above: int, name: str) -> bool:
    """Make a folder; False if something of that name is there."""
    try:
        os.mkdir(name, 0o700, dir_fd=above)
    except FileExistsError:
        return False
    return True


def _write(file: BufferedReader, folder: int, name: str, uid: int | None) -> float:
    """Copy into a new file; returns when the disk says it was written."""
    mode = 0o755 if os.fstat(file.fileno()).st_mode & stat.S_IXUSR else 0o644
    target = os.open(name, _NEW_FILE, mode, dir_fd=folder)
    with os.fdopen(target, "wb") as copy:
        shutil.copyfileobj(file, copy)
        if uid is not None:
            os.fchown(target, uid, uid)
        return os.fstat(target).st_mtime


@contextmanager
def _opened(path: Path | str, above: int | None = None) -> Iterator[int]:
    descriptor = os.open(path, FOLDER, dir_fd=above)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
