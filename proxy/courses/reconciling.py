"""Brings the courses to what `courses.toml` says of them, when the front starts.

Promises: a course of the file that is missing is added, one that differs is changed, and what the
file does not name is left alone; a file that is wrong changes nothing and keeps nobody from
starting: its problems are in the log. Who gave the file may say everything, so nobody is asked.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import structlog

from proxy.core.errors import Conflict, InvalidSettings, SifuError
from proxy.core.events import EventKind
from proxy.courses import secret_files
from proxy.courses.changes import CourseChanges, Wish
from proxy.courses.course_file import FILE, DeclaredCourse, read_course_file
from proxy.courses.shelf import CourseShelf
from proxy.courses.updating import CourseUpdates
from proxy.store.event_log import EventLog

_log = structlog.get_logger()


async def reconcile(
    path: Path, shelf: CourseShelf, changes: CourseChanges, updates: CourseUpdates, events: EventLog
) -> None:
    """Do it; never raises but for a store that cannot be used."""
    try:
        declared = await asyncio.to_thread(read_course_file, path)
    except InvalidSettings as invalid:
        for problem in invalid.problems:
            _log.error("courses.file_refused", problem=problem)
        return
    for each in declared:
        try:
            await _bring(each, shelf, changes, updates, events)
        except (SifuError, OSError) as problem:
            said = problem.public if isinstance(problem, SifuError) else str(problem)
            _log.error("courses.not_as_declared", course=each.name, problem=said)


async def _bring(
    declared: DeclaredCourse,
    shelf: CourseShelf,
    changes: CourseChanges,
    updates: CourseUpdates,
    events: EventLog,
) -> None:
    wish = await asyncio.to_thread(_with_secrets, declared)
    before = await shelf.find(declared.name)
    about = {"by": FILE}
    if before is None:
        await changes.add(declared.name, wish)
        about["url"] = wish.url or ""
        events.note(EventKind.COURSE_ADDED, course=declared.name, about=about)
        await updates.begin(declared.name, "", FILE)
        return
    before, after = await changes.change(declared.name, wish)
    if before == after:
        return
    about["what"] = ", ".join(
        name
        for name in ("url", "branch", "directory", "title", "enrolment", "update_every")
        if getattr(before, name) != getattr(after, name)
    )
    events.note(EventKind.COURSE_CHANGED, course=declared.name, about=about)
    is_other = (before.url, before.branch, before.directory) != (
        after.url,
        after.branch,
        after.directory,
    )
    if is_other and after.archived is None:
        await updates.begin(declared.name, "", FILE)


def _with_secrets(declared: DeclaredCourse) -> Wish:
    wish = declared.wish
    if declared.token_file:
        wish = replace(wish, token=_read(declared.token_file, secret_files.MOST_TOKEN))
    if declared.key_file:
        wish = replace(wish, deploy_key=_read(declared.key_file, secret_files.MOST_KEY))
    return wish


def _read(path: str, most: int) -> str:
    try:
        with Path(path).open() as file:
            return file.read(most + 1)
    except (OSError, UnicodeDecodeError) as problem:
        raise Conflict(f"{path} cannot be read ({problem}).") from problem
