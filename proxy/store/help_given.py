"""Who helped in somebody's workspace lately, for whom it belongs to."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.store import events, sessions, users
from proxy.store.events import Wanted

LATELY: Final = 7 * 86_400.0
_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class HelpGiven:
    """`who` is their name, `at` when it began in seconds since the epoch; `is_now`: it goes on."""

    who: str
    course: str
    at: float
    is_now: bool


def help_given(connection: Connection, server: ServerName, now: float) -> list[HelpGiven]:
    """Return the help of the last week, the latest first."""
    wanted = Wanted(kind=EventKind.WORKSPACE_HELPED, server=str(server), since=now - LATELY)
    there = {
        each.user.slug
        for each in sessions.list_helping(connection, server=str(server))
        if now < each.expires
    }
    found, seen = [], set()
    for stored in events.find(connection, wanted, limit=_MOST):
        event = stored.event
        helper = users.find_by_slug(connection, event.user)
        is_now = event.user in there and event.user not in seen
        seen.add(event.user)
        name = event.user if helper is None else helper.name
        found.append(HelpGiven(name, event.course, event.at, is_now))
    return found
