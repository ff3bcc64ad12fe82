"""What a handler calls first: who asks, and may they?

Promises: everything is refused that is not allowed; a decision is made from the names alone before
anything is looked up, so that a refusal does not tell which servers or users exist.
"""

from aiohttp import web

from proxy.core.errors import Forbidden, NotFound, Unauthenticated
from proxy.core.identity import HOME_WORKSPACE, SHARED, Identity, ServerName, User
from proxy.core.policy import Action, Deny, Workspaces, may
from proxy.store import users
from proxy.web.keys import IDENTITY, MANAGER, REFUSAL, SETTINGS, STORE


def require_identity(request: web.Request) -> Identity:
    """Return who asks; raises `Unauthenticated`, with the reason if a credential was bad."""
    if (refusal := request.get(REFUSAL)) is not None:
        raise refusal
    identity: Identity | None = request.get(IDENTITY)
    if identity is None:
        raise Unauthenticated("Please sign in to see this page.")
    return identity


def require_admin(request: web.Request) -> Identity:
    """Return who asks; raises `Unauthenticated` or `Forbidden`."""
    identity = require_identity(request)
    if not identity.user.is_admin:
        raise Forbidden("Only an administrator may do that.")
    return identity


async def require_server(request: web.Request, action: Action) -> ServerName:
    """Return the server that `{owner}/{workspace}` of the route names, if `action` is allowed.

    Raises `Unauthenticated`, `Forbidden`, or `NotFound` for a name that cannot exist here.
    """
    identity = require_identity(request)
    name = ServerName.parse(request.match_info["owner"], request.match_info["workspace"])
    return await admit(request, identity, action, name)


async def admit(
    request: web.Request, identity: Identity, action: Action, name: ServerName | None
) -> ServerName:
    """The same for a name from elsewhere (a body); None is a name that could not be parsed."""
    mode = request.app[SETTINGS].workspaces
    if name is None or (mode is Workspaces.SHARED and name != SHARED):
        raise NotFound("There is no server of that name here.")
    verdict = may(identity, action, name, mode)
    if isinstance(verdict, Deny):
        raise Forbidden(verdict.reason)
    if mode is Workspaces.PER_USER and not await _exists(request, identity, action, name):
        raise NotFound("There is no server of that name here.")
    return name


def server_of(user: User, mode: Workspaces) -> ServerName:
    """The one server that is this person's to open."""
    return SHARED if mode is Workspaces.SHARED else ServerName(user.slug, HOME_WORKSPACE)


async def _exists(
    request: web.Request, identity: Identity, action: Action, name: ServerName
) -> bool:
    if name.workspace != HOME_WORKSPACE:
        return False
    if name.owner == identity.user.slug:
        return True
    if await request.app[STORE].read(users.find_by_slug, name.owner) is not None:
        return True
    # What a removed account left running can be looked at and stopped, and nothing else.
    is_rest = action in {Action.SEE, Action.STOP}
    return is_rest and await request.app[MANAGER].get(name) is not None
