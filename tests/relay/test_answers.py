"""What the relay says itself is safe to show, and never leads a script astray."""

import pytest
from aiohttp.test_utils import make_mocked_request

from proxy.core.errors import (
    Forbidden,
    ServerNotRunning,
    SifuError,
    TooManyAttempts,
    Unauthenticated,
    UpstreamBroken,
)
from proxy.core.paths import Target, parse_target
from proxy.relay.answers import Answers

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
