"""Refused launches: what a person reads, and what whoever runs the site finds."""

import pytest
from structlog.testing import capture_logs

from tests.auth.issuers import signed
from tests.web.lti_platform import OTHER_KEY, Classroom


async def test_the_page_can_be_read_in_the_course_pages_frame(room: Classroom) -> None:
    answer = await room.ask("POST", "/lti/launch", dest="iframe")
    assert answer.status == 403
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://lms.example.org" in policy
    # What it would lead to may not be framed.
    assert 'href="/"' not in answer.text


async def test_the_page_says_a_word_that_the_events_say_too(room: Classroom) -> None:
    way = await room.login()
    token = signed(OTHER_KEY, "k1", room.platform.claims(way.nonce))
    answer = await room.send(way, token)
    assert "<code>signature</code>" in answer.text
    assert "show this page to whoever runs this site" in answer.text
    assert await room.reasons() == ["signature"]


async def test_no_token_and_no_secret_is_logged(room: Classroom) -> None:
    with capture_logs() as logs:
        way = await room.login()
        token = signed(OTHER_KEY, "k1", room.platform.claims(way.nonce))
        await room.send(way, token)
        await room.send(way, room.platform.sign(room.platform.claims(way.nonce)), dest="iframe")
    for hidden in (token, way.state, way.nonce, way.cookie.partition("=")[2]):
        assert hidden not in str(logs)


async def test_an_operator_is_told_which_setting_an_empty_frame_needs(room: Classroom) -> None:
    with capture_logs() as logs:
        await room.launch(dest="iframe")
    (told,) = [each for each in logs if each["event"] == "lti.frame_not_listed"]
    assert told["origin"] == room.platform.address
    assert "add it to SIFU_LMS_ORIGINS" in told["advice"]


@pytest.mark.parametrize("origin", ["null", "https://a b", "https://x.example/\r\n", "*"])
async def test_an_origin_that_is_none_is_not_told_on(room: Classroom, origin: str) -> None:
    way = await room.login(dest="iframe")
    token = room.platform.sign(room.platform.claims(way.nonce))
    await room.send(way, token, dest="iframe", origin=origin.strip())
    assert await room.reasons() == [f"frame {room.platform.address}"] or origin.startswith("https")
