"""Administration: every server, what it uses, and how to stop it."""

from typing import Final

from aiohttp import web

from proxy.web.access import require_admin
from proxy.web.installation import stop_idle
from proxy.web.keys import LIVE, OBSERVATORY
from proxy.web.problems import see_other
from proxy.web.render import render_page, render_text

_HERE: Final = "/admin/servers"


async def show_servers(request: web.Request) -> web.Response:
    """Those that run, wait or failed; with `?all=1` everybody's."""
    require_admin(request)
    more = {"section": _HERE, "told": _told(request.query.get("stopped", ""))}
    return render_page(request, "admin_servers.html", await _values(request) | more)


async def follow_servers(request: web.Request) -> web.StreamResponse:
    """The same, whenever it changes."""
    require_admin(request)
    return await request.app[LIVE].follow(request, _render)


async def post_stop_idle(request: web.Request) -> web.Response:
    """Stop every server in which nothing happens."""
    require_admin(request)
    stopped = await stop_idle(request)
    return see_other(f"{_HERE}?stopped={stopped}")


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get(_HERE, show_servers),
        web.get(f"{_HERE}/live", follow_servers, allow_head=False),
        web.post(f"{_HERE}/stop-idle", post_stop_idle),
    ]


async def _render(request: web.Request) -> str:
    return render_text(request, "admin_servers_live.html", await _values(request))


async def _values(request: web.Request) -> dict[str, object]:
    view = await request.app[OBSERVATORY].look()
    shows_all = "all" in request.query
    shown = [each for each in view.servers if shows_all or each.state != "stopped"]
    return {"view": view, "servers": shown, "shows_all": shows_all}


def _told(number: str) -> str:
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        return ""
    counted = {"0": "No server was", "1": "One server was"}.get(number, f"{number} servers were")
    return f"{counted} idle and stopped."
