"""`/lti/keys`: how learning platforms verify what we sign. Public, for there is nothing secret."""

from aiohttp import web

from proxy.web.keys import LTI_KEYS

# A platform may hold them for so long; a key is put beside the old one before it signs.
_SECONDS = 600


async def show_keys(request: web.Request) -> web.Response:
    """Answer the set of our keys (RFC 7517, 5)."""
    keys = await request.app[LTI_KEYS].published()
    headers = {"Cache-Control": f"public, max-age={_SECONDS}"}
    return web.json_response(keys, headers=headers)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get("/lti/keys", show_keys)]
