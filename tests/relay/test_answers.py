"""What the relay says itself is safe to show, and never leads a script astray."""

import json

import pytest
from aiohttp.test_utils import make_mocked_request

from proxy.core.errors import (
    BadRequest,
    Forbidden,
    ServerNotRunning,
    SifuError,
    TooManyAttempts,
    Unauthenticated,
    UpstreamBroken,
)
from proxy.core.paths import Target, parse_target
from proxy.core.response_headers import Surroundings, filter_response_headers
from proxy.relay.answers import REASON_HEADER, Answers

ANSWERS = Answers("https://front.example.org", "frame-ancestors 'self'")
PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


def target(raw: str = "/user/ada/home/lab/tree/a%2Fb?x=1&y") -> Target:
    parsed = parse_target(raw)
    assert isinstance(parsed, Target)
    return parsed


@pytest.mark.parametrize(
    ("error", "location"),
    [
        (Unauthenticated(), "/open/ada/home/lab/tree/a%2Fb?x=1&y"),
        (ServerNotRunning(), "/start/ada/home?next=lab%2Ftree%2Fa%252Fb%3Fx%3D1%26y"),
    ],
)
def test_people_are_led_on_with_their_target_intact(error: SifuError, location: str) -> None:
    request = make_mocked_request("GET", "/x", headers=PAGE)
    response = ANSWERS.refuse(request, error, target())
    assert response.status == 303
    assert response.headers["Location"] == "https://front.example.org" + location
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("error", [Unauthenticated(), ServerNotRunning(), UpstreamBroken()])
def test_scripts_get_the_status_and_no_redirect(error: SifuError) -> None:
    request = make_mocked_request("GET", "/x", headers={"Sec-Fetch-Mode": "cors"})
    response = ANSWERS.refuse(request, error, target())
    assert response.status == error.status
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (Unauthenticated(), 401, "no_pass"),
        (ServerNotRunning("It ended."), 503, "server_not_running"),
    ],
)
def test_a_page_of_ours_learns_why_and_where_to_go(
    error: SifuError, status: int, reason: str
) -> None:
    request = make_mocked_request("PUT", "/x", headers={"Sec-Fetch-Mode": "cors"})
    response = ANSWERS.refuse(request, error, target())
    assert (response.status, response.headers[REASON_HEADER]) == (status, reason)
    problem = json.loads(response.text or "")
    assert (problem["reason"], problem["detail"]) == (reason, error.public)
    assert problem["open"] == "https://front.example.org/open/ada/home/"


def test_who_asks_for_no_server_is_shown_no_way_into_one() -> None:
    request = make_mocked_request("GET", "/x")
    assert "open" not in json.loads(ANSWERS.refuse(request, BadRequest(), None).text or "")


def test_a_server_cannot_pretend_that_the_relay_refused() -> None:
    around = Surroundings("/user/ada/home/", "http://n", "frame-ancestors 'self'", frozenset())
    said = [(REASON_HEADER.encode(), b"no_pass"), (b"X-Other", b"1")]
    left = [name for name, _ in filter_response_headers(said, around, sandboxed=False)]
    assert REASON_HEADER.encode() not in left
    assert b"X-Other" in left


def test_a_page_escapes_what_it_shows_and_hides_the_detail() -> None:
    request = make_mocked_request("GET", "/x", headers=PAGE)
    response = ANSWERS.refuse(request, Forbidden("<script>", detail="inner secret"), target())
    assert response.text is not None
    assert "<script>" not in response.text
    assert "inner secret" not in response.text
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_a_refusal_says_when_to_try_again() -> None:
    request = make_mocked_request("GET", "/x")
    limited = ANSWERS.refuse(request, TooManyAttempts(retry_after=4.2), None)
    assert limited.headers["Retry-After"] == "5"
    assert "Retry-After" in ANSWERS.refuse(request, ServerNotRunning(), None).headers
