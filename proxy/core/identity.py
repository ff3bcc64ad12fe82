"""Who asks, and for which server.

Holds the words that every floor uses: `User`, `Session`, `Identity`, `ServerName`. A `ServerName`
is made from names that stand in our tables, never from a path without looking it up.
"""

import re
from dataclasses import dataclass
from typing import Self

# Safe as a path segment, a folder, a supervisord program and a container name alike.
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")


@dataclass(frozen=True, slots=True, order=True)
class ServerName:
    """A server is named by its owner's slug and the workspace's slug."""

    owner: str
    workspace: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.workspace}"

    @property
    def prefix(self) -> str:
        """The path under which the relay serves it; Jupyter's `base_url`."""
        return f"/user/{self.owner}/{self.workspace}/"

    @property
    def program(self) -> str:
        """One word for it, unambiguous because slugs hold no dot."""
        return f"{self.owner}.{self.workspace}"

    @classmethod
    def parse(cls, owner: str, workspace: str) -> Self | None:
        """Give the name if both parts are slugs, else None."""
        if SLUG.fullmatch(owner) and SLUG.fullmatch(workspace):
            return cls(owner, workspace)
        return None


# The one server of an installation whose workspaces are shared.
SHARED = ServerName("everyone", "shared")
HOME_WORKSPACE = "home"
RESERVED_OWNERS = frozenset({SHARED.owner, "sifu"})


@dataclass(frozen=True, slots=True)
class User:
    """A row of the users table; `slug` is what stands in URLs."""

    id: int
    name: str
    slug: str
    is_admin: bool
    created: float
    has_password: bool
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `id` is public; the cookie's secret is only stored hashed.

    `helping`: the one server that it may open, somebody else's, for the sake of `course`.
    """

    id: str
    user: User
    created: float
    last_seen: float
    expires: float
    ended: float | None
    helping: ServerName | None = None
    course: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a request was authenticated as, and by which credential.

    With `helping` they may open this one server, another person's, and do nothing else.
    """

    user: User
    session_id: str | None = None
    token_id: str | None = None
    helping: ServerName | None = None


def helped_server(text: str) -> ServerName | None:
    """Return the server that a session's row names, None for an empty text.

    What is no server's name stays one that no address leads to: such a session opens nothing.
    """
    owner, _, workspace = text.partition("/")
    return ServerName(owner, workspace) if text else None
