"""What is written down of what happened: the kinds, and which facts belong to each.

Rules. (1) A kind that is not listed does not exist, and a fact that does not belong to its kind is
refused: an event never holds more than somebody decided it may. (2) Every text is one printable
line of bounded length, whatever people called themselves. (3) No secret, no content of a notebook,
no name that belongs to nobody (people type passwords into the field for the name).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

MAX_TEXT: Final = 300
_MAX_SLUG: Final = 48
_MAX_SERVER: Final = 100


class EventKind(Enum):
    """What happened."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SERVER_STARTED = "server_started"
    SERVER_STOPPED = "server_stopped"
    SERVER_FAILED = "server_failed"
    OPENED = "opened"
    CLOSED = "closed"
    TOKEN_CREATED = "token_created"  # noqa: S105 (the name of an event)
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 (the name of an event)
    SCORE_GIVEN = "score_given"
    COURSE_ADDED = "course_added"
    COURSE_CHANGED = "course_changed"
    COURSE_UPDATED = "course_updated"
    COURSE_UPDATE_FAILED = "course_update_failed"
    COURSE_BUILT = "course_built"
    COURSE_BUILD_FAILED = "course_build_failed"
    COURSE_ARCHIVED = "course_archived"
    COURSE_REMOVED = "course_removed"
    COURSE_PERSON_SET = "course_person_set"
    COURSE_PERSON_REMOVED = "course_person_removed"
    WORKSPACE_RESET = "workspace_reset"
    WORKSPACE_CLEARED = "workspace_cleared"
    WORKSPACE_COLLECTED = "workspace_collected"
    WORKSPACE_VIEWED = "workspace_viewed"
    WORKSPACE_HELPED = "workspace_helped"
    SNAPSHOT_SHARED = "snapshot_shared"
    SNAPSHOT_REMOVED = "snapshot_removed"
    ADMIN_USER_ADDED = "admin_user_added"
    ADMIN_USER_REMOVED = "admin_user_removed"
    ADMIN_USER_DISABLED = "admin_user_disabled"
    ADMIN_USER_ENABLED = "admin_user_enabled"
    ADMIN_ROLE_CHANGED = "admin_role_changed"
    ADMIN_PASSWORD_SET = "admin_password_set"  # noqa: S105 (the name of an event)
    ADMIN_LINK_MADE = "admin_link_made"
    ADMIN_SIGNED_OUT = "admin_signed_out"
    ADMIN_SERVER_STARTED = "admin_server_started"
    ADMIN_SERVER_STOPPED = "admin_server_stopped"
    ADMIN_IDLE_STOPPED = "admin_idle_stopped"
    ADMIN_NOTICE_SET = "admin_notice_set"
    ADMIN_MAINTENANCE_SET = "admin_maintenance_set"
    ADMIN_EVENTS_EXPORTED = "admin_events_exported"
    ADMIN_PLATFORM_ADDED = "admin_platform_added"
    ADMIN_PLATFORM_CHANGED = "admin_platform_changed"
    ADMIN_PLATFORM_REMOVED = "admin_platform_removed"
    ADMIN_PLATFORM_INVITED = "admin_platform_invited"
    EVENTS_LOST = "events_lost"


