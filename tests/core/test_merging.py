"""Every row of the table, and what holds for all of them."""

from itertools import product

import pytest

from proxy.core.merging import Action, Delivered, Mine, decide

A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.mark.parametrize(
    ("base", "upstream", "mine", "expected"),
    [
        # never delivered
        (None, A, Mine.ABSENT, Action.ADD),
        (None, A, A, Action.ADOPT),
        (None, A, B, Action.BESIDE),
        (None, A, Mine.OTHER, Action.BESIDE),
        # the course did not change it
        (A, A, Mine.ABSENT, Action.STAY_DELETED),
        (A, A, A, Action.KEEP),
        (A, A, B, Action.KEEP),
        (A, A, Mine.OTHER, Action.KEEP),
        # the course changed it
        (A, B, Mine.ABSENT, Action.STAY_DELETED),
        (A, B, A, Action.UPDATE),
        (A, B, B, Action.ADOPT),
        (A, B, C, Action.BESIDE),
        (A, B, "", Action.BESIDE),
        (A, B, Mine.OTHER, Action.BESIDE),
        # the course has it no more
        (A, None, Mine.ABSENT, Action.KEEP),
        (A, None, A, Action.KEEP),
        (A, None, B, Action.KEEP),
        (A, None, Mine.OTHER, Action.KEEP),
        (None, None, A, Action.KEEP),
    ],
)
def test_every_row(
    base: str | None, upstream: str | None, mine: str | Mine, expected: Action
) -> None:
    assert decide(base, upstream, mine) is expected


def test_what_somebody_is_launched_into_comes_back() -> None:
    assert decide(A, A, Mine.ABSENT, is_wanted=True) is Action.ADD
    assert decide(A, None, Mine.ABSENT, is_wanted=True) is Action.KEEP
    assert decide(A, B, C, is_wanted=True) is Action.BESIDE


def test_nothing_is_laid_beside_twice() -> None:
    given = Delivered(A, 1).beside(B, 2)
    assert given == Delivered(B, 2, (B,))
    assert decide(given.content, B, C, laid=given.laid) is Action.KEEP
    again = given.beside(A, 1)
    assert decide(again.content, B, C, laid=again.laid) is Action.KEEP
    assert decide(again.content, "d" * 64, C, laid=again.laid) is Action.BESIDE


def test_what_was_laid_beside_is_remembered_within_bounds() -> None:
    given = Delivered(A, 1)
    for number in range(100):
        given = given.beside(f"{number:064}", number)
    assert len(given.laid) == 8
    assert given.laid[-1] == given.content == f"{99:064}"


def test_only_what_is_as_it_was_delivered_is_replaced() -> None:
    contents = [None, A, B, C]
    minds: list[str | Mine] = [A, B, C, "", Mine.ABSENT, Mine.OTHER]
    for base, upstream, mine, wanted in product(contents, contents, minds, [True, False]):
        action = decide(base, upstream, mine, is_wanted=wanted)
        if action is Action.UPDATE:
            assert mine == base
        if action is Action.ADD:
            assert mine is Mine.ABSENT
