"""What Canvas reads to configure us, when its administrator gives it this address. Public."""

from aiohttp import web

from proxy.core.lti_tool_description import canvas_configuration
from proxy.web.platforms import own_addresses


async def show_configuration(request: web.Request) -> web.Response:
    """The configuration, as JSON."""
    return web.json_response(canvas_configuration(own_addresses(request)))


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get("/lti/config.json", show_configuration)]
