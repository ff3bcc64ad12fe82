import pytest

from proxy.core.bars import draw_bars
from proxy.core.plots import HEIGHT, WIDTH


def test_bars_stand_on_the_axis_side_by_side():
    drawn = draw_bars([1, 2, 4], ["a", "b", "c"])
    assert [bar.label for bar in drawn.bars] == ["a", "b", "c"]
    assert all(bar.top + bar.height == pytest.approx(HEIGHT, abs=0.02) for bar in drawn.bars)
    assert [bar.height for bar in drawn.bars] == [24, 48, 96]
    for left, right in zip(drawn.bars, drawn.bars[1:], strict=False):
        assert left.left + left.width < right.left
    assert drawn.bars[-1].left + drawn.bars[-1].width < WIDTH
    assert drawn.ceiling == 5


def test_one_of_thousands_is_seen_and_nothing_is_not():
    drawn = draw_bars([0, 1, 50_000], ["a", "b", "c"])
    assert drawn.bars[0].height == 0
    assert drawn.bars[1].height == 1


def test_the_first_of_the_highest_is_told():
    drawn = draw_bars([3, 7, 7], ["a", "b", "c"])
    assert drawn.highest is not None
    assert drawn.highest.label == "b"
    assert draw_bars([0, 0], ["a", "b"]).highest is None
    assert draw_bars([], []).bars == []


def test_a_year_of_days_fits():
    drawn = draw_bars([1] * 366, ["x"] * 366)
    assert all(bar.width > 1 for bar in drawn.bars)
