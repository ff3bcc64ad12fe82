"""Makes a version of a course: a folder with the files of one commit, as people get them.

Promises: a version is there whole or not at all, also after a power failure: it grows under another
name and is renamed when all of it is on the disk; what a killed one left is cleared away by the
next. One at a time for a course is the caller's duty. Blocks.
"""

import errno
import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from proxy.core.course import Outline
from proxy.core.course_tree import LFS_MOST, PlannedFile, TreePlan, is_large_file_pointer, plan_tree
from proxy.core.errors import Conflict
from proxy.core.outline import FILE, MOST_BYTES, BadOutline, read_outline
from proxy.courses.commit_files import Contents, list_files, opened_contents
from proxy.courses.conversion import convert_texts
from proxy.disk.private_folders import make_private_folders
from proxy.disk.removal import remove_folder
from proxy.disk.unfinished import PREFIX, fresh_name

KEPT: Final = 3
REMOVE_SECONDS: Final = 120.0
# Made anew from the same commit when what we make of one changes.
_FORM: Final = "1"
_COMMIT_LENGTH: Final = 40
_DIGEST_LENGTH: Final = 8
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_MOST_TOLD: Final = 20
Tell = Callable[[str], None]


def version_name(commit: str, directory: str) -> str:
    """Return what the version of this commit is called: by all that it is made from."""
    made_from = sha256(f"{_FORM}\0{commit}\0{directory}".encode()).hexdigest()
    return f"{commit[:_COMMIT_LENGTH]}-{made_from[:_DIGEST_LENGTH]}"


def make_version(
    repository: Path, commit: str, directory: str, target: Path, tell: Tell
) -> Outline:
    """Make it unless it is there; return what its `sifu.toml` says.

    Raises `SifuError` with a sentence, and leaves nothing behind.
    """
    make_private_folders(target.parent)
    _clear_unfinished(target.parent)
    try:
        if not target.is_dir():
            plan = plan_tree(list_files(repository, commit, directory))
            if isinstance(plan, str):
                raise Conflict(plan)
            for note in plan.notes:
                tell(note)
            _make(repository, plan, target, tell)
        return outline_of(target)
    except OSError as problem:
        raise Conflict(_sentence(problem), detail=repr(problem)) from problem


def outline_of(version: Path) -> Outline:
    """Read what a version that is there says of itself; raises `Conflict`, `OSError`."""
    paths = {path.relative_to(version).as_posix() for path in version.rglob("*") if path.is_file()}
    return _read_outline(version, paths)


def remove_old(versions: Path, served: str) -> None:
    """Keep the served one and the newest beside it, `KEPT` in all."""
    with suppress(FileNotFoundError):
        others = [path for path in versions.iterdir() if path.name != served]
        others = [path for path in others if path.is_dir() and not path.name.startswith(".")]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in others[KEPT - 1 :]:
            # Under another name first: what has its name is whole.
            doomed = path.with_name(fresh_name())
            path.rename(doomed)
            remove_folder(doomed, seconds=REMOVE_SECONDS)


def _make(repository: Path, plan: TreePlan, target: Path, tell: Tell) -> None:
    fresh = target.with_name(fresh_name())
    try:
        fresh.mkdir(mode=0o755)
        with opened_contents(repository) as contents:
            _write_files(contents, plan.files, fresh, tell)
        paths = {file.path for file in plan.files}
        paths.update(convert_texts(fresh, paths, tell))
        _read_outline(fresh, paths)
        _bring_to_disk(fresh)
        fresh.rename(target)
        _sync(target.parent)
    except BaseException:
        remove_folder(fresh, seconds=REMOVE_SECONDS)
        raise
    tell(f"The version has {len(paths):,} files.")


def _write_files(
    contents: Contents, files: Sequence[PlannedFile], folder: Path, tell: Tell
) -> None:
    made: set[Path] = {folder}
    pointers = 0
    for file in files:
        place = folder / file.path
        if place.parent not in made:
            place.parent.mkdir(parents=True, exist_ok=True)
            made.add(place.parent)
        descriptor = os.open(place, _NEW, 0o755 if file.is_program else 0o644)
        with os.fdopen(descriptor, "wb") as opened:
            begin = contents.copy(file.key, file.size, opened)
        if file.size <= LFS_MOST and is_large_file_pointer(begin):
            pointers += 1
            if pointers <= _MOST_TOLD:
                tell(f"Note: {file.path} is a pointer of Git LFS; the file itself does not come.")
    if pointers > _MOST_TOLD:
        tell(f"Note: {pointers - _MOST_TOLD} more are pointers of Git LFS.")


def _read_outline(folder: Path, paths: set[str]) -> Outline:
    text = None
    if FILE in paths:
        if (folder / FILE).stat().st_size > MOST_BYTES:
            raise Conflict(f"{FILE} is longer than {MOST_BYTES:,} bytes.")
        try:
            text = (folder / FILE).read_text("utf-8")
        except UnicodeDecodeError:
            raise Conflict(f"{FILE} is no text in UTF-8.") from None
    try:
        return read_outline(text, paths)
    except BadOutline as bad:
        raise Conflict("\n".join(bad.problems)) from None


def _bring_to_disk(folder: Path) -> None:
    for above, folders, files in os.walk(folder):
        for name in (*files, *folders):
            _sync(Path(above) / name)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clear_unfinished(versions: Path) -> None:
    with os.scandir(versions) as entries:
        found = [each.name for each in entries if each.name.startswith(PREFIX)]
    for name in found:
        path = versions / name
        if stat.S_ISDIR(path.lstat().st_mode):
            remove_folder(path, seconds=REMOVE_SECONDS)


def _sentence(problem: OSError) -> str:
    if problem.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return "The disk is full. Make room, then update the course again."
    return (
        "The files of the course could not be written. The log of Sifu says why; ask whoever runs "
        "it."
    )
