"""A course in one file, to be kept when it is removed: its versions, its repository, what is known.

Promises: the file is there whole or not at all; no secret is in it; what is in it are plain files
and folders of ours. Blocks.

    course.json           the course and its jobs
    versions/<version>/   what people got
    repository/           git's copy: `git clone repository` reads it
"""

import io
import json
import tarfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from proxy.core.course import Course, outline_to_json
from proxy.core.course_job import Job
from proxy.courses.places import CoursePlaces
from proxy.disk.private_folders import make_private_folders
from proxy.disk.unfinished import PREFIX, fresh_name


def export_course(places: CoursePlaces, course: Course, jobs: Sequence[Job], now: float) -> Path:
    """Write the file; return where it is. Raises `OSError`."""
    folder = places.exports(course.name)
    make_private_folders(folder)
    for path in folder.glob(f"{PREFIX}*"):
        path.unlink(missing_ok=True)
    moment = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime(now))
    target = folder / f"{course.name} {moment}.tar.gz"
    fresh = folder / fresh_name()
    try:
        fresh.touch(mode=0o600)
        with fresh.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
                _add_text(archive, "course.json", _describe(course, jobs), now)
                for place, name in (
                    (places.versions(course.name), "versions"),
                    (places.repository(course.name), "repository"),
                ):
                    if place.is_dir():
                        archive.add(place, name, filter=_only_plain())
            file.flush()
        fresh.rename(target)
    finally:
        fresh.unlink(missing_ok=True)
    return target


def _only_plain() -> Callable[[tarfile.TarInfo], tarfile.TarInfo | None]:
    def keep(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if not (entry.isfile() or entry.isdir()) or PREFIX in entry.name:
            return None
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        return entry

    return keep


def _add_text(archive: tarfile.TarFile, name: str, text: str, now: float) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), int(now), 0o644
    archive.addfile(entry, io.BytesIO(content))


def _describe(course: Course, jobs: Sequence[Job]) -> str:
    about = asdict(course) | {
        "enrolment": course.enrolment.value,
        "outline": outline_to_json(course.outline),
        "jobs": [asdict(job) | {"kind": job.kind.value, "state": job.state.value} for job in jobs],
    }
    return json.dumps(about, indent=1, ensure_ascii=False) + "\n"
