"""Amounts in words."""

import pytest

from proxy.core.sizes import counted, say_bytes, say_number, say_points


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 KiB"),
        (412 * 2**20, "412 MiB"),
        (1023 * 2**20, "1.0 GiB"),
        (1.25 * 2**30, "1.2 GiB"),
        (24 * 2**30, "24 GiB"),
        (3 * 2**50, "3072 TiB"),
    ],
)
def test_bytes(number: float, words: str) -> None:
    assert say_bytes(number) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (0.42, "0.4"), (3, "3"), (12.4, "12"), (1250, "1,250")]
)
def test_numbers(number: float, words: str) -> None:
    assert say_number(number) == words


def test_one_is_not_many() -> None:
    assert [counted(number, "server") for number in (0, 1, 2)] == [
        "0 servers",
        "1 server",
        "2 servers",
    ]


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (0.8, "0.8"), (8.0, "8"), (66.66666, "66.667"), (100, "100"), (1e6, "1,000,000")],
)
def test_points(number: float, words: str) -> None:
    assert say_points(number) == words
