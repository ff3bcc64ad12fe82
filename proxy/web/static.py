"""The few files that pages need, from a fixed table in memory.

Promises: only the names of the table exist, so no path reaches the file system; an address with the
file's digest may be kept for a year, every other is asked for again. Must not: hold anything
personal.
"""

from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from aiohttp import web

from proxy.core.errors import NotFound

_TYPES = {
    "app.css": "text/css",
    "app.js": "text/javascript",
    "heat.js": "text/javascript",
    "live.js": "text/javascript",
    "lti_storage.js": "text/javascript",
    "lti_return.js": "text/javascript",
    "closing.js": "text/javascript",
    "copying.js": "text/javascript",
    "lti_register.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"
# Learning platforms show our picture beside our links.
_SHOWN_ELSEWHERE = frozenset({"icon.svg"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    body: bytes
    content_type: str
    digest: str


def _read(name: str) -> Asset:
    body = (files("proxy.web") / "static" / name).read_bytes()
    return Asset(body, _TYPES[name], sha256(body).hexdigest()[:16])


ASSETS = {name: _read(name) for name in _TYPES}


def asset_path(name: str) -> str:
    """Return the address of a file, with its digest."""
    return f"/static/{name}?v={ASSETS[name].digest}"


async def show_asset(request: web.Request) -> web.Response:
    """Answer one file, or 304 if the browser has it."""
    asset = ASSETS.get(request.match_info["name"])
    if asset is None:
        raise NotFound("There is no file of that name.")
    is_exact = request.query.get("v") == asset.digest
    headers = {
        "ETag": f'"{asset.digest}"',
        "Cache-Control": _FOREVER if is_exact else _ASK_AGAIN,
    }
    if request.match_info["name"] in _SHOWN_ELSEWHERE:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if asset.digest in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(
        body=asset.body, content_type=asset.content_type, charset="utf-8", headers=headers
    )


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get("/static/{name}", show_asset)]
