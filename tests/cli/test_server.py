"""Servers from the command line."""

import sys

import pytest

from tests.cli.asked_front import AskedFront

SERVER = {
    "owner": "ada",
    "workspace": "home",
    "state": "queued",
    "place": 2,
    "memory": 412 * 2**20,
    "cpu": 12.3,
    "started": None,
    "last_activity": 0.0,
    "reason": "",
}


@pytest.fixture
def front(monkeypatch):
    asked = AskedFront(
        {
            ("GET", "/api/servers"): [SERVER],
            ("POST", "/api/servers"): {"state": "ready"},
            ("DELETE", "/api/servers/ada/home"): {},
            ("DELETE", "/api/servers/everyone/shared"): {},
            ("POST", "/api/servers/stop-idle"): {"stopped": 1},
            ("GET", "/api/servers/ada/home/log?lines=2"): {"lines": ["one", "two\x1b[31m"]},
        }
    )
    asked.stand_in(monkeypatch, sys.modules["proxy.cli.server"])
    return asked


def test_the_list_says_what_each_uses_and_its_place(front, sifu):
    head, row = sifu("server", "list").stdout.splitlines()
    assert head.split()[:4] == ["SERVER", "STATE", "MEMORY", "CPU"]
    assert row.split("  ")[0] == "ada/home"
    assert "queued (2)" in row
    assert "412 MiB" in row
    front.answers["GET", "/api/servers"] = []
    assert sifu("server", "list").stderr == "No server runs.\n"


def test_a_server_is_named_by_its_owner_alone(front, sifu):
    assert sifu("server", "start", "ada").exit_code == 0
    assert sifu("server", "stop", "ada").exit_code == 0
    assert sifu("server", "stop", "everyone").exit_code == 0
    assert front.asked[0] == ("POST", "/api/servers", {"owner": "ada", "workspace": "home"})
    assert sifu("server", "stop", "ada/").exit_code == 1


def test_idle_ones_are_counted(front, sifu):
    assert sifu("server", "stop-idle").stderr == "Stopped 1 server.\n"


def test_a_log_does_not_steer_the_terminal(front, sifu):
    assert sifu("server", "log", "ada", "--lines", "2").stdout == "one\ntwo·[31m\n"


def test_without_a_running_sifu_it_says_so(installed, sifu):
    result = sifu("server", "list")
    assert result.exit_code == 1
    assert "`sifu up` starts it." in result.stderr
