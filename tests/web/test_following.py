import pytest
from aiohttp.test_utils import make_mocked_request

from proxy.web.following import answer_nobody, is_followed


@pytest.mark.parametrize(
    ("method", "headers", "followed"),
    [
        ("GET", {}, True),
        ("GET", {"Sec-Fetch-Mode": "navigate"}, True),
        ("GET", {"Sec-Fetch-Mode": "no-cors"}, False),
        ("GET", {"Sec-Purpose": "prefetch;prerender"}, False),
        ("GET", {"Purpose": "prefetch"}, False),
        ("HEAD", {}, False),
    ],
)
def test_what_looks_ahead_does_not_follow(method, headers, followed):
    assert is_followed(make_mocked_request(method, "/x", headers=headers)) is followed


def test_what_looks_ahead_gets_no_page():
    assert answer_nobody().status == 503
