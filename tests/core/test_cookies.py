"""Cookies: tossing, shadowing, and what a hostile server may set."""

import pytest

from proxy.core.cookies import (
    OURS,
    CookieStyle,
    format_cookie,
    is_doubled,
    may_be_set,
    read_cookie,
    strip_ours,
)

PREFIX = "/user/ada/home/"


def test_prefixed_names_only_where_browsers_accept_them() -> None:
    assert CookieStyle(secure=True).session_name == "__Host-sifu"
    assert CookieStyle(secure=True).pass_name == "__Secure-sifu-pass"
    assert CookieStyle(secure=False).session_name == "sifu"
    styles = [CookieStyle(secure=True), CookieStyle(secure=False)]
    assert {name for s in styles for name in (s.session_name, s.pass_name, s.door_name)} == OURS


def test_a_cookie_is_found_among_others() -> None:
    assert read_cookie(["a=1; sifu=secret; b=2"], "sifu") == "secret"
    assert read_cookie(["a=1", "sifu=secret"], "sifu") == "secret"


@pytest.mark.parametrize(
    "headers",
    [
        ["sifu=good; sifu=tossed"],
        ["sifu=good", "sifu=tossed"],
        ["sifu=good;sifu=good"],
        ["sifu=good; sifu"],
        ["sifux=1; xsifu=2"],
        [""],
        [],
        [";;;==;"],
    ],
)
def test_a_tossed_or_absent_cookie_is_absent(headers: list[str]) -> None:
    assert read_cookie(headers, "sifu") is None


def test_a_doubled_cookie_is_told_from_an_absent_one() -> None:
    assert is_doubled(["sifu=good; sifu=tossed"], "sifu")
    assert is_doubled(["sifu=good", "a=1; sifu"], "sifu")
    assert not is_doubled(["sifu=good; sifu-pass=x; xsifu=y"], "sifu")
    assert not is_doubled([], "sifu")


def test_ours_never_reach_jupyter() -> None:
    header = "sifu=a; _xsrf=b;__Host-sifu=c ; sifu-pass=d; __Secure-sifu-pass=e; username-x=f"
    assert strip_ours(header) == "_xsrf=b; username-x=f"
    assert strip_ours("sifu=a") == ""


@pytest.mark.parametrize(
    "cookie",
    [
        f"_xsrf=1; Path={PREFIX}",
        f"_xsrf=1; path={PREFIX}lab; HttpOnly",
        "x=1; Path=/user/ada/home",
    ],
)
def test_a_server_may_set_cookies_for_itself(cookie: str) -> None:
    assert may_be_set(cookie, PREFIX)


@pytest.mark.parametrize(
    "cookie",
    [
        f"sifu-pass=x; Path={PREFIX}",
        f" sifu =x; Path={PREFIX}",
        f"__Host-sifu=x; Path={PREFIX}",
        "x=1",
        "x=1; Path=/",
        f"=sifu-pass=x; Path={PREFIX}",
        f"sifu-pass; Path={PREFIX}",
        f"\xa0sifu-pass=x; Path={PREFIX}",
        f"x=1; Path=/; \xa0Path={PREFIX}",
        f"x=1; Path=/; Path\x85={PREFIX}",
        "x=1; Path=/user/bob/home/",
        "x=1; Path=/user/ada/homer",
        f"x=1; Path={PREFIX}../../bob/",
        f"x=1; Path={PREFIX}%2e%2e/",
        f"x=1; Path={PREFIX}; Domain=example.org",
        f"x=1; Path={PREFIX}; domain=",
        f"x=1; Path={PREFIX}; Path=/",
    ],
)
def test_a_server_may_not_set_cookies_for_others(cookie: str) -> None:
    assert not may_be_set(cookie, PREFIX)


def test_a_cookie_is_locked_up() -> None:
    cookie = format_cookie("__Host-sifu", "v", path="/", secure=True, max_age=60)
    assert cookie == "__Host-sifu=v; Path=/; HttpOnly; Max-Age=60; Secure; SameSite=Lax"


def test_in_a_course_pages_frame_it_is_partitioned() -> None:
    cookie = format_cookie("c", "v", path="/", secure=True, max_age=None, framed=True)
    assert cookie.endswith("Secure; SameSite=None; Partitioned")


def test_partitioned_needs_https() -> None:
    cookie = format_cookie("c", "v", path="/", secure=False, max_age=None, framed=True)
    assert cookie == "c=v; Path=/; HttpOnly; SameSite=Lax"
