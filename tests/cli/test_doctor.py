import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from proxy.cli.doctor import render_examination
from proxy.cli.run_directory import places_of
from proxy.cli.service_facts import ask_health, find_programs
from proxy.core.course import Course
from proxy.core.diagnosis import Examination, Finding
from proxy.store import courses


def test_a_good_machine_is_praised(sifu, installed):
    result = sifu("doctor")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("All is well.\n")
    areas = [line.split()[1] for line in result.stdout.splitlines() if line.startswith("ok")]
    assert sorted(areas) == sorted(
        [
            "settings",
            "addresses",
            "folders",
            "privacy",
            "disk",
            "sockets",
            "database",
            "clock",
            "courses",
            "ports",
            "programs",
            "jupyter",
        ]
    )


def test_nothing_is_created(sifu, settings):
    assert sifu("doctor").exit_code == 0
    assert not settings.data.exists()
    assert not settings.notebooks.exists()


def test_each_problem_comes_with_what_to_do(sifu, settings, installed):
    (settings.data / "secret").chmod(0o644)
    result = sifu("doctor", SIFU_FRONT_URL="http://sifu.example.org")
    assert result.exit_code == 1
    assert f"chmod 600 {settings.data / 'secret'}" in result.stdout
    assert "plain http" in result.stdout
    assert result.stdout.endswith("2 problems to put right.\n")


def test_settings_that_cannot_be_used_end_the_examination(sifu):
    result = sifu("doctor", SIFU_FRONT_PORT="x")
    assert result.exit_code == 1
    assert "SIFU_FRONT_PORT" in result.stdout
    assert result.stdout.endswith("1 problem to put right.\n")


@pytest.mark.parametrize("url", ["nosuch://x", "no url at all"])
def test_a_database_url_that_names_no_known_kind_is_a_problem(sifu, url):
    result = sifu("doctor", SIFU_DATABASE_URL=url)
    assert result.exit_code == 1
    assert "SIFU_DATABASE_URL" in result.stdout


def test_a_course_without_git_is_a_problem(sifu, installed, tmp_path):
    installed.write_now(courses.add, Course("stats", "git@git.example.org:stats.git", 1.0))
    lacking = sifu("doctor", PATH=str(tmp_path))
    assert lacking.exit_code == 1
    assert "The program git is not there" in lacking.stdout
    assert "The program ssh is not there" in lacking.stdout


@pytest.mark.parametrize(("is_problem", "word"), [(True, "PROBLEM"), (False, "advice")])
def test_a_finding_is_two_lines(is_problem, word):
    finding = Finding("This is wrong.", "Do that.", is_problem=is_problem)
    wrong, remedy = render_examination(Examination("area", "Fine.", (finding,)))
    assert wrong == f"{word:7} area       This is wrong."
    assert remedy.strip() == "→ Do that."


@pytest.fixture
def running(environment, settings) -> Iterator[int]:
    """A whole Sifu; gives the number of its supervisord. Whatever is left of it is killed."""
    command = [sys.executable, "-m", "proxy", "up"]
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while ask_health("front", "127.0.0.1", settings.front_port, "/healthz").failure:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process.pid
    finally:
        for each in find_programs(places_of(settings)):
            os.kill(each.pid, signal.SIGKILL)
        process.wait(timeout=10)


@pytest.mark.system
def test_a_running_sifu_is_told_from_its_orphans(sifu, running):
    healthy = sifu("doctor")
    assert healthy.exit_code == 0, healthy.output
    assert "served by Sifu itself" in healthy.stdout
    assert "and answers" in healthy.stdout
    os.kill(running, signal.SIGKILL)
    orphaned = sifu("doctor")
    assert orphaned.exit_code == 1
    assert "outlived their supervisord: front" in orphaned.stdout
