"""The end of every way in: sessions of others end, one's own goes on."""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from proxy.auth.sessions import HELP_LIFETIME
from proxy.core.errors import Forbidden
from proxy.core.identity import Identity
from proxy.web.keys import CLIENT_ADDRESS, IDENTITY
from proxy.web.session_opening import begin_session, launch_session
from tests.web.page_front import Pages
from tests.web.teaching import add_course, begin_help


async def request_of(pages: Pages, who: str | None) -> web.Request:
    request = make_mocked_request("GET", "/x", app=pages.app)
    request[CLIENT_ADDRESS] = "203.0.113.9"
    request[IDENTITY] = None
    if who is not None:
        session = await pages.app_session(who)
        request[IDENTITY] = Identity(pages.people[who], session_id=session.id)
    return request


async def test_a_sign_in_ends_what_the_browser_had(pages: Pages) -> None:
    for who in ("ada", "bob"):
        answer = await begin_session(await request_of(pages, who), pages.people["ada"], "/a", "way")
        assert (answer.status, answer.headers["Location"]) == (303, "/a")
        assert "Set-Cookie" in answer.headers
        assert (await pages.ask("GET", "/", who)).status == 303


async def test_a_launch_of_whoever_is_signed_in_goes_on_in_their_session(pages: Pages) -> None:
    ada = pages.people["ada"]
    answer = await launch_session(await request_of(pages, "ada"), ada, "/a", "way")
    assert "Set-Cookie" not in answer.headers
    assert (await pages.ask("GET", "/", "ada")).status == 200


async def test_a_launch_of_somebody_else_ends_the_session_that_was_there(pages: Pages) -> None:
    ada = pages.people["ada"]
    answer = await launch_session(await request_of(pages, "bob"), ada, "/a", "way")
    assert "Set-Cookie" in answer.headers
    assert (await pages.ask("GET", "/", "bob")).status == 303
    answer = await launch_session(await request_of(pages, None), ada, "/a", "way")
    assert "Set-Cookie" in answer.headers


async def test_who_helps_is_signed_in_by_their_own_hand_alone(pages: Pages) -> None:
    """The page of a helped server could send the browser to whatever vouches for its user."""
    await add_course(pages)
    await begin_help(pages)
    bob = pages.people["bob"]
    for begin in (begin_session, launch_session):
        with pytest.raises(Forbidden, match="You are helping somebody"):
            await begin(await request_of(pages, None), bob, "/", "lti")
        assert await begin(await request_of(pages, None), pages.people["ada"], "/", "lti")
    for way in ("password", "link"):
        answer = await begin_session(await request_of(pages, None), bob, "/", way)
        assert "Set-Cookie" in answer.headers
    pages.clock.advance(HELP_LIFETIME)
    assert await begin_session(await request_of(pages, None), bob, "/", "lti")
