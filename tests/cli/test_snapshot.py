"""Snapshots from the command line."""

import sys

import pytest

from tests.cli.asked_front import AskedFront

SNAPSHOT = {
    "id": 7,
    "user": "ada",
    "path": "stats/means\u202e.ipynb",
    "title": "Means\x1b[31m",
    "size": 2048,
    "created": 0.0,
    "expires": None,
    "url": "",
}


@pytest.fixture
def front(monkeypatch):
    asked = AskedFront({("GET", "/api/snapshots"): [SNAPSHOT], ("DELETE", "/api/snapshots/7"): {}})
    asked.stand_in(monkeypatch, sys.modules["proxy.cli.snapshot"])
    return asked


def test_the_list_says_whose_and_which_and_does_not_steer_the_terminal(front, sifu):
    head, row = sifu("snapshot", "list").stdout.splitlines()
    assert head.split() == ["ID", "USER", "NOTEBOOK", "SIZE", "SHARED", "ENDS", "TITLE"]
    assert row.split()[:2] == ["7", "ada"]
    assert "2 KiB" in row
    assert "\x1b" not in row
    assert "\u202e" not in row
    front.answers["GET", "/api/snapshots"] = []
    assert sifu("snapshot", "list").stderr == "Nobody shares a notebook.\n"


def test_one_is_deleted_by_its_number(front, sifu):
    assert sifu("snapshot", "remove", "7").stderr == "Deleted snapshot 7.\n"
    assert front.asked == [("DELETE", "/api/snapshots/7", None)]
    assert sifu("snapshot", "remove", "x").exit_code == 2
