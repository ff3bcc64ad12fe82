"""The rush itself, small but real; and what it makes of what it saw."""

import pytest

from hazards.rush import Outcome, Pupil, rush, tell
from tests.system.isolated import needs_accounts


def pupil(name: str, ticket: float | None, admitted: float, ready: float | None = 1.0) -> Pupil:
    return Pupil(name, "token", ticket, admitted, ready)


def test_who_is_let_in_before_somebody_who_came_earlier_is_counted() -> None:
    in_order = [pupil("a", None, 1.0), pupil("b", 2.0, 5.0), pupil("c", 3.0, 5.0)]
    assert Outcome(in_order, [1.0]).passed == 0
    assert Outcome([*in_order, pupil("d", 4.0, 4.5)], [1.0]).passed == 1


@pytest.mark.parametrize(
    ("pupils", "milliseconds", "is_good"),
    [
        ([pupil("a", None, 1.0)], [5.0] * 99 + [99.0], True),
        ([pupil("a", None, 1.0, ready=None)], [5.0], False),
        ([pupil("a", 1.0, 9.0), pupil("b", 2.0, 8.0)], [5.0], False),
        ([pupil("a", None, 1.0)], [5.0] * 90 + [101.0] * 10, False),
    ],
)
def test_what_must_not_be_is_no_success(
    pupils: list[Pupil], milliseconds: list[float], *, is_good: bool
) -> None:
    assert tell(Outcome(pupils, milliseconds)) is is_good


@pytest.mark.system
@pytest.mark.timeout(180)
@needs_accounts()
def test_nobody_is_lost_or_passed_in_a_rush() -> None:
    outcome = rush(3, 6)
    assert outcome.lost == []
    assert outcome.passed == 0
    assert sum(each.ticket is not None for each in outcome.pupils) >= 3
    assert outcome.milliseconds
