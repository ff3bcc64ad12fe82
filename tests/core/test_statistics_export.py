"""Files for spreadsheets: whatever people and notebooks are called, nothing in them runs."""

import csv
import io

import pytest

from proxy.core.course_statistics import NotebookCount, Person, Statistics, StudentCount
from proxy.core.statistics_export import FILES, write_csv

EVIL = '=cmd|" /C calc"!A0'
FOUND = Statistics(
    20_833,
    20_834,
    [2, 0],
    [0] * 9 + [3] + [0] * 14,
    [
        StudentCount(Person("eve", EVIL), 3, 1, 1, 20_833 * 86_400 + 33_000.0),
        StudentCount(Person("ada", 'Ada "the, first"\n'), 0, 0, 0, None),
    ],
    [NotebookCount("@SUM(1)", 1, 3), NotebookCount("w1/é", 0, 0)],
    [[3, 0], [0, 0]],
)


def rows(name):
    return list(csv.reader(io.StringIO(write_csv(name, FOUND), newline="")))


def test_each_file_is_what_it_says():
    assert rows("students") == [["date", "students"], ["2027-01-15", "2"], ["2027-01-16", "0"]]
    assert rows("hours")[10] == ["09:00", "3"]
    assert len(rows("hours")) == 25
    assert rows("notebooks")[2] == ["w1/é", "0", "0"]
    assert rows("matrix")[2] == ['Ada "the, first"\n', "ada", "0", "0"]
    assert rows("people")[1] == [f"'{EVIL}", "eve", "3", "1", "1", "2027-01-15T09:10:00.000Z"]


@pytest.mark.parametrize("name", FILES)
def test_no_cell_is_a_formula(name):
    for row in rows(name):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_what_would_be_a_formula_is_still_readable():
    assert rows("matrix")[0] == ["student", "slug", "'@SUM(1)", "w1/é"]
    assert rows("matrix")[1][0] == f"'{EVIL}"
