"""All pages of the front, in one list."""

from aiohttp import web

from proxy.web import home, opening, sign_in, sign_out, starting, static


def routes() -> list[web.RouteDef]:
    """The routes of every page."""
    modules = (static, sign_in, sign_out, home, starting, opening)
    return [route for module in modules for route in module.routes()]
