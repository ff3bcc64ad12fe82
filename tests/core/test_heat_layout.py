from itertools import pairwise

import pytest

from proxy.core.course_statistics import NotebookCount, Person, Statistics, StudentCount
from proxy.core.heat_layout import MOST_COLUMNS, lay_out, shown_columns


def course(students: int, notebooks: int, name: str = "Ada Lovelace") -> Statistics:
    return Statistics(
        0,
        0,
        [0],
        [0] * 24,
        [StudentCount(Person(f"s{at}", name), 0, 0, 0, None) for at in range(students)],
        [NotebookCount(f"n{at}", at % 7, at) for at in range(notebooks)],
        [[0] * notebooks for _ in range(students)],
    )


@pytest.mark.parametrize("students", [0, 1, 60, 61, 400, 401, 2000])
@pytest.mark.parametrize("notebooks", [1, 14, 100, 200, 1000])
def test_a_map_of_any_size_holds_its_cells_and_labels(students, notebooks):
    found = lay_out(course(students, notebooks))
    assert found.rows == students
    assert len(found.columns) == min(notebooks, MOST_COLUMNS)
    assert found.width <= 1000
    assert all(0 < label.at < found.plane_height for label in found.row_labels)
    assert all(0 < label.at < found.plane_width for label in found.column_labels)
    for labels in (found.row_labels, found.column_labels):
        places = [label.at for label in labels]
        assert all(b - a >= 12 for a, b in pairwise(places[1:]))


def test_of_a_small_course_each_line_has_its_name_cut_if_need_be():
    (label,) = lay_out(course(1, 3, name="x" * 128)).row_labels
    assert len(label.text) == 20
    assert lay_out(course(61, 3)).row_labels[1].text == "5"


def test_of_too_many_notebooks_those_of_most_people_are_drawn_in_their_order():
    found = course(3, 1000)
    columns = shown_columns(found)
    assert columns == sorted(columns)
    fewest = min(found.notebooks[at].people for at in columns)
    left_out = set(range(1000)) - set(columns)
    assert all(found.notebooks[at].people <= fewest for at in left_out)
