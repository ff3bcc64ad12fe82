"""Starting a server, with its progress before one's eyes, and stopping it.

Promises: a GET starts nothing; the page's script, or a button where there are no scripts, does, by
POST. The way on leads into this server and nowhere else. A server that is ready is opened at once.
"""

import asyncio
from contextlib import suppress
from urllib.parse import quote

from aiohttp import web

from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.policy import Action, Allow, may
from proxy.core.queueing import place_sentence
from proxy.core.redirects import HOME, safe_next
from proxy.store.records import ServerRecord
from proxy.web.access import require_identity, require_server
from proxy.web.audit import BY_ADMIN, note_if_others
from proxy.web.forms import read_form
from proxy.web.keys import MANAGER, OBSERVATORY, SETTINGS
from proxy.web.problems import see_other, wants_page
from proxy.web.render import render_page

LOG_LINES = 20
# What a stop may take: Jupyter's own shutdown, then two signals.
_STOP_SECONDS = 60
_MESSAGES = {
    State.STOPPED: "Ready to start.",
    State.STARTING: "Starting the notebook server …",
    State.READY: "The notebook server is running.",
    State.STOPPING: "The server is just being stopped. It can be started again in a moment.",
    State.FAILED: "The notebook server did not start.",
}


_WAITING = frozenset({State.QUEUED, State.STARTING})


async def show_start(request: web.Request) -> web.Response:
    """The progress page; on to the notebook if the server is ready."""
    name = await require_server(request, Action.START)
    manager = request.app[MANAGER]
    record = await manager.get(name) or ServerRecord(name)
    way_on = _way_on(request, name)
    if record.state is State.READY:
        return see_other(way_on)
    has_failed = record.state is State.FAILED
    return render_page(
        request,
        "start.html",
        {
            "record": record,
            "state": record.state.value,
            "message": _message(record),
            "action": _start_path(request, name),
            "events": f"/api/servers/{name}/events",
            "way_on": way_on,
            "log": await manager.log_tail(name, LOG_LINES) if has_failed else (),
            "leave": f"/stop/{name}",
            "is_waiting": record.state in _WAITING,
        },
    )


async def start(request: web.Request) -> web.Response:
    """Begin; people without scripts come back to the page, scripts get 202."""
    name = await require_server(request, Action.START)
    outcome = await request.app[MANAGER].start(name)
    note_if_others(request, EventKind.ADMIN_SERVER_STARTED, name)
    request.app[OBSERVATORY].forget()
    if way_back := await _way_back(request):
        return see_other(way_back)
    if wants_page(request):
        return see_other(_start_path(request, name))
    return web.json_response({"state": outcome.record.state.value}, status=202)


async def stop(request: web.Request) -> web.Response:
    """Stop and go back; a stop that takes very long goes on without the browser."""
    name = await require_server(request, Action.STOP)
    way_back = await _way_back(request)
    is_others = note_if_others(request, EventKind.ADMIN_SERVER_STOPPED, name)
    with suppress(TimeoutError):
        async with asyncio.timeout(_STOP_SECONDS):
            await request.app[MANAGER].stop(name, reason=BY_ADMIN if is_others else "")
    request.app[OBSERVATORY].forget()
    return see_other(way_back or HOME)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get("/start/{owner}/{workspace}", show_start),
        web.post("/start/{owner}/{workspace}", start),
        web.post("/stop/{owner}/{workspace}", stop),
    ]


def _message(record: ServerRecord) -> str:
    if record.state is State.QUEUED:
        return place_sentence(record.place)
    return _MESSAGES[record.state]


async def _way_back(request: web.Request) -> str:
    """Where the form that was sent stands, if it says so: a page of ours."""
    form = await read_form(request)
    return safe_next(form["next"]) if "next" in form else ""


def _way_on(request: web.Request, name: ServerName) -> str:
    """Into the server for those who may; an administrator who started another's goes home."""
    identity = require_identity(request)
    if not isinstance(may(identity, Action.OPEN, name, request.app[SETTINGS].workspaces), Allow):
        return HOME
    return _inside(request.query.get("next", ""), name) or f"/open/{name}/lab"


def _inside(target: str, name: ServerName) -> str | None:
    path = f"/open/{name}/{target.lstrip('/')}"
    return path if target and safe_next(path) == path else None


def _start_path(request: web.Request, name: ServerName) -> str:
    target = request.query.get("next", "")
    return f"/start/{name}" + (f"?next={quote(target, safe='/')}" if _inside(target, name) else "")
