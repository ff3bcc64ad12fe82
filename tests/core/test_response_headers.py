from dataclasses import replace

import pytest

from proxy.core.response_head import MalformedResponse
from proxy.core.response_headers import (
    Surroundings,
    filter_response_headers,
    is_sandboxed,
    merge_policies,
    stays_inside,
)

AROUND = Surroundings(
    prefix="/user/ada/home/",
    origin="https://nb.example.org",
    frame_ancestors="frame-ancestors 'self' https://lms.example.org",
    allowed_origins=frozenset({"https://lms.example.org"}),
)


def filtered(*headers: tuple[bytes, bytes], rest: str = "lab") -> dict[bytes, bytes]:
    return dict(filter_response_headers(headers, AROUND, sandboxed=is_sandboxed(rest)))


@pytest.mark.parametrize(
    "location",
    [
        "/user/ada/home/lab",
        "/user/ada/home",
        "https://nb.example.org/user/ada/home/x",
        "tree?x=http://evil/#y",
        "?a=..",
        "",
    ],
)
def test_a_location_inside_passes(location: str) -> None:
    assert stays_inside(location, AROUND)


@pytest.mark.parametrize(
    "location",
    [
        "/",
        "/user/ada/homework/",
        "/user/bob/home/",
        "//evil.example/user/ada/home/",
        "https://evil.example/user/ada/home/",
        "https://nb.example.org.evil/user/ada/home/",
        "https://nb.example.org/user/bob/home/",
        "javascript:alert(1)",
        "java%73cript:alert(1)",
        "../bob",
        "a/../../x",
        "%2e%2e/x",
        "/user/ada/home/../../bob",
        "\\\\evil",
        "/user/ada/home/%5c..",
        "/\tuser",
    ],
)
def test_a_location_outside_is_refused(location: str) -> None:
    assert not stays_inside(location, AROUND)
    with pytest.raises(MalformedResponse):
        filtered((b"Location", location.encode()))


def test_cors_passes_for_a_configured_origin_only() -> None:
    allowed = (b"Access-Control-Allow-Origin", b"https://lms.example.org")
    assert b"Access-Control-Allow-Origin" in filtered(allowed)
    for origin in (b"*", b"https://lms.example.org.evil", b"null"):
        headers = filtered((b"Access-Control-Allow-Origin", origin), (b"Access-Control-X", b"y"))
        assert not any(name.lower().startswith(b"access-control") for name in headers)


def test_exactly_one_policy_leaves_with_our_frame_ancestors() -> None:
    headers = filter_response_headers(
        [
            (b"Content-Security-Policy", b"frame-ancestors *; script-src 'self'"),
            (b"content-security-policy", b"frame-ancestors 'none', img-src *; report-uri /x"),
        ],
        AROUND,
        sandboxed=False,
    )
    policies = [value for name, value in headers if name.lower() == b"content-security-policy"]
    expected = b"script-src 'self', img-src *, frame-ancestors 'self' https://lms.example.org"
    assert policies == [expected]


@pytest.mark.parametrize(("rest", "sandboxed"), [("files/a.html", True), ("lab", False)])
def test_files_are_sandboxed(rest: str, sandboxed: bool) -> None:
    assert (b"sandbox" in filtered(rest=rest)[b"Content-Security-Policy"]) is sandboxed


def test_a_policy_of_nothing_is_ours_alone() -> None:
    assert merge_policies([" ; ,"], "frame-ancestors 'self'", sandboxed=False) == (
        "frame-ancestors 'self'"
    )


def test_connection_may_not_take_away_what_frames_the_body() -> None:
    kept = filtered(
        (b"Connection", b"content-length, x-a"), (b"Content-Length", b"5"), (b"X-A", b"1")
    )
    assert kept[b"Content-Length"] == b"5"
    assert b"X-A" not in kept


def test_two_allowed_origins_are_none() -> None:
    name = b"Access-Control-Allow-Origin"
    kept = filtered((name, b"https://lms.example.org"), (name, b"*"))
    assert name not in kept


def test_pages_of_a_helped_server_hold_on_to_no_window() -> None:
    sent = [(b"cross-origin-opener-policy", b"unsafe-none"), (b"X", b"1")]
    helped = replace(AROUND, helped=True)
    kept = filter_response_headers(sent, helped, sandboxed=False)
    openers = [value for name, value in kept if name.lower() == b"cross-origin-opener-policy"]
    assert openers == [b"same-origin"]
    named = [(b"Connection", b"cross-origin-opener-policy"), *sent]
    kept = filter_response_headers(named, helped, sandboxed=False)
    assert (b"Cross-Origin-Opener-Policy", b"same-origin") in kept
    own = filter_response_headers(sent, AROUND, sandboxed=False)
    assert (b"cross-origin-opener-policy", b"unsafe-none") in own
