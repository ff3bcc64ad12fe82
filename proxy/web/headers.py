"""The headers of every answer of the front: what a browser may do with our pages.

Promises: each answer carries them, streams and errors too (a signal adds them when the head is
written); exactly one `Content-Security-Policy`, without any `unsafe-…`, which refuses inline
scripts and styles altogether. A page of what somebody else wrote has its own (`still_pages`), which
refuses scripts and everything that is fetched.
"""

import re
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from proxy.core.content_security import frame_ancestors
from proxy.settings import Settings
from proxy.web.keys import IS_ANSWERED, REQUEST_ID

# What a course page holds in its frame: it signs in, starts, and goes on to the notebook.
FRAMED = ("/sign-in", "/start/", "/open/", "/lti/")
# And what a notebook in there shows, where a window of its own would not know who is here. None of
# it takes anything away for good, whatever somebody is made to click.
_FRAMED_WHOLE = re.compile(r"/snapshots(?:/new)?|/courses/[^/]+/(?:reset|told)")
Signal = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def security_headers(
    path: str, *, notebook_origin: str, framers: Sequence[str], form_target: str = ""
) -> dict[str, str]:
    """Return the headers for an answer under `path` (decoded, without the query).

    `form_target`: the one origin that a form of this page goes to, if it is not ours.
    """
    form_targets = form_target or f"'self' {notebook_origin}"
    ancestors = "frame-ancestors 'none'"
    if path.startswith(FRAMED) or _FRAMED_WHOLE.fullmatch(path):
        # A notebook in a course page shows the way back to its server in a frame of its own.
        ancestors = frame_ancestors([*framers, notebook_origin] if framers else ())
    policy = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        # Chromium holds the redirects after a form to this too, and signing in ends in a notebook.
        f"form-action {form_targets}",
        "base-uri 'none'",
        ancestors,
    ]
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        # Not `no-referrer`: with it browsers send `Origin: null` on our own forms.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def add_headers(settings: Settings) -> Signal:
    """Return the signal for `on_response_prepare`; what a handler set itself is kept."""
    # `https://{owner}.notebooks.example.org` becomes a pattern for everybody's.
    origin, framers = settings.notebook_origin_for("*"), settings.lms_origins

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        request[IS_ANSWERED] = True
        headers = security_headers(request.path, notebook_origin=origin, framers=framers)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if REQUEST_ID in request:
            response.headers["X-Request-Id"] = request[REQUEST_ID]
        response.headers.pop("Server", None)

    return prepare
