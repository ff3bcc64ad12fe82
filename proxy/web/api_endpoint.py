"""What an endpoint is: one row from which its route and its documentation are made.

Promises: a row says who may call, and `guarded` holds it, so that no handler can forget to ask.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from functools import wraps

from aiohttp import web

from proxy.core.errors import SifuError
from proxy.web.access import require_admin, require_identity
from proxy.web.kernel_callers import require_kernel
from proxy.web.schemas import Answer, Body

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


_GROUPS = {
    "me": "users",
    "openapi": "operations",
    "overview": "operations",
    "notice": "operations",
    "maintenance": "operations",
    "platform-invitations": "platforms",
}


class Caller(Enum):
    """Who may call; a handler may refuse further, by what is asked for."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    ADMIN = "administrator"
    KERNEL = "a person's notebook"  # known by the account that it runs as, by no credential


@dataclass(frozen=True, slots=True)
class Reply:
    """One good answer: `model` is what its body holds; `many` makes it a list of them."""

    status: int
    description: str
    model: type[Answer] | None = None
    many: bool = False
    media_type: str = "application/json"
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query or the header, always optional."""

    name: str
    place: str
    description: str
    schema: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row: where, what, by whom, and what comes back."""

    method: str
    path: str
    handler: Handler
    summary: str
    replies: tuple[Reply, ...]
    caller: Caller = Caller.SIGNED_IN
    body: type[Body] | None = None
    body_optional: bool = False
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[type[SifuError], ...] = ()

    @property
    def name(self) -> str:
        """The name of its handler, unique in the table."""
        return str(getattr(self.handler, "__name__", self.path))

    @property
    def tag(self) -> str:
        """The group it is listed in: `servers`, `users`, `platforms`, `tokens`…"""
        group = self.path.removeprefix("/api/").partition("/")[0].partition(".")[0]
        return _GROUPS.get(group, group if self.path.count("/") > 1 else "operations")


def guarded(endpoint: Endpoint) -> Handler:
    """Return the handler behind the question whether its caller may call."""
    handler, caller = endpoint.handler, endpoint.caller

    @wraps(handler)
    async def guard(request: web.Request) -> web.StreamResponse:
        if caller is Caller.SIGNED_IN:
            require_identity(request)
        elif caller is Caller.ADMIN:
            require_admin(request)
        elif caller is Caller.KERNEL:
            await require_kernel(request)
        return await handler(request)

    return guard
