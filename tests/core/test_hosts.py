"""Host confusion and DNS rebinding."""

import pytest

from proxy.core.hosts import OwnHosts, Standing, is_origin, own_hosts


def laptop() -> OwnHosts:
    return own_hosts("http://127.0.0.1:3334", setting="SIFU_FRONT_URL", is_configured=False)


def public(origin: str = "https://sifu.example.org") -> OwnHosts:
    return own_hosts(origin, setting="SIFU_FRONT_URL", is_configured=True)


def test_the_configured_origin_is_ours() -> None:
    assert public().standing(["sifu.example.org"]) is Standing.CANONICAL


def test_a_host_is_compared_without_case() -> None:
    assert public().standing(["Sifu.Example.ORG"]) is Standing.CANONICAL


def test_a_default_port_may_be_written() -> None:
    assert public().standing(["sifu.example.org:443"]) is Standing.CANONICAL
    assert public("https://sifu.example.org:443").standing(["sifu.example.org"]) is (
        Standing.CANONICAL
    )
    assert public().standing(["sifu.example.org:80"]) is Standing.FOREIGN


def test_the_other_programs_port_is_foreign() -> None:
    assert public("https://s.example.org:3334").standing(["s.example.org:3335"]) is Standing.FOREIGN


@pytest.mark.parametrize("alias", ["localhost:3334", "[::1]:3334"])
def test_loopback_names_are_aliases_on_a_laptop(alias: str) -> None:
    assert laptop().standing([alias]) is Standing.ALIAS
    assert public().standing([alias]) is Standing.FOREIGN


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:3334",
        "127.0.0.1",
        "127.0.0.1:3335",
        "127.0.0.2:3334",
        "localhost.evil.example:3334",
        "127.0.0.1:3334.evil.example",
        "user@127.0.0.1:3334",
        "127.0.0.1:3334,evil.example",
        "",
    ],
)
def test_a_rebound_name_is_foreign(host: str) -> None:
    assert laptop().standing([host]) is Standing.FOREIGN


def test_no_host_or_two_hosts_are_foreign() -> None:
    assert laptop().standing([]) is Standing.FOREIGN
    assert laptop().standing(["127.0.0.1:3334", "127.0.0.1:3334"]) is Standing.FOREIGN


def test_the_refusal_names_the_setting() -> None:
    assert "SIFU_FRONT_URL" in laptop().refusal


def test_origins_are_those_that_browsers_write() -> None:
    assert "http://localhost:3334" in laptop().origins
    assert "https://sifu.example.org" in public("https://sifu.example.org:443").origins
    assert all(origin.startswith("https://sifu.example.org") for origin in public().origins)


@pytest.mark.parametrize(
    "text",
    ["https://a.example.org", "http://127.0.0.1:8080", "http://[::1]:3334", "http://my_lms"],
)
def test_an_origin_is_known_when_seen(text: str) -> None:
    assert is_origin(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.example.org",
        "ftp://a.example.org",
        "https://",
        "https://A.example.org",
        "https://a.example.org/",
        "https://a.example.org/x",
        "https://user@a.example.org",
        "https://a.example.org https://b.example.org",
        "https://a.example.org;script-src",
        "https://*",
        "https://a.example.org:99999",
        "https://a.example.org:0",
        "https://[::g]",
        "https://a.example.org\n",
    ],
)
def test_what_would_not_match_a_browsers_origin_or_break_a_header_is_none(text: str) -> None:
    assert not is_origin(text)
