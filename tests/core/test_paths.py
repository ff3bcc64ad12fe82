from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.identity import ServerName
from proxy.core.paths import MAX_TARGET, BadTarget, Target, parse_target


@pytest.mark.parametrize(
    ("raw", "server", "rest", "query"),
    [
        ("/user/ada/home/", ServerName("ada", "home"), "", ""),
        ("/user/ada/home", ServerName("ada", "home"), "", ""),
        ("/user/ada/home/lab?a=/../b", ServerName("ada", "home"), "lab", "?a=/../b"),
        ("/user/a--b/w/x//y;z=%2F", ServerName("a--b", "w"), "x//y;z=%2F", ""),
        ("/user/ada/home/...x/..y", ServerName("ada", "home"), "...x/..y", ""),
        ("/-/healthz", None, "-/healthz", ""),
        ("/?", None, "", "?"),
    ],
)
def test_a_proper_target_is_taken_apart(
    raw: str, server: ServerName | None, rest: str, query: str
) -> None:
    target = parse_target(raw)
    assert isinstance(target, Target)
    assert (target.server, target.rest, target.query, target.raw) == (server, rest, query, raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "form"),
        ("lab", "form"),
        ("*", "form"),
        ("http://h/user/a/b/", "form"),
        ("/user/a/b/ x", "form"),
        ("/user/a/b/\tx", "form"),
        ("/user/a/b/\x7f", "form"),
        ("/user/a/b/é", "form"),
        ("/user/a/b/\\x", "form"),
        ("/user/a/b/#x", "form"),
        ("/user/a/b/%00", "form"),
        ("/..", "dot_segment"),
        ("/user/a/b/.", "dot_segment"),
        ("/user/a/b/%2E%2e/x", "dot_segment"),
        ("/user/a/b/x%2f..%2fy", "dot_segment"),
        ("/user/a/b/x%5c..%5cy", "dot_segment"),
        ("/user/a/b/..;x=1/y", "dot_segment"),
        ("//user/a/b/", "alias"),
        ("/%75ser/a/b/", "alias"),
        ("/user%2fa/b/", "alias"),
        ("/user/a", "no_such_name"),
        ("/user//a/b", "no_such_name"),
        ("/user/a%2fb/c/", "no_such_name"),
        ("/user/A/b/", "no_such_name"),
        ("/user/a_b/c/", "no_such_name"),
        ("/user/-a/c/", "no_such_name"),
        ("/" + "a" * MAX_TARGET, "too_long"),
    ],
)
def test_a_doubtful_target_is_refused(raw: str, reason: str) -> None:
    assert parse_target(raw) == BadTarget(reason)


@given(st.text(max_size=60).map(lambda tail: "/user/ada/home/" + tail))
def test_what_is_accepted_stays_below_the_prefix_however_it_is_read(raw: str) -> None:
    target = parse_target(raw)
    if isinstance(target, BadTarget):
        return
    assert target.raw == raw
    for path in (target.path, unquote(target.path)):
        depth = 0
        for part in path.removeprefix("/user/ada/home/").split("/"):
            depth += -1 if part == ".." else 1
            assert depth > 0


@given(st.text(alphabet="/.%2eEfFuser\\;?a", max_size=40))
def test_no_spelling_of_a_server_is_taken_for_something_else(text: str) -> None:
    target = parse_target("/" + text)
    if isinstance(target, Target) and target.server is None:
        assert not unquote(target.path).lstrip("/").startswith("user/")
