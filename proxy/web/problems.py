"""One translator of errors: a page for people, `application/problem+json` (RFC 9457) for scripts.

Promises: what leaves is a status, a title and a public sentence; the private detail, the text of an
unknown exception and the stack go to the log alone, under the request id that the answer shows. A
person who is not signed in is led to the sign-in and back; a script never is.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from proxy.core.audience import shows_pages
from proxy.core.errors import SifuError, TooManyAttempts, Unauthenticated
from proxy.web.keys import REQUEST_ID
from proxy.web.render import render_page

PROBLEM_JSON = "application/problem+json"
_SCRIPTS_ONLY = ("/api/", "/metrics", "/healthz")
_RETRY_SECONDS = 5
_SENTENCES = {
    404: "The address may be mistyped, or what was here is gone.",
    405: "The address exists, but not for this method.",
    413: "Please send less at once.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is told."""

    status: int
    title: str
    sentence: str
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_of(error: Exception) -> Problem:
    """Say what may be told of any exception."""
    if isinstance(error, SifuError):
        return Problem(error.status, error.title, error.public, _headers(error))
    if isinstance(error, web.HTTPException):
        return _from_aiohttp(error)
    return Problem(
        500,
        SifuError.title,
        "This is a fault in Sifu, not in what you did. Try again; if it stays so, give the "
        "operator the number below.",
    )


def wants_page(request: web.Request) -> bool:
    """Is this a person's browser asking for something to look at?"""
    if request.path.startswith(_SCRIPTS_ONLY):
        return False
    return shows_pages(
        accept=request.headers.get("Accept", ""),
        fetch_mode=request.headers.get("Sec-Fetch-Mode", ""),
    )


def answer_problem(request: web.Request, problem: Problem) -> web.Response:
    """Make the answer of a problem."""
    if not wants_page(request):
        return _as_json(request, problem)
    if problem.status == Unauthenticated.status:
        return see_other(sign_in_path(request))
    page = render_page(
        request,
        "error.html",
        {"problem": problem, "request_id": request.get(REQUEST_ID, "")},
        status=problem.status,
    )
    page.headers.update(problem.headers)
    return page


def see_other(location: str, **headers: str) -> web.Response:
    """Send a browser on with a GET (303); header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(status=303, headers={"Location": location} | named)


def sign_in_path(request: web.Request) -> str:
    """Return the sign-in that leads back to where this request wanted to go."""
    if request.method not in {"GET", "HEAD"} or request.raw_path == "/":
        return "/sign-in"
    return f"/sign-in?next={quote(request.raw_path, safe='/')}"


def _as_json(request: web.Request, problem: Problem) -> web.Response:
    body = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.sentence,
        "request_id": request.get(REQUEST_ID, ""),
    }
    return web.Response(
        text=json.dumps(body, ensure_ascii=False) + "\n",
        status=problem.status,
        headers=problem.headers,
        content_type=PROBLEM_JSON,
    )


def _headers(error: SifuError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="Sifu"'}
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(math.ceil(error.retry_after))}
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(_RETRY_SECONDS)}
    return {}


def _from_aiohttp(error: web.HTTPException) -> Problem:
    titles = {kind.status: kind.title for kind in SifuError.__subclasses__()}
    title = titles.get(error.status, HTTPStatus(error.status).phrase)
    kept = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return Problem(error.status, title, _SENTENCES.get(error.status, f"{title}."), kept)
