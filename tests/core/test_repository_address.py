"""Addresses of repositories: what git, curl and ssh would see otherwise than we, and tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.repository_address import (
    Address,
    origin_of,
    problem_of_directory,
    problem_of_ref,
    read_address,
    read_prompt,
    shown_address,
)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://git.example.org/a/b.git", "https://git.example.org:443"),
        ("https://GIT.example.org:443/a", "https://git.example.org:443"),
        ("https://bot@git.example.org:8443/a/~b/", "https://git.example.org:8443"),
        ("http://127.0.0.1:3000/a.git", "http://127.0.0.1:3000"),
        ("http://[::1]:80/a.git", "http://[::1]:80"),
        ("http://localhost/a.git", "http://localhost:80"),
        ("ssh://git@git.example.org/a/b.git", "ssh://git.example.org:22"),
        ("ssh://git@git.example.org:2222/a", "ssh://git.example.org:2222"),
        ("git@git.example.org:a/b.git", "ssh://git.example.org:22"),
        ("git@git.example.org:/srv/a.git", "ssh://git.example.org:22"),
        ("https://dev.example.org/org/my%20project/_git/course", "https://dev.example.org:443"),
    ],
)
def test_addresses_that_are_taken(url: str, origin: str) -> None:
    assert read_address(url) == Address(url, origin)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "stats",
        "/srv/stats.git",
        "../stats",
        "file:///srv/stats.git",
        "ext::sh -c touch% /tmp/x",
        "ext::https://git.example.org/a",
        "git://git.example.org/a",
        "http://git.example.org/a",
        "http://127.0.0.1.example.org/a",
        "http://2130706433/a",
        "ftp://git.example.org/a",
        "HTTPS://git.example.org/a",
        "https://",
        "https:///a",
        "https://git.example.org",
        "https://git.example.org/",
        "https://-git.example.org/a",
        "https://git..example.org/a",
        "https://git.example.org:port/a",
        "https://git.example.org:99999/a",
        "https://user:secret@git.example.org/a",
        "https://:secret@git.example.org/a",
        "https://-user@git.example.org/a",
        "https://a@b@git.example.org/a",
        "https://git.example.org/a?x=1",
        "https://git.example.org/a#x",
        "https://git.example.org/../a",
        "https://git.example.org/a/.git/config",
        "https://git.example.org/-a",
        "https://git.example.org/a b",
        "https://git.example.org\\@evil.example/a",
        "https://git.example.org/a\nb",
        "https://gít.example.org/a",
        "https://[2001:db8::1]/a",
        "https://127.1/a",
        "https://2130706433/a",
        "https://0x7f.1/a",
        "https://0177.0.0.1/a",
        "https://0x7f000001:8443/a",
        "https://0.0.0.0:8443/a",
        "https://169.254.169.254/a",
        "https://224.0.0.1/a",
        "git@127.1:a",
        "ssh://git@0/a",
        "-oProxyCommand=x@git.example.org:a",
        "git@-oProxyCommand=x:a",
        "git@git.example.org:-a",
        "git@git.example.org:../a",
        "ssh://-oProxyCommand=x/a",
        "ssh://git@git.example.org/-a",
        "https://git.example.org/" + "a" * 1000,
    ],
)
def test_addresses_that_are_refused_with_a_sentence(url: str) -> None:
    told = read_address(url)
    assert isinstance(told, str)
    assert told.endswith((".", ":"))
    assert "secret" not in told


@given(st.text(max_size=60))
def test_whatever_passes_has_an_origin_without_a_secret(text: str) -> None:
    for url in (text, f"https://{text}", f"https://git.example.org/{text}", f"git@x.org:{text}"):
        found = read_address(url)
        if isinstance(found, Address):
            assert found.scheme in {"https", "http", "ssh"}
            assert found.url.isascii()
            assert not found.url.startswith("-")
            assert "@" not in found.origin


def test_questions_of_git() -> None:
    assert read_prompt("Username for 'https://git.example.org': ") == (
        "Username",
        "https://git.example.org:443",
    )
    assert read_prompt("Password for 'https://x@git.example.org:443': ")[1] == origin_of(
        "https://git.example.org"
    )
    for odd in ("", "Password: ", "Passphrase for key '/x': ", "Password for 'a b': "):
        assert read_prompt(odd) == ("", None)


@pytest.mark.parametrize("name", ["main", "autumn-2026", "feature/x", "v1.0", "ü", "a+b", "a#1"])
def test_branches_that_are_taken(name: str) -> None:
    assert problem_of_ref(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("", "-x", "--upload-pack=x", "a..b", "a b", "a:b", "a~1", "a^", "a?", "a*", "a[", "a\\b"),
        *("/a", "a/", "a//b", ".a", "a/.b", "a.", "a.lock", "@{1}", "a\n", "a" * 201),
    ],
)
def test_branches_that_are_none(name: str) -> None:
    assert problem_of_ref(name)


@pytest.mark.parametrize("directory", ["", "notebooks", "a/b c/ü"])
def test_folders_that_are_taken(directory: str) -> None:
    assert problem_of_directory(directory) == ""


@pytest.mark.parametrize(
    "directory", [".", "..", "a/../b", "/a", "a/", "a//b", ".git", "-a", "a\\b", "a\nb", "a" * 1001]
)
def test_folders_that_are_none(directory: str) -> None:
    assert problem_of_directory(directory)


def test_what_is_shown_holds_no_secret() -> None:
    assert shown_address("https://user:secret@git.example.org/a") == "https://git.example.org/a"
    assert shown_address("git@git.example.org:a") == "git@git.example.org:a"


def test_what_is_on_this_machine() -> None:
    def is_here(url: str) -> bool:
        found = read_address(url)
        assert isinstance(found, Address)
        return found.is_on_this_machine

    assert is_here("http://127.0.0.1/a")
    assert is_here("https://localhost/a")
    assert is_here("ssh://git@127.0.0.2/a")
    for own in ("localhost.localdomain", "ip6-localhost", "ip6-loopback", "git.localhost"):
        assert is_here(f"https://{own}/a")
    assert not is_here("https://git.example.org/a")
    assert not is_here("https://10.0.0.7/a")
    assert not is_here("https://v2.example.org/a")