# The facts beside time, user, server and course. `by` says how it was done if not in a browser.
_ADMIN: Final = frozenset({"whom", "by"})
_PLATFORM: Final = frozenset({"platform", "issuer", "by"})
FACTS: Final[Mapping[EventKind, frozenset[str]]] = {
    EventKind.SIGNED_IN: frozenset({"way", "address"}),
    EventKind.SIGN_IN_FAILED: frozenset({"way", "address", "reason"}),
    EventKind.SIGNED_OUT: frozenset({"where"}),
    EventKind.SERVER_STARTED: frozenset({"reason"}),
    EventKind.SERVER_STOPPED: frozenset({"reason"}),
    EventKind.SERVER_FAILED: frozenset({"reason"}),
    EventKind.OPENED: frozenset({"path", "notebook"}),
    EventKind.CLOSED: frozenset(),
    EventKind.TOKEN_CREATED: frozenset({"id", "label", "by"}),
    EventKind.TOKEN_REVOKED: frozenset({"id", "whom", "by"}),
    EventKind.SCORE_GIVEN: frozenset({"whom", "notebook"}),
    EventKind.COURSE_ADDED: frozenset({"url", "by"}),
    EventKind.COURSE_CHANGED: frozenset({"what", "by"}),
    EventKind.COURSE_UPDATED: frozenset({"version", "by"}),
    EventKind.COURSE_UPDATE_FAILED: frozenset({"reason", "by"}),
    EventKind.COURSE_BUILT: frozenset({"version", "by"}),
    EventKind.COURSE_BUILD_FAILED: frozenset({"reason", "by"}),
    EventKind.COURSE_ARCHIVED: frozenset({"state", "by"}),
    EventKind.COURSE_REMOVED: frozenset({"by"}),
    EventKind.COURSE_PERSON_SET: frozenset({"whom", "role", "by"}),
    EventKind.COURSE_PERSON_REMOVED: frozenset({"whom", "by"}),
    EventKind.WORKSPACE_RESET: frozenset({"path", "whom"}),
    EventKind.WORKSPACE_CLEARED: frozenset({"whom"}),
    EventKind.WORKSPACE_COLLECTED: frozenset({"whom", "number"}),
    EventKind.WORKSPACE_VIEWED: frozenset({"whom", "path", "by"}),
    EventKind.WORKSPACE_HELPED: frozenset({"whom"}),
    EventKind.SNAPSHOT_SHARED: frozenset({"path", "by"}),
    EventKind.SNAPSHOT_REMOVED: frozenset({"path", "whom", "by"}),
    EventKind.ADMIN_USER_ADDED: _ADMIN | {"role"},
    EventKind.ADMIN_USER_REMOVED: _ADMIN,
    EventKind.ADMIN_USER_DISABLED: _ADMIN,
    EventKind.ADMIN_USER_ENABLED: _ADMIN,
    EventKind.ADMIN_ROLE_CHANGED: _ADMIN | {"role"},
    EventKind.ADMIN_PASSWORD_SET: _ADMIN,
    EventKind.ADMIN_LINK_MADE: _ADMIN,
    EventKind.ADMIN_SIGNED_OUT: _ADMIN,
    EventKind.ADMIN_SERVER_STARTED: frozenset({"by"}),
    EventKind.ADMIN_SERVER_STOPPED: frozenset({"by"}),
    EventKind.ADMIN_IDLE_STOPPED: frozenset({"number", "by"}),
    EventKind.ADMIN_NOTICE_SET: frozenset({"message", "by"}),
    EventKind.ADMIN_MAINTENANCE_SET: frozenset({"state", "by"}),
    EventKind.ADMIN_EVENTS_EXPORTED: frozenset({"format", "by"}),
    EventKind.ADMIN_PLATFORM_ADDED: _PLATFORM | {"address"},
    EventKind.ADMIN_PLATFORM_CHANGED: _PLATFORM,
    EventKind.ADMIN_PLATFORM_REMOVED: _PLATFORM,
    EventKind.ADMIN_PLATFORM_INVITED: _PLATFORM,
    EventKind.EVENTS_LOST: frozenset({"number"}),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One row. `at` in seconds since the epoch; `user` a slug and `server` a name, or empty."""

    at: float
    kind: EventKind
    user: str = ""
    server: str = ""
    course: str = ""
    about: Mapping[str, str] = field(default_factory=dict)


def make_event(
    kind: EventKind,
    at: float,
    *,
    user: str = "",
    server: str = "",
    course: str = "",
    about: Mapping[str, str] | None = None,
) -> Event:
    """Return the event, every text cleaned and cut to its length; empty facts are left out.

    Raises `ValueError` for a fact that does not belong to the kind: a mistake of ours.
    """
    facts = about or {}
    if foreign := set(facts) - FACTS[kind]:
        raise ValueError(f"{kind.value} has no fact {', '.join(sorted(foreign))}")
    return Event(
        at=at,
        kind=kind,
        user=clean(user, _MAX_SLUG),
        server=clean(server, _MAX_SERVER),
        course=clean(course, _MAX_SERVER),
        about={name: clean(text, MAX_TEXT) for name, text in sorted(facts.items()) if text},
    )


def clean(text: str, most: int) -> str:
    """Return one printable line of at most `most` characters; whatever else becomes a blank."""
    kept = "".join(" " if _is_invisible(char) else char for char in text[:most])
    return kept if len(text) <= most else kept[:-1] + "…"


def _is_invisible(char: str) -> bool:
    # Control, format, surrogate, unassigned, private; line and paragraph separators.
    return unicodedata.category(char)[0] == "C" or unicodedata.category(char) in {"Zl", "Zp"}
