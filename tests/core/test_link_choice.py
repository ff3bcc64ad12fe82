"""A teacher's choice, sealed and read."""

import pytest

from proxy.core.link_choice import (
    HOLDS,
    MOST_CHOSEN,
    ChoiceAsked,
    read_choices,
    seal_ask,
    unseal_ask,
)
from proxy.core.lti_messages import LinkChoice
from proxy.core.sealing import LEEWAY, InvalidToken, seal

NOW = 1_800_000_000.0
SECRETS = ["s" * 40]
ASKED = ChoiceAsked(3, "1", "https://lms.example.org/return", "opaque", takes_many=True, user_id=9)


def test_what_was_asked_comes_back() -> None:
    assert unseal_ask(SECRETS, seal_ask(SECRETS, ASKED, NOW), NOW + HOLDS) == ASKED


def test_data_of_a_whole_token_comes_back() -> None:
    asked = ChoiceAsked(3, "1", "https://lms.example.org/return", "ü" * 8000, False, 9)
    assert unseal_ask(SECRETS, seal_ask(SECRETS, asked, NOW), NOW) == asked


def test_it_holds_for_an_hour_and_nobody_else_makes_it() -> None:
    sealed = seal_ask(SECRETS, ASKED, NOW)
    for secrets, text, now in (
        (SECRETS, sealed, NOW + HOLDS + LEEWAY + 1),
        (["o" * 40], sealed, NOW),
        (SECRETS, "", NOW),
        (SECRETS, sealed + "a" * 70_000, NOW),
        (SECRETS, seal(SECRETS, "state", {"exp": NOW + 60}), NOW),
        (SECRETS, seal(SECRETS, "deep-linking", {"exp": NOW + 60}), NOW),
        (SECRETS, seal(SECRETS, "deep-linking", {"exp": NOW + 60, "platform": 1.5}), NOW),
    ):
        with pytest.raises(InvalidToken):
            unseal_ask(secrets, text, now)


@pytest.mark.parametrize(
    ("fields", "choices"),
    [
        ([("chosen", "stats/a.ipynb")], [LinkChoice("stats", "a", "a")]),
        ([("chosen", "stats/w 1/a.ipynb")], [LinkChoice("stats", "w 1/a", "a")]),
        ([("chosen", "stats/a"), ("title", " Means ")], [LinkChoice("stats", "a", "Means")]),
        ([("course", "stats"), ("notebook", "")], [LinkChoice("stats", "", "stats")]),
        ([("course", "stats"), ("notebook", "a.ipynb")], [LinkChoice("stats", "a", "a")]),
        (
            [("chosen", "stats/a"), ("graded", "1"), ("most", "10")],
            [LinkChoice("stats", "a", "a", 10.0)],
        ),
        ([("chosen", "stats/a"), ("most", "x")], [LinkChoice("stats", "a", "a")]),
        (
            [("chosen", "stats/a"), ("chosen", "stats/b"), ("title", "Of one only")],
            [LinkChoice("stats", "a", "a"), LinkChoice("stats", "b", "b")],
        ),
        (
            [("chosen", "stats/a"), ("course", "other"), ("notebook", "c")],
            [LinkChoice("stats", "a", "a"), LinkChoice("other", "c", "c")],
        ),
    ],
)
def test_choices(fields: list[tuple[str, str]], choices: list[LinkChoice]) -> None:
    assert read_choices(fields, takes_many=True) == choices


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ([], "Choose a notebook"),
        ([("course", " "), ("notebook", "a")], "Choose a notebook"),
        ([("chosen", "")], "one name without slashes"),
        ([("chosen", "/a")], "one name without slashes"),
        ([("chosen", "../a")], "one name without slashes"),
        ([("chosen", "stats/../a")], "one name without slashes"),
        ([("course", "a/b")], "one name without slashes"),
        ([("course", "stats"), ("notebook", "a\\b")], "one name without slashes"),
        ([("chosen", "stats/a"), ("graded", "1")], "best grade"),
        ([("chosen", "stats/a"), ("graded", "1"), ("most", "0")], "best grade"),
        ([("chosen", "stats/a"), ("graded", "1"), ("most", "nan")], "best grade"),
        ([("chosen", "stats/a"), ("graded", "1"), ("most", "inf")], "best grade"),
        ([("chosen", f"stats/{number}") for number in range(MOST_CHOSEN + 1)], "Choose fewer"),
    ],
)
def test_no_choices(fields: list[tuple[str, str]], word: str) -> None:
    told = read_choices(fields, takes_many=True)
    assert isinstance(told, str)
    assert word in told


def test_a_platform_that_takes_one_gets_one() -> None:
    two = [("chosen", "stats/a"), ("chosen", "stats/b")]
    assert isinstance(read_choices(two, takes_many=False), str)
    assert isinstance(read_choices(two[:1], takes_many=False), list)


def test_a_title_that_cannot_be_shown_is_not_taken() -> None:
    fields = [("chosen", "stats/a"), ("title", "a\x00b")]
    assert read_choices(fields, takes_many=False) == [LinkChoice("stats", "a", "a")]
