"""The judge of header fields knows what a browser would do with them."""

import pytest

from hazards.header_oracle import find_lost, judge_fields, leads_outside
from hazards.response_rig import FRAMES

POLICY = (b"content-security-policy", FRAMES.encode())


@pytest.mark.parametrize(
    "location",
    ["//evil.example/", "https://evil.example/", "\\\\evil.example", "/\t/evil.example", "../../x",
     "/user/everyone/sharedx", "%2e%2e/%2e%2e/x", "..%5c..%5c", " //evil.example", "/", "http:/x"],
)  # fmt: skip
def test_a_way_out_is_seen(location: str) -> None:
    assert leads_outside(location, "lab") is (location != "..%5c..%5c")


@pytest.mark.parametrize("location", ["", "tree", "?q=/../x", "#f", "/user/everyone/shared/lab"])
def test_a_way_inside_is_none(location: str) -> None:
    assert not leads_outside(location, "lab")


@pytest.mark.parametrize(
    "cookie",
    ["sifu-pass=x; Path=/user/everyone/shared/", "=sifu=x", "sifu", "a=b; Path=/",
     "a=b; Domain=example.org", "a=b; Path=/; \xa0Path=/user/everyone/shared/"],
)  # fmt: skip
def test_a_planted_cookie_is_seen(cookie: str) -> None:
    assert judge_fields([POLICY, (b"set-cookie", cookie.encode("latin-1"))], "lab")


def test_a_server_may_set_a_cookie_of_its_own() -> None:
    cookie = b"_xsrf=2|a; Path=/user/everyone/shared/"
    assert judge_fields([POLICY, (b"set-cookie", cookie)], "lab") == ""


def test_two_policies_are_seen() -> None:
    assert judge_fields([POLICY, POLICY], "lab")
    assert judge_fields([], "lab")


def test_a_lost_field_is_seen_unless_it_was_named() -> None:
    kept, named = (b"etag", b"x"), (b"connection", b"ETag")
    assert find_lost([kept], [])
    assert find_lost([kept, named], []) == ""
