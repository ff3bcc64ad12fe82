"""What leaves as a file is data, whatever people called themselves."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.event_export import COLUMNS, csv_head, csv_line, defused, iso_time, json_line
from proxy.core.events import Event, EventKind

EVENT = Event(
    1_800_000_000.25, EventKind.SERVER_STOPPED, "ada", "ada/home", "", {"reason": "It was, idle"}
)


def cells(line: str) -> list[str]:
    (row,) = csv.reader(io.StringIO(line))
    return row


def test_a_line_has_a_cell_for_each_column() -> None:
    assert cells(csv_head()) == list(COLUMNS)
    assert cells(csv_line(7, EVENT)) == [
        "7",
        "2027-01-15T08:00:00.250Z",
        "server_stopped",
        "ada",
        "ada/home",
        "",
        "reason: It was, idle",
    ]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '=cmd|"/c calc"!A1']
)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


def test_an_ordinary_cell_stays_as_it_is() -> None:
    for cell in ("", "ada", "a=b", "a-b", "ada/home", "“x”"):
        assert defused(cell) == cell


@given(st.text(max_size=40))
def test_names_come_back_from_the_csv_as_they_were_or_defused(name: str) -> None:
    event = Event(1.0, EventKind.SIGNED_IN, name)
    assert cells(csv_line(1, event))[3].removeprefix("'") == name.removeprefix("'")


def test_a_json_line_is_one_line_and_holds_everything() -> None:
    line = json_line(7, Event(1.0, EventKind.OPENED, "ada", about={"path": "a\nb"}))
    assert line.count("\n") == 1
    assert json.loads(line) == {
        "id": 7,
        "at": 1.0,
        "time": "1970-01-01T00:00:01.000Z",
        "kind": "opened",
        "user": "ada",
        "server": "",
        "course": "",
        "about": {"path": "a\nb"},
    }


def test_times_are_utc() -> None:
    assert iso_time(0.0) == "1970-01-01T00:00:00.000Z"
