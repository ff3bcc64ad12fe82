"""Courses that come from a repository, and the version of each that is served."""

import json
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from proxy.core.course import Course, Enrolment, Outline, outline_from_json, outline_to_json
from proxy.core.errors import Conflict
from proxy.store.course_tables import (
    course_days,
    course_environments,
    course_jobs,
    course_notebooks,
    course_peaks,
    course_people,
    courses,
)


def add(connection: Connection, course: Course) -> None:
    """Add a course; raises `Conflict` if there is one of that name.

    What was done for an earlier one of that name is not this one's to show.
    """
    if find(connection, course.name) is not None:
        raise Conflict(f"There is a course called “{course.name}” already.")
    connection.execute(delete(course_jobs).where(course_jobs.c.course == course.name))
    connection.execute(insert(courses).values(_to_row(course)))


def find(connection: Connection, name: str) -> Course | None:
    row = connection.execute(select(courses).where(courses.c.name == name)).first()
    return None if row is None else _from_row(row)


def list_all(connection: Connection) -> list[Course]:
    """Return all of them by name, archived ones too."""
    return [_from_row(row) for row in connection.execute(select(courses).order_by("name"))]


def put(connection: Connection, course: Course) -> bool:
    """Write the row of an existing course; False if it is gone meanwhile.

    Its environment is not written: that changes by itself (`course_environments`).
    """
    values = {name: value for name, value in _to_row(course).items() if name != "environment"}
    found = connection.execute(update(courses).where(courses.c.name == course.name).values(values))
    return bool(found.rowcount)


def change(connection: Connection, course: Course) -> bool:
    """Write what people decide about a course, and nothing else; False if it is gone."""
    row = _to_row(course)
    decided = ("title", "url", "branch", "directory", "enrolment", "update_every", "archived")
    values = {key: row[key] for key in decided}
    found = connection.execute(update(courses).where(courses.c.name == course.name).values(values))
    return bool(found.rowcount)


def serve(
    connection: Connection, name: str, version: str, outline: Outline, now: float
) -> Course | None:
    """Serve this version from now on, in one write; return the course, None if it is gone."""
    about = json.dumps(outline_to_json(outline), ensure_ascii=False)
    values = {"version": version, "about": about, "updated": now, "problem": ""}
    connection.execute(update(courses).where(courses.c.name == name).values(values))
    return find(connection, name)


def set_problem(connection: Connection, name: str, problem: str) -> None:
    """Say why the latest update failed; empty: it did not."""
    connection.execute(update(courses).where(courses.c.name == name).values(problem=problem))


def remove(connection: Connection, name: str) -> bool:
    """Remove the row and all that belongs to the course alone; False if there is none."""
    for table in (course_people, course_days, course_notebooks, course_peaks, course_environments):
        connection.execute(delete(table).where(table.c.course == name))
    return bool(connection.execute(delete(courses).where(courses.c.name == name)).rowcount)


def _to_row(course: Course) -> dict[str, Any]:
    return {
        "name": course.name,
        "title": course.title,
        "url": course.url,
        "branch": course.branch,
        "directory": course.directory,
        "enrolment": course.enrolment.value,
        "update_every": course.update_every,
        "version": course.version,
        "updated": course.updated,
        "problem": course.problem,
        "about": json.dumps(outline_to_json(course.outline), ensure_ascii=False),
        "environment": course.environment,
        "created": course.created,
        "archived": course.archived,
    }


def _from_row(row: Row[Any]) -> Course:
    return Course(
        name=row.name,
        url=row.url,
        created=row.created,
        title=row.title,
        branch=row.branch,
        directory=row.directory,
        enrolment=Enrolment(row.enrolment),
        update_every=row.update_every,
        version=row.version,
        updated=row.updated,
        problem=row.problem,
        outline=outline_from_json(json.loads(row.about)),
        environment=row.environment,
        archived=row.archived,
    )
