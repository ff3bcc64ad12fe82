"""Who came by which course page: written down at each launch, the latest counts.

Promises: a role is kept for (course, platform, context) alone; a link for grades keeps its number
from one launch to the next, so that scores on their way find it.
"""

import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, insert, select, update

from proxy.core.lti_arrival import Arrival, grades_of
from proxy.store.tables import grade_links, memberships


def remember(connection: Connection, arrival: Arrival, now: float) -> None:
    """Write down as what this person came, and where their scores go if the link is graded."""
    launch = arrival.launch
    place = {
        "course": arrival.course,
        "user_id": arrival.user_id,
        "platform_id": arrival.platform_id,
        "context": launch.context,
    }
    values = {
        "context_title": launch.context_title,
        "role": arrival.role.value,
        "is_preview": arrival.is_preview,
        "subject": launch.subject,
        "members_url": launch.members_url,
        "seen": now,
    }
    _put(connection, memberships, place, values)
    _remember_grades(connection, arrival, now)


def _remember_grades(connection: Connection, arrival: Arrival, now: float) -> None:
    service, launch = grades_of(arrival), arrival.launch
    if service is None:
        return
    place = {
        "user_id": arrival.user_id,
        "platform_id": arrival.platform_id,
        "course": arrival.course,
        "notebook": arrival.notebook,
    }
    values = {
        "context": launch.context,
        "resource_link": launch.resource_link,
        "subject": launch.subject,
        "line_items": service.line_items,
        "line_item": service.line_item,
        "scopes": json.dumps(sorted(service.scopes)),
        "seen": now,
    }
    _put(connection, grade_links, place, values)


def _put(
    connection: Connection, table: Table, place: dict[str, Any], values: dict[str, Any]
) -> None:
    """Replace the row of this place, or add it; a write transaction is exclusive."""
    here: ColumnElement[bool] = and_(*(table.c[name] == value for name, value in place.items()))
    if connection.execute(select(table.c.seen).where(here)).first() is None:
        connection.execute(insert(table).values(place | values))
    else:
        connection.execute(update(table).where(here).values(values))
