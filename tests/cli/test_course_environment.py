"""Packages of a course from the command line."""

import click
import pytest
from click.testing import CliRunner

from proxy.cli import SentenceGroup, course_environment
from tests.cli.asked_front import AskedFront

HERE = "/api/courses/stats%20%26%20more/environment"
NAME = "stats & more"
INFO = {
    "kernel": "Python (stats)",
    "in_use": True,
    "is_current": True,
    "version": "0123456789abcdef",
    "size": 3 * 2**20,
    "packages": 2,
    "problem": "",
    "building": False,
}


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> AskedFront:
    asked = AskedFront(
        {
            ("GET", HERE): INFO,
            ("POST", f"{HERE}/build"): INFO,
            ("POST", f"{HERE}/rollback"): {"message": "The former one."},
            ("GET", f"{HERE}/log"): {"lines": ["one", "two\x1b[31m"]},
        }
    )
    asked.stand_in(monkeypatch, course_environment)
    monkeypatch.setattr(course_environment, "_PAUSE", 0)
    return asked


def run(*words: str) -> tuple[int, str, str]:
    group = SentenceGroup(commands=list(course_environment.COMMANDS))
    done = CliRunner().invoke(group, words)
    return done.exit_code, done.stdout, done.stderr


def test_a_build_is_followed_to_its_end(front: AskedFront) -> None:
    building = iter([True, True, False])
    answers = front.answers

    class Changing(dict):  # type: ignore[type-arg]
        def __getitem__(self, key: object) -> object:
            found = answers[key]  # type: ignore[index]
            return found | {"building": next(building)} if key == ("GET", HERE) else found

    front.answers = Changing()
    status, out, err = run("build", NAME, "--anew")
    assert (status, err) == (0, "one\ntwo·[31m\n")
    assert out == "Python (stats): 2 packages, 3 MiB, for version 0123456789\n"
    assert front.asked[0] == ("POST", f"{HERE}/build", {"anew": True})


def test_a_failed_one_says_why_and_fails(front: AskedFront) -> None:
    front.answers["GET", HERE] = INFO | {"problem": "No room.", "in_use": False}
    status, _, err = run("build", NAME)
    assert status == 1
    assert err.endswith("No room.\n")


def test_nobody_has_to_wait(front: AskedFront) -> None:
    assert run("build", NAME, "--no-wait") == (0, "", "It is begun.\n")
    assert len(front.asked) == 1


def test_going_back_and_looking(front: AskedFront) -> None:
    assert run("rollback", NAME) == (0, "", "The former one.\n")
    front.answers["GET", HERE] = INFO | {"is_current": False}
    assert run("packages", NAME)[1].endswith("not what the served version asks for\n")
    front.answers["GET", HERE] = INFO | {"in_use": False}
    assert run("packages", NAME)[1] == "The default kernel.\n"


def test_they_are_commands() -> None:
    assert all(isinstance(each, click.Command) for each in course_environment.COMMANDS)
