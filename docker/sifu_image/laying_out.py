"""Lays the courses that came with the image into the notebooks' folder.

Promises: what is there under a course's name, whatever it is, stays untouched; a course appears
whole or not at all; what a killed start left half done is cleared away a day later. A course that
cannot be laid out is told and does not keep Sifu from starting.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

COURSES = Path("/opt/sifu/courses")
LIST = "courses.json"
_UNFINISHED = ".sifu-unfinished-"
_STALE_SECONDS = 86_400.0


def lay_out(courses: Path, notebooks: Path, *, now: float) -> Iterable[str]:
    """Copy each course that has no folder yet; yield a line for what was done or failed."""
    try:
        directories = json.loads((courses / LIST).read_text())
    except FileNotFoundError:
        return
    clear_unfinished(notebooks, before=now - _STALE_SECONDS)
    for name, directory in sorted(directories.items()):
        if os.path.lexists(notebooks / name):
            continue
        try:
            copy_whole(courses / name / directory, notebooks / name)
            yield f"The course {name} is now in {notebooks / name}."
        except (OSError, shutil.Error) as problem:
            yield f"The course {name} could not be laid into {notebooks}: {problem}"


def copy_whole(source: Path, target: Path) -> None:
    """Copy a folder so that nobody ever sees a part of it; raises `OSError` if target exists."""
    fresh = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=target.parent))
    try:
        shutil.copytree(source, fresh / "course", symlinks=True)
        if os.path.lexists(target):
            raise FileExistsError(f"{target} is there now")
        (fresh / "course").rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def clear_unfinished(notebooks: Path, *, before: float) -> None:
    """Delete copies of ours that were never finished; a younger one may be under way elsewhere."""
    for path in notebooks.glob(f"{_UNFINISHED}*"):
        if path.is_dir() and not path.is_symlink() and path.stat().st_mtime < before:
            shutil.rmtree(path, ignore_errors=True)
