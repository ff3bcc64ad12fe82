"""May this identity do this to that server? The whole table is here.

Denies by default: an action or a relation that is not listed is refused.
"""

from dataclasses import dataclass
from enum import Enum

from proxy.core.identity import SHARED, Identity, ServerName


class Action(Enum):
    """What can be asked of a server."""

    OPEN = "open"  # bytes of the workspace and of Jupyter's API
    SEE = "see"  # state, times, start-up log
    START = "start"
    STOP = "stop"


class Workspaces(Enum):
    """`SIFU_WORKSPACES`: one server for everybody, or one each."""

    SHARED = "shared"
    PER_USER = "per-user"


@dataclass(frozen=True, slots=True)
class Allow:
    """Yes."""


@dataclass(frozen=True, slots=True)
class Deny:
    """No, and the sentence that says why."""

    reason: str


_OWNER = frozenset(Action)
_EVERYBODY_ON_SHARED = frozenset(Action)
_ADMIN_ON_OTHERS = frozenset({Action.SEE, Action.START, Action.STOP})
_HELPER = frozenset({Action.OPEN, Action.SEE, Action.START})


_WHILE_HELPING = (
    "While you help somebody, their server is the only one that opens. Stop helping first."
)


def may(identity: Identity, action: Action, server: ServerName, mode: Workspaces) -> Allow | Deny:
    """Decide; `mode` is the installation's `SIFU_WORKSPACES`.

    Who helps has the one server and none beside it, not even their own: a page of that server may
    do whatever its visitor's browser may (decision 18).
    """
    if identity.helping is not None:
        is_it = server == identity.helping and server != SHARED and mode is Workspaces.PER_USER
        return Allow() if is_it and action in _HELPER else Deny(_WHILE_HELPING)
    if mode is Workspaces.SHARED:
        if server == SHARED and action in _EVERYBODY_ON_SHARED:
            return Allow()
        return Deny("This installation has one shared workspace and no other.")
    if server.owner == identity.user.slug and action in _OWNER and server != SHARED:
        return Allow()
    if identity.user.is_admin and action in _ADMIN_ON_OTHERS:
        return Allow()
    return Deny("This server belongs to somebody else.")
