"""Where the score of a person's notebook goes: written by `arrivals`, found here."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from proxy.store.memberships import CoursePlace, is_within
from proxy.store.tables import grade_links


@dataclass(frozen=True, slots=True)
class GradeLink:
    """A person's notebook (without `.ipynb`), and where its score goes."""

    id: int
    user_id: int
    platform_id: int
    context: str
    course: str
    notebook: str
    resource_link: str
    subject: str
    line_items: str
    line_item: str
    scopes: frozenset[str]


def find(
    connection: Connection,
    user_id: int,
    course: str,
    notebook: str,
    places: Collection[CoursePlace] | None = None,
) -> GradeLink | None:
    """Return the link that was opened last, among those of these places (None: of any)."""
    statement = (
        select(grade_links)
        .where(
            grade_links.c.user_id == user_id,
            grade_links.c.course == course,
            grade_links.c.notebook == notebook,
            is_within(grade_links.c, places),
        )
        .order_by(grade_links.c.seen.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    return None if row is None else from_row(row)


def list_of_course(
    connection: Connection, course: str, places: Collection[CoursePlace] | None
) -> list[GradeLink]:
    """Return every link of these places in the course, by notebook."""
    statement = (
        select(grade_links)
        .where(grade_links.c.course == course, is_within(grade_links.c, places))
        .order_by(grade_links.c.notebook, grade_links.c.id)
    )
    return [from_row(row) for row in connection.execute(statement)]


def set_line_item(connection: Connection, link: GradeLink, address: str) -> None:
    """Remember the column for everybody who comes by the same link."""
    statement = update(grade_links).where(
        grade_links.c.platform_id == link.platform_id,
        grade_links.c.context == link.context,
        grade_links.c.resource_link == link.resource_link,
        grade_links.c.line_item == "",
    )
    connection.execute(statement.values(line_item=address))


def from_row(row: Row[Any], number: int | None = None) -> GradeLink:
    """Make a link of a row; `number` where the row's `id` is another table's."""
    return GradeLink(
        id=row.id if number is None else number,
        user_id=row.user_id,
        platform_id=row.platform_id,
        context=row.context,
        course=row.course,
        notebook=row.notebook,
        resource_link=row.resource_link,
        subject=row.subject,
        line_items=row.line_items,
        line_item=row.line_item,
        scopes=frozenset(json.loads(row.scopes)),
    )
