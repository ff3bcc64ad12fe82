"""Planted cookies: what is taken away, and that nothing of ours is, nor anything let in."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.core.cookies import CookieStyle
from proxy.core.planted_cookies import clearing_cookies

PLAIN = CookieStyle(secure=False)


def paths(cookies: list[str]) -> list[str]:
    return [cookie.partition("Path=")[2].partition(";")[0] for cookie in cookies]


def test_each_prefix_is_cleared_but_not_ours() -> None:
    cookies = clearing_cookies(PLAIN, "/open/ada/home?x=/y", "127.0.0.1")
    assert paths(cookies) == [
        "/open",
        "/open/",
        "/open/ada",
        "/open/ada/",
        "/open/ada/home",
        "/open/ada/home/",
    ]
    assert all(cookie.startswith("sifu=;") and "Max-Age=0" in cookie for cookie in cookies)


def test_hosts_above_are_cleared_too_where_there_are_any() -> None:
    cookies = clearing_cookies(PLAIN, "/sign-in", "sifu.example.org")
    domains = {cookie.partition("Domain=")[2] for cookie in cookies}
    assert domains == {"", "sifu.example.org", "example.org"}
    assert "/" in paths([cookie for cookie in cookies if "Domain" in cookie])
    for host in ("localhost", "127.0.0.1", "::1"):
        assert not any("Domain" in cookie for cookie in clearing_cookies(PLAIN, "/x", host))


def test_a_prefixed_name_is_cleared_in_both_jars() -> None:
    cookies = clearing_cookies(CookieStyle(secure=True), "/open/ada/home", "sifu.example.org")
    assert paths(cookies) == ["/", "/"]
    assert ["Partitioned" in cookie for cookie in cookies] == [False, True]


@given(st.text(alphabet="/;,= \r\n\taZ%?", max_size=60))
def test_no_path_writes_an_attribute_of_its_own(path: str) -> None:
    for cookie in clearing_cookies(PLAIN, "/" + path, "localhost"):
        assert len(cookie.split("; ")) == cookie.count(";") + 1 == 5
        assert not set(cookie) & set("\r\n\t,")


def test_there_is_a_bound() -> None:
    assert len(clearing_cookies(PLAIN, "/a" * 5000, "a.b.c.d.e.f.example.org")) <= 50
