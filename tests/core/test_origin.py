"""Cross-site request forgery: every branch of the table in `core.origin`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.origin import Provenance, is_notebooks_page, is_own_page, may_change
from proxy.core.policy import Allow, Deny

OWN = frozenset({"https://sifu.example.org"})


def ask(**said: object) -> bool:
    return isinstance(may_change(Provenance(**({"method": "POST"} | said)), OWN), Allow)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_safe_methods_pass_from_anywhere(method: str) -> None:
    assert ask(method=method, site="cross-site", origin="https://evil.example", has_cookie=True)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "get", "PROPFIND", ""])
def test_every_other_method_is_judged(method: str) -> None:
    assert not ask(method=method, site="cross-site", has_cookie=True)


def test_a_page_of_our_own_may_change() -> None:
    assert ask(site="same-origin", has_cookie=True)


@pytest.mark.parametrize("site", ["same-site", "cross-site", "none", "", "SAME-ORIGIN", "x"])
def test_the_notebooks_port_is_same_site_and_refused(site: str) -> None:
    assert not ask(site=site, has_cookie=True)


def test_a_foreign_site_is_refused_though_its_origin_is_forged() -> None:
    assert not ask(site="same-site", origin="https://sifu.example.org", has_cookie=True)


def test_two_values_of_fetch_site_are_refused() -> None:
    assert not ask(site="same-origin, same-origin", has_cookie=True)


def test_an_old_browser_is_judged_by_its_origin() -> None:
    assert ask(origin="https://sifu.example.org", has_cookie=True)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://sifu.example.org",
        "https://sifu.example.org:3335",
        "https://sifu.example.org.evil.example",
        "https://sifu.example.org, https://sifu.example.org",
    ],
)
def test_a_foreign_origin_is_refused(origin: str) -> None:
    assert not ask(origin=origin, has_cookie=True)
    assert not ask(origin=origin)


def test_a_cookie_of_unknown_provenance_is_refused() -> None:
    assert not ask(has_cookie=True)


def test_a_script_without_any_standing_passes() -> None:
    assert ask()


def test_a_bearer_token_is_its_own_proof() -> None:
    assert ask(has_bearer=True)
    assert ask(has_bearer=True, origin="https://other.example", site="cross-site")


def test_a_bearer_token_does_not_excuse_a_cookie() -> None:
    assert not ask(has_bearer=True, has_cookie=True)
    assert not ask(has_bearer=True, has_cookie=True, site="same-site")


@given(
    site=st.none() | st.text(),
    origin=st.none() | st.text(),
    has_bearer=st.booleans(),
)
def test_a_cookie_changes_nothing_without_proof(
    site: str | None, origin: str | None, has_bearer: bool
) -> None:
    verdict = may_change(Provenance("POST", site, origin, True, has_bearer), OWN)
    proved = site == "same-origin" or (site is None and origin in OWN)
    assert isinstance(verdict, Allow) == proved


def test_every_refusal_says_what_to_do() -> None:
    for provenance in (
        Provenance("POST", site="same-site"),
        Provenance("POST", origin="null"),
        Provenance("POST", has_cookie=True),
    ):
        verdict = may_change(provenance, OWN)
        assert isinstance(verdict, Deny)
        assert verdict.reason.endswith(".")


@pytest.mark.parametrize(
    ("site", "origin", "ours"),
    [
        ("same-origin", None, True),
        ("same-origin", "https://sifu.example", True),
        (None, "https://sifu.example", True),
        (None, None, False),
        (None, "null", False),
        ("same-site", "https://sifu.example", False),
        ("cross-site", "https://lms.example", False),
        ("none", None, False),
    ],
)
def test_only_our_own_pages_are_our_own(site, origin, ours):
    assert is_own_page(site, origin, {"https://sifu.example"}) is ours


@pytest.mark.parametrize(
    ("site", "origin", "pattern", "is_notebook"),
    [
        ("same-site", "https://s.example:3335", "https://s.example:3335", True),
        (None, "https://s.example:3335", "https://s.example:3335", True),
        ("same-site", "https://ann.n.example", "https://{owner}.n.example", True),
        ("same-site", "null", "https://s.example:3335", True),
        ("cross-site", "null", "https://s.example:3335", False),
        ("same-site", "https://lms.s.example", "https://s.example:3335", False),
        ("cross-site", "https://lms.example", "https://{owner}.n.example", False),
        (None, None, "https://s.example:3335", False),
    ],
)
def test_a_notebooks_page_is_told_from_a_platforms(site, origin, pattern, is_notebook):
    assert is_notebooks_page(site, origin, pattern) is is_notebook
