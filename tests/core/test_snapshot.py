import pytest

from proxy.core.snapshot import (
    MOST_BYTES,
    MOST_SNAPSHOTS,
    MOST_TITLE,
    Lifetime,
    expiry_of,
    folder_of,
    is_token,
    name_of,
    problem_of_another,
    title_of,
    token_of,
    without_secret,
)


def test_every_secret_has_one_shape_and_no_two_are_alike():
    made = {token_of(f"random {number}") for number in range(100)}
    assert len(made) == 100
    assert all(is_token(each) and len(each) == 48 for each in made)


@pytest.mark.parametrize(
    "text",
    ["", "new", "a" * 47, "a" * 49, "G" * 48, "../" + "a" * 45, "a" * 48 + "\n", "\uff41" * 48],
)
def test_nothing_else_is_a_secret(text):
    assert not is_token(text)


def test_a_log_holds_no_secret():
    assert without_secret(f"/snapshots/{'a' * 48}") == "/snapshots/…"
    assert without_secret("/snapshots/new") == "/snapshots/new"
    assert without_secret("/courses/stats") == "/courses/stats"


def test_each_lifetime_ends_when_it_says():
    assert expiry_of(Lifetime.NEVER, 5.0) is None
    days = [expiry_of(each, 0.0) for each in (Lifetime.DAY, Lifetime.WEEK, Lifetime.MONTH)]
    assert days == [86_400.0, 7 * 86_400.0, 30 * 86_400.0]


def test_a_title_is_one_line_and_never_empty():
    assert title_of("  My\u202e\ntitle ", "a/b.ipynb") == "My  title"
    assert title_of("", "a/week 1.ipynb") == "week 1"
    assert title_of(" ", "b.ipynb") == "b"
    assert len(title_of("x" * 500, "b.ipynb")) == MOST_TITLE
    assert len(name_of("y" * 500 + ".ipynb")) == MOST_TITLE


def test_a_course_is_the_first_folder_if_there_is_one():
    assert folder_of("stats/week 1/means.ipynb") == "stats"
    assert folder_of("means.ipynb") == ""


def test_there_is_a_most_in_number_and_in_bytes():
    assert problem_of_another(MOST_SNAPSHOTS - 1, 0, 1) == ""
    assert "50" in problem_of_another(MOST_SNAPSHOTS, 0, 1)
    assert problem_of_another(1, MOST_BYTES - 1, 1) == ""
    assert "100 MiB" in problem_of_another(1, MOST_BYTES - 1, 2)
