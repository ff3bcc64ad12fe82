"""Messages of git services that somebody pushed: `POST /hooks/courses/{course}`.

Promises: only who knows the course's secret gets anything done, and what is done is one look
whether there is something new; a course that does not exist, one without a secret and a wrong
signature have the same answer after the same work. A body and a rate have their bounds, and so has
the number of bodies that are read at the same time.

No page of another site can come here by a browser (`middleware.origin` refuses it as everywhere):
git services are scripts, which send neither an Origin nor a cookie, and those it lets through.
"""

import asyncio
import secrets
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from proxy.auth.attempts import network_of
from proxy.core.buckets import Rate
from proxy.core.course import is_course_name
from proxy.core.errors import BadRequest, NotFound, PayloadTooLarge, TooManyAttempts
from proxy.core.webhook import Wish, is_genuine, make_secret, read_wish
from proxy.web.keys import (
    CLIENT_ADDRESS,
    CLOCK,
    COURSE_CHANGES,
    COURSE_SHELF,
    COURSE_UPDATES,
    HOOK_BODIES,
    HOOK_RATES,
)

HOOK_RATE: Final = Rate(burst=30, seconds_each=2.0)
MOST_BYTES: Final = 2 * 2**20
MOST_AT_ONCE: Final = 8
_BODY_SECONDS: Final = 10
_NOBODY: Final = "There is no such webhook, or its signature is wrong."


async def take_push(request: web.Request) -> web.Response:
    """Begin an update if the course's branch was pushed to."""
    _count(request)
    name = request.match_info["course"]
    changes = request.app[COURSE_CHANGES]
    known = await changes.webhook_secret(name if is_course_name(name) else "-")
    # Nobody knows this one; comparing it takes as long.
    secret = known or make_secret(secrets.token_bytes(32))
    body = await _read(request)
    if not is_genuine(request.headers, body, secret, request.app[CLOCK]()):
        raise NotFound(_NOBODY, detail=f"hook of {name[:100]!r}")
    course = await request.app[COURSE_SHELF].find(name)
    if course is None or not known:
        raise NotFound(_NOBODY)
    if course.archived is not None:
        return _told("The course is archived. Nothing is done.")
    if read_wish(request.headers, body, course.branch) is Wish.NOTHING:
        return _told("This is not about the course's branch. Nothing is done.")
    await request.app[COURSE_UPDATES].begin(name, "", "webhook")
    return _told("The course is being updated.", status=202)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.post("/hooks/courses/{course}", take_push)]


def _count(request: web.Request) -> None:
    rates, now = request.app[HOOK_RATES], request.app[CLOCK]()
    network = network_of(request[CLIENT_ADDRESS])
    if wait := rates.wait_for(network, now):
        raise TooManyAttempts("That is very often. Try again later.", retry_after=wait)
    rates.take(network, now)


async def _read(request: web.Request) -> bytes:
    reading = request.app[HOOK_BODIES]
    if reading.locked():
        raise TooManyAttempts("Very many webhooks come at once. Try again.", retry_after=1.0)
    body = bytearray()
    try:
        async with reading, asyncio.timeout(_BODY_SECONDS):
            while piece := await request.content.readany():
                body += piece
                if len(body) > MOST_BYTES:
                    raise PayloadTooLarge(f"A webhook may have {MOST_BYTES:,} bytes at most.")
    except (TimeoutError, HttpProcessingError, web.RequestPayloadError) as problem:
        raise BadRequest("The body did not arrive whole.") from problem
    return bytes(body)


def _told(sentence: str, *, status: int = 200) -> web.Response:
    return web.json_response({"message": sentence}, status=status)
