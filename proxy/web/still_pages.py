"""Answers that hold what somebody else wrote, on the front's own origin.

Promises: a browser gives such a page an origin of nobody's and runs nothing in it; a file that is
no page is saved, or shown as the picture that its name says. The other headers of the front are
added as to every answer.
"""

from pathlib import Path
from typing import Final
from urllib.parse import quote

from aiohttp import web

from proxy.core.content_security import STILL_PAGE

STILL: Final = {
    "Content-Security-Policy": STILL_PAGE,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    # A sandboxed document that asked for more is no document at all to browsers (HTML, 7.4.5).
    "Cross-Origin-Opener-Policy": "unsafe-none",
}


def still_page(page: bytes) -> web.Response:
    """Answer a rendered page."""
    return web.Response(body=page, content_type="text/html", charset="utf-8", headers=STILL)


def still_file(path: Path) -> web.FileResponse:
    """The same of a file of ours, as it lies there."""
    headers = STILL | {"Content-Type": "text/html; charset=utf-8"}
    return web.FileResponse(path, headers=headers)


def headers_to_save(name: str) -> dict[str, str]:
    """Return the headers for a file that is saved under this name."""
    named = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return STILL | {"Content-Type": "application/octet-stream", "Content-Disposition": named}
