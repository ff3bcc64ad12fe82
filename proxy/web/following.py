"""Does somebody follow this link, or does something look ahead?

What a link does once it must not do for a prefetch, an image or a chat program's preview (HEAD).
"""

from aiohttp import web


def is_followed(request: web.Request) -> bool:
    """Tell by what browsers say of a request (`Sec-Purpose`, Fetch Metadata)."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return request.method == "GET" and "prefetch" not in purpose and mode == "navigate"


def answer_nobody() -> web.Response:
    """Answer something that looked ahead: no page, so a browser asks again for a person."""
    return web.Response(status=503)
