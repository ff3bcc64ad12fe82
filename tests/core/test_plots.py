"""A plot hides no peak, fits its plane, and shows where nothing was measured."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.plots import HEIGHT, MOST, WIDTH, draw, nice_ceiling, thin

NUMBER = re.compile(r"-?\d+\.?\d*")


def numbers(path: str) -> list[float]:
    return [float(text) for text in NUMBER.findall(path)]


@given(
    st.lists(st.tuples(st.floats(0, 3600), st.floats(0, 1e12)), min_size=1, max_size=500).map(
        sorted
    )
)
def test_everything_is_inside_the_plane(points: list[tuple[float, float]]) -> None:
    plot = draw(points, begin=0.0, end=3600.0, gap=40.0)
    found = numbers(plot.line)
    assert all(0 <= across <= WIDTH + 1 for across in found[::2])
    assert all(-0.1 <= down <= HEIGHT for down in found[1::2])
    assert plot.ceiling >= plot.highest == max(value for _, value in points)


def test_a_peak_is_seen_however_many_samples_there_are() -> None:
    points = [(float(at), 900.0 if at == 4321 else 1.0) for at in range(8640)]
    shown = list(thin(points, 0.0, 8640.0))
    assert len(shown) <= MOST
    assert (4321.0, 900.0) in shown


def test_a_pause_is_a_gap_and_not_a_line() -> None:
    points = [(float(at), 1.0) for at in range(0, 3600, 10) if not 1000 < at < 2000]
    assert draw(points, begin=0.0, end=3600.0, gap=40.0).line.count("M") == 2


def test_nothing_is_an_empty_plane_and_one_point_can_be_seen() -> None:
    assert draw([], begin=0.0, end=10.0, gap=1.0).line == ""
    one = draw([(5.0, 1.0)], begin=0.0, end=10.0, gap=1.0)
    assert one.line == "M300.0 0.0L301.0 0.0"
    assert one.area.endswith(f"L300.0 {HEIGHT}L300.0 {HEIGHT}Z")


@pytest.mark.parametrize(
    ("value", "ceiling"),
    [(0, 1), (1, 1), (1.5, 2), (4, 5), (11, 20), (50, 50), (51, 100), (600, 1000), (1200, 2000)],
)
def test_the_upper_edge_is_a_round_number(value: float, ceiling: float) -> None:
    assert nice_ceiling(value) == pytest.approx(ceiling)


@pytest.mark.parametrize(
    ("mebibytes", "ceiling"), [(0.4, 0.4885), (300, 500), (600, 1024), (1500, 2048)]
)
def test_amounts_of_memory_are_rounded_as_they_are_said(mebibytes: float, ceiling: float) -> None:
    assert nice_ceiling(mebibytes * 2**20, 1024) == pytest.approx(ceiling * 2**20, rel=0.001)


def test_a_scale_has_a_least_upper_edge_and_grows_beyond_it():
    def ceiling(value: float) -> float:
        return draw([(0, value)], begin=0, end=10, gap=1, thousand=1024, least=2**20).ceiling

    assert ceiling(0) == ceiling(1000) == 2**20
    assert ceiling(2**20 * 1.5) == pytest.approx(2 * 2**20)
