"""The answer to a request that carries two sign-in cookies.

Promises: it leads nowhere, since a redirect to the sign-in would bring the browser back with both
cookies for ever; it takes away what can be taken away, so that the next try works.
"""

from aiohttp import web

from proxy.core.errors import BadRequest
from proxy.web.keys import SESSIONS
from proxy.web.problems import Problem, answer_problem

_PROBLEM = Problem(
    BadRequest.status,
    "There are two sign-in cookies",
    "Another page of this site has planted a second sign-in cookie in your browser. It was just "
    "taken away as far as possible: please try again. If you see this once more, delete the "
    "cookies of this site and sign in again.",
)


def answer_planted(request: web.Request) -> web.Response:
    """Say so, and expire the planted cookies."""
    answer = answer_problem(request, _PROBLEM)
    host = request.url.host or ""
    for cookie in request.app[SESSIONS].clearing_planted(request.raw_path, host):
        answer.headers.add("Set-Cookie", cookie)
    return answer
