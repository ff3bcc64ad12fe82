"""Maintenance and the message to all, from the command line."""

import sys

import pytest

from tests.cli.asked_front import AskedFront

ON = {"on": True, "since": 0.0, "message": "", "stop_all_at": 600.0}
OFF = {"on": False, "since": None, "message": "", "stop_all_at": None}


@pytest.fixture
def front(monkeypatch):
    asked = AskedFront(
        {
            ("PUT", "/api/maintenance"): ON,
            ("GET", "/api/maintenance"): OFF,
            ("PUT", "/api/notice"): {},
            ("DELETE", "/api/notice"): {},
            ("GET", "/api/notice"): {"message": "At 18:00"},
        }
    )
    asked.stand_in(monkeypatch, sys.modules["proxy.cli.maintenance"])
    return asked


def test_a_drain_has_its_minutes_and_is_told(front, sifu):
    result = sifu("maintenance", "on", "--drain", "--minutes", "5", "--message", "Until nine.")
    wish = {"on": True, "message": "Until nine.", "drain_seconds": 300}
    assert front.asked == [("PUT", "/api/maintenance", wish)]
    assert "stopped by 1970-01-01 00:10 UTC" in result.stderr


def test_without_a_drain_what_runs_goes_on(front, sifu):
    sifu("maintenance", "on")
    assert front.asked == [("PUT", "/api/maintenance", {"on": True, "message": ""})]


def test_it_ends(front, sifu):
    front.answers["PUT", "/api/maintenance"] = OFF
    assert sifu("maintenance", "off").stderr == "Servers are started as usual.\n"
    assert sifu("maintenance", "show").stderr == "Servers are started as usual.\n"


def test_a_message_is_set_shown_and_taken_away(front, sifu):
    assert sifu("notice", "set", "At 18:00").exit_code == 0
    assert sifu("notice", "show").stdout == "At 18:00\n"
    assert sifu("notice", "clear").exit_code == 0
    assert [method for method, _, _ in front.asked] == ["PUT", "GET", "DELETE"]
