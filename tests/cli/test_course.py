"""Courses from the command line."""

import sys
from pathlib import Path

import pytest

from tests.cli.asked_front import AskedFront
from tests.cli.conftest import Sifu

JOB = {
    "id": 7,
    "course": "stats",
    "kind": "update",
    "state": "done",
    "started": 0.0,
    "by": "",
    "summary": "The course is at 1234 now.",
    "progress": "",
}
COURSE = {
    "name": "stats",
    "title": "Stats",
    "url": "https://git.example.org/stats",
    "branch": "",
    "directory": "",
    "enrolment": "members",
    "update_every": 600,
    "version": "0123456789abcdef",
    "updated": 0.0,
    "problem": "It failed.",
    "interface": "lab",
    "tracks": [{"title": "Week 1", "notebooks": [{"path": "a.ipynb", "title": "a"}]}],
    "archived": None,
    "secrets": ["token"],
}
PATH = "/api/courses/stats"
LOG = {"lines": [], "next": 1, "job": JOB}


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> AskedFront:
    asked = AskedFront(
        {
            ("GET", "/api/courses"): [COURSE],
            ("POST", "/api/courses"): JOB,
            ("GET", PATH): COURSE,
            ("PATCH", PATH): COURSE,
            ("DELETE", PATH): JOB,
            ("PUT", f"{PATH}/archived"): COURSE,
            ("POST", f"{PATH}/update"): JOB,
            ("POST", f"{PATH}/export"): JOB,
            ("POST", f"{PATH}/webhook"): {"url": "https://x/hooks", "secret": "whsec_x"},
            ("GET", f"{PATH}/jobs"): [JOB],
            ("GET", f"{PATH}/jobs/7"): JOB,
            ("GET", f"{PATH}/jobs/7/log"): LOG,
        }
    )
    asked.stand_in(monkeypatch, sys.modules["proxy.cli.course"])
    return asked


def test_adding_sends_what_was_said_and_no_secret_is_an_argument(
    front: AskedFront, sifu: Sifu, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("secret\n")
    words = ["--branch", "main", "--open", "--update-every", "600"]
    done = sifu("course", "add", "stats", "https://x/y", *words, f"--token-file={tmp_path}/token")
    assert done.exit_code == 0, done.stderr
    assert front.asked[0][2] == {
        "name": "stats",
        "url": "https://x/y",
        "branch": "main",
        "open": True,
        "update_every": 600,
        "token": "secret\n",
    }
    done = sifu("course", "add", "stats", "u", "--token-file", "-", "--no-wait", stdin="other")
    assert front.asked[-1][2] == {"name": "stats", "url": "u", "token": "other"}
    assert "secret" not in done.stdout


def test_lists_and_shows(front: AskedFront, sifu: Sifu) -> None:
    head, row = sifu("course", "list").stdout.splitlines()
    assert head.split()[:3] == ["NAME", "VERSION", "UPDATED"]
    assert row.split()[:2] == ["stats", "0123456789"]
    shown = sifu("course", "show", "stats").stdout
    for line in ("title: Stats", "track: Week 1 (1)", "kept: token", "problem: It failed."):
        assert line in shown.splitlines()
    front.answers["GET", "/api/courses"] = []
    assert "sifu course add" in sifu("course", "list").stderr


def test_changes(front: AskedFront, sifu: Sifu) -> None:
    assert sifu("course", "change", "stats").exit_code == 2
    assert sifu("course", "change", "stats", "--members", "--branch", "").exit_code == 0
    assert front.asked == [("PATCH", PATH, {"branch": "", "open": False})]


def test_what_is_done_in_the_background_is_followed(front: AskedFront, sifu: Sifu) -> None:
    for words in (["update"], ["export"], ["remove", "--yes"], ["log"], ["log", "--job", "7"]):
        assert sifu("course", words[0], "stats", *words[1:]).exit_code == 0
        assert front.asked[-1] == ("GET", f"{PATH}/jobs/7/log", None)
    assert sifu("course", "update", "stats", "--no-wait").stderr.startswith("Job 7")
    assert sifu("course", "remove", "stats", stdin="n\n").exit_code == 1
    front.answers["GET", f"{PATH}/jobs"] = []
    assert "Nothing was done" in sifu("course", "log", "stats").stderr


def test_the_archive_and_the_webhook(front: AskedFront, sifu: Sifu) -> None:
    sifu("course", "archive", "stats")
    sifu("course", "unarchive", "stats")
    assert [each[2] for each in front.asked] == [{"archived": True}, {"archived": False}]
    done = sifu("course", "webhook", "stats")
    assert done.stdout == "whsec_x\n"
    assert "https://x/hooks" in done.stderr
