"""Names of people become parts of paths, folders and programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.identity import RESERVED_OWNERS, SLUG
from proxy.core.slugs import MAX_NAME, make_slug, name_problem


@pytest.mark.parametrize("name", ["ada", "ada-lovelace", "a1", "0", "x" * 32])
def test_a_plain_name_keeps_its_spelling(name: str) -> None:
    assert make_slug(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "ada@example.org",
        "..",
        "/etc/passwd",
        "a.b",
        "ünï",
        "田中",
        "-a",
        "a--b",
        "x" * 33,
        " ",
    ],
)
def test_every_other_name_becomes_a_safe_one(name: str) -> None:
    assert SLUG.fullmatch(make_slug(name))
    assert make_slug(name) != name


@pytest.mark.parametrize("name", sorted(RESERVED_OWNERS))
def test_nobody_gets_a_reserved_slug(name: str) -> None:
    assert make_slug(name) != name


@given(st.text(min_size=1, max_size=MAX_NAME))
def test_every_slug_is_safe(name: str) -> None:
    slug = make_slug(name)
    assert SLUG.fullmatch(slug)
    assert slug not in RESERVED_OWNERS


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_two_names_never_share_a_slug(one: str, other: str) -> None:
    assert (make_slug(one) == make_slug(other)) == (one == other)


def test_a_name_cannot_be_chosen_to_equal_anothers_slug() -> None:
    assert make_slug(make_slug("Ada")) != make_slug("Ada")


@pytest.mark.parametrize("name", ["", " ada", "ada ", "a\nb", "a\x00", "a\u202eb", "x" * 129])
def test_a_name_that_misleads_is_refused(name: str) -> None:
    problem = name_problem(name)
    assert problem is not None
    assert problem.endswith(".")


@pytest.mark.parametrize("name", ["ada", "Ada Lovelace", "田中", "x" * 128])
def test_an_honest_name_is_fine(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize("name", [".", "..", "ada\u2028eve"])
def test_a_name_that_no_address_or_line_can_hold_is_refused(name: str) -> None:
    assert name_problem(name) is not None
