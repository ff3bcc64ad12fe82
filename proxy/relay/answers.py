"""What the relay says itself: refusals, redirects to front, its health."""

import base64
import html
import json
from hashlib import sha256
from urllib.parse import quote

from proxy.core.audience import wants_page
from proxy.core.errors import (
    ServerNotRunning,
    SifuError,
    TooManyAttempts,
    Unauthenticated,
)
from proxy.core.identity import ServerName
from proxy.core.paths import Target
from proxy.relay.aiohttp_parts import BaseRequest, Response
from proxy.relay.refusals import reason_of

# One of `metrics.RELAY_REFUSAL_REASONS`.
REASON_HEADER = "X-Sifu-Reason"
_STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;"
    "margin:18vh auto;padding:0 1.5rem}h1{font-size:1.35rem}p{opacity:.85}"
)
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()


def is_for_people(request: BaseRequest) -> bool:
    return wants_page(
        request.method,
        accept=request.headers.get("Accept", ""),
        fetch_mode=request.headers.get("Sec-Fetch-Mode", ""),
    )


class Answers:
    """Knows where front is, and who may frame us."""

    def __init__(self, front_origin: str, frame_ancestors: str) -> None:
        self._front = front_origin
        self._frames = frame_ancestors

    def refuse(self, request: BaseRequest, error: SifuError, target: Target | None) -> Response:
        """Answer an error: lead people on where front can help, tell scripts in problem+json."""
        if target is not None and target.server is not None and is_for_people(request):
            if isinstance(error, Unauthenticated):
                return self._redirect(self._front + _open_path(target.server, target))
            if isinstance(error, ServerNotRunning):
                return self._redirect(self._front + _start_path(target.server, target))
        if is_for_people(request):
            return self._page(error)
        return self._problem(error, target)

    def redirect(self, location: str) -> Response:
        """Send a browser on; nothing of it may be cached."""
        return self._redirect(location)

    def _redirect(self, location: str) -> Response:
        return Response(status=303, headers=self._headers() | {"Location": location})

    def _page(self, error: SifuError) -> Response:
        title, text = html.escape(error.title), html.escape(error.public)
        page = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<style>{_STYLE}</style><h1>{title}</h1><p>{text}</p>"
            f'<p><a href="{html.escape(self._front)}/" target="_top">Go to the home page</a></p>'
        )
        return Response(
            status=error.status,
            text=page,
            content_type="text/html",
            headers=self._headers(style=f"style-src 'sha256-{_STYLE_HASH}'; ") | _retry(error),
        )

    def _problem(self, error: SifuError, target: Target | None) -> Response:
        """Say it in problem details (RFC 9457); `reason` and `open` are what pages of ours act on.

        A server can't send the header that says it is us who refuse: `X-Sifu-*` is dropped.
        """
        reason = reason_of(error)
        body = {
            "type": "about:blank",
            "title": error.title,
            "status": error.status,
            "detail": error.public,
            "reason": reason,
        }
        if target is not None and target.server is not None:
            body["open"] = f"{self._front}/open/{target.server}/"
        return Response(
            status=error.status,
            text=json.dumps(body),
            content_type="application/problem+json",
            headers=self._headers() | {REASON_HEADER: reason} | _retry(error),
        )

    def _headers(self, *, style: str = "") -> dict[str, str]:
        return {
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                f"default-src 'none'; {style}base-uri 'none'; form-action 'none'; {self._frames}"
            ),
            "Referrer-Policy": "no-referrer",
            "Server": "Sifu",
            "X-Content-Type-Options": "nosniff",
        }


def _open_path(server: ServerName, target: Target) -> str:
    return f"/open/{server.owner}/{server.workspace}/{target.rest}{target.query}"


def _start_path(server: ServerName, target: Target) -> str:
    wanted = quote(target.rest + target.query, safe="")
    return f"/start/{server.owner}/{server.workspace}?next={wanted}"


def _retry(error: SifuError) -> dict[str, str]:
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(int(error.retry_after) + 1)}
    return {"Retry-After": "5"} if error.status == 503 else {}
