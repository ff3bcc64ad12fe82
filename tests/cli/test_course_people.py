"""Who is listed in a course, from the command line."""

import sys

import click
import pytest
from click.testing import CliRunner

from proxy.cli.course_people import COMMANDS
from tests.cli.asked_front import AskedFront

HERE = "/api/courses/50%25%20a/people"
ADA = {"user": "ada", "role": "student", "listed": True, "seen": None, "opened": 3}


@pytest.fixture
def front(monkeypatch):
    asked = AskedFront(
        {
            ("GET", HERE): [ADA],
            ("PUT", f"{HERE}/eve%2F1"): {"message": "eve/1 is a teacher."},
            ("DELETE", f"{HERE}/eve%2F1"): {"message": "eve/1 is not on the list any more."},
        }
    )
    asked.stand_in(monkeypatch, sys.modules["proxy.cli.course_people"])
    return asked


def run(*words):
    group = click.Group(commands={str(command.name): command for command in COMMANDS})
    return CliRunner().invoke(group, words, catch_exceptions=False)


def test_the_list_says_how_far_each_is(front):
    head, row = run("people", "50% a").stdout.splitlines()
    assert head.split()[:2] == ["USER", "ROLE"]
    assert row.split()[:3] == ["ada", "student", "yes"]
    assert row.split()[-1] == "3"
    front.answers["GET", HERE] = []
    assert "nobody is listed" in run("people", "50% a").stderr


def test_a_role_is_given_and_taken(front):
    assert run("teacher", "50% a", "eve/1").stderr == "eve/1 is a teacher.\n"
    assert run("student", "50% a", "eve/1").exit_code == 0
    assert run("leave", "50% a", "eve/1").stderr == "eve/1 is not on the list any more.\n"
    assert front.asked == [
        ("PUT", f"{HERE}/eve%2F1", {"role": "teacher"}),
        ("PUT", f"{HERE}/eve%2F1", {"role": "student"}),
        ("DELETE", f"{HERE}/eve%2F1", None),
    ]
