"""The routes of the control API, of `/healthz` and of `/metrics`, made from the endpoint table.

A composition root calls `install(app)` once, before the app starts; the keys SETTINGS, STORE,
CLOCK, RANDOM and MANAGER must stand on the app when the first request comes.
"""

from aiohttp import web

from proxy.web.api_endpoint import Endpoint, guarded
from proxy.web.api_events import EventStreams
from proxy.web.api_table import list_endpoints
from proxy.web.health import HealthCheck
from proxy.web.openapi import with_document


def install(app: web.Application) -> None:
    """Add every route; open event streams end when the app shuts down."""
    streams = EventStreams()
    app.on_shutdown.append(streams.end)
    app.add_routes(routes(with_document(list_endpoints(HealthCheck(), streams))))


def routes(endpoints: tuple[Endpoint, ...]) -> list[web.RouteDef]:
    """Make a route of every row; a HEAD is answered too, but not for a stream without an end."""
    return [_route(row) for row in endpoints]


def _route(row: Endpoint) -> web.RouteDef:
    if row.method != "GET":
        return web.route(row.method, row.path, guarded(row))
    is_stream = any(reply.media_type == "text/event-stream" for reply in row.replies)
    return web.get(row.path, guarded(row), allow_head=not is_stream)
