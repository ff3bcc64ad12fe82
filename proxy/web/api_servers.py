"""Servers over the control API: list, start, look, stop.

Promises: starting is idempotent, so ten requests at once start one server; an answer never says
`ready` of a server that is not; a wait ends. Must not: know how a server is started.
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import web

from proxy.core.errors import (
    Conflict,
    NotFound,
    ServerNotRunning,
    UnprocessableInput,
    UpstreamSlow,
)
from proxy.core.events import EventKind
from proxy.core.identity import Identity, ServerName
from proxy.core.lifecycle import State
from proxy.core.overview import NOTHING_KNOWN
from proxy.core.policy import Action, Allow, Workspaces, may
from proxy.servers.manager import Outcome, ServerManager
from proxy.settings import Settings
from proxy.store.records import ServerRecord
from proxy.web.access import admit, require_identity, require_server, server_of
from proxy.web.api_bodies import answer, read_optional_body
from proxy.web.audit import BY_ADMIN, note_if_others
from proxy.web.keys import MANAGER, OBSERVATORY, SETTINGS
from proxy.web.observatory import Watched
from proxy.web.schemas import Message, ServerInfo, ServerLog, StartRequest

# What a stop, or a start that has to wait for one, may take on top of the start itself.
_GRACE_SECONDS = 60
LOG_LINES = 100
MAX_LOG_LINES = 1000


async def list_servers(request: web.Request) -> web.Response:
    """Those that run or failed, as far as the caller may see them."""
    identity = require_identity(request)
    settings = request.app[SETTINGS]
    records = [
        record
        for record in await request.app[MANAGER].list_all()
        if record.state is not State.STOPPED
        and isinstance(may(identity, Action.SEE, record.name, settings.workspaces), Allow)
    ]
    view = await request.app[OBSERVATORY].look()
    return answer([describe(record, settings, view.find(record.name)) for record in records])


async def start_server(request: web.Request) -> web.Response:
    """Start and wait; with `Prefer: respond-async` (RFC 7240, 4.1) answer at once."""
    identity = require_identity(request)
    wish = await read_optional_body(request, StartRequest)
    name = await admit(request, identity, Action.START, _wished(request, identity, wish))
    at_once = prefers_async(request.headers.getall("Prefer", ()))
    try:
        async with asyncio.timeout(request.app[SETTINGS].start_timeout + _GRACE_SECONDS):
            outcome = await request.app[MANAGER].start(name, gateway_url=wish.gateway_url)
            note_if_others(request, EventKind.ADMIN_SERVER_STARTED, name)
            _check_gateway(outcome, wish)
            record = outcome.record if at_once else await _wait(request.app[MANAGER], name)
    except TimeoutError as problem:
        raise UpstreamSlow("The server is still starting. Look again in a minute.") from problem
    headers = {"Preference-Applied": "respond-async"} if at_once else {}
    if outcome.created:
        headers["Location"] = f"/api/servers/{name}"
    return answer(
        describe(record, request.app[SETTINGS]),
        status=201 if outcome.created else 200,
        headers=headers,
    )


async def show_server(request: web.Request) -> web.Response:
    """One server; a failed one is shown with its reason."""
    record = await find_server(request, await require_server(request, Action.SEE))
    watched = (await request.app[OBSERVATORY].look()).find(record.name)
    return answer(describe(record, request.app[SETTINGS], watched))


async def stop_server(request: web.Request) -> web.Response:
    """Stop it, or clear away a failed one; answers when it is gone."""
    name = await require_server(request, Action.STOP)
    await find_server(request, name)
    is_others = note_if_others(request, EventKind.ADMIN_SERVER_STOPPED, name)
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            record = await request.app[MANAGER].stop(name, reason=BY_ADMIN if is_others else "")
    except TimeoutError as problem:
        raise UpstreamSlow("The server is still stopping. Look again in a minute.") from problem
    if record.state is not State.STOPPED:
        raise Conflict(f"The server could not be stopped: it is {record.state.value}.")
    return answer(Message(message="The server was shut down."))


async def show_log(request: web.Request) -> web.Response:
    """The last lines it wrote, `?lines=` of them."""
    name = await require_server(request, Action.SEE)
    count = _line_count(request.query.getall("lines", ()))
    await find_server(request, name, also_stopped=True)
    tail = await request.app[MANAGER].log_tail(name, count)
    return answer(ServerLog(lines=list(tail)))


def _line_count(asked: Sequence[str]) -> int:
    if not asked:
        return LOG_LINES
    text = asked[0]
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LOG_LINES))
    if len(asked) > 1 or not is_number or not 1 <= int(text) <= MAX_LOG_LINES:
        raise UnprocessableInput(f"“lines”: This is a number from 1 to {MAX_LOG_LINES}.")
    return int(text)


async def find_server(
    request: web.Request, name: ServerName, *, also_stopped: bool = False
) -> ServerRecord:
    """Return what is known of it; raises `NotFound` if none runs."""
    record = await request.app[MANAGER].get(name)
    if record is None or (record.state is State.STOPPED and not also_stopped):
        raise NotFound("No server is running there. Start it with POST /api/servers.")
    return record


def describe(
    record: ServerRecord, settings: Settings, watched: Watched | None = None
) -> ServerInfo:
    """Say how and where it is reached: through the relay, at the public origin."""
    is_same = watched is not None and watched.state == record.state.value
    used = watched.used if watched is not None and is_same else NOTHING_KNOWN
    public = settings.notebook_origin_for(record.name.owner)
    origin = urlsplit(public)
    is_secure = origin.scheme == "https"
    folder = settings.notebooks
    if settings.workspaces is Workspaces.PER_USER:
        folder = folder / record.name.owner / record.name.workspace
    return ServerInfo(
        owner=record.name.owner,
        workspace=record.name.workspace,
        state=record.state,
        reason=record.reason,
        url=public + record.name.prefix,
        base_url=record.name.prefix,
        hostname=origin.hostname or "",
        port=origin.port or (443 if is_secure else 80),
        secure=is_secure,
        notebook_dir=str(folder),
        pid=record.pid,
        started=record.started,
        last_activity=record.last_activity,
        memory=used.memory,
        cpu=used.cpu,
        place=record.place or None,
    )


def prefers_async(headers: tuple[str, ...] | list[str]) -> bool:
    """Is `respond-async` among the preferences? (RFC 7240, 2: a list, names without case.)"""
    preferences = ",".join(headers).split(",")
    return any(part.partition(";")[0].strip().lower() == "respond-async" for part in preferences)


def _wished(request: web.Request, identity: Identity, wish: StartRequest) -> ServerName:
    default = server_of(identity.user, request.app[SETTINGS].workspaces)
    return ServerName(wish.owner or default.owner, wish.workspace or default.workspace)


def _check_gateway(outcome: Outcome, wish: StartRequest) -> None:
    is_other = wish.gateway_url not in {None, outcome.record.gateway_url}
    if is_other and not outcome.created:
        raise Conflict("The server already runs with another gateway. Stop it first.")


async def _wait(manager: ServerManager, name: ServerName) -> ServerRecord:
    record = await manager.wait(name)
    if record.state is not State.READY:
        reason = record.reason or "it was stopped meanwhile."
        raise ServerNotRunning(f"The server did not start: {reason}")
    return record
