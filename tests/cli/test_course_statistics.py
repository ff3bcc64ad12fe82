"""The statistics of a course from the command line, while Sifu does not run."""

import csv
import io

import pytest
from click.testing import CliRunner

from proxy.cli import course_statistics
from proxy.core.clock import system_clock
from proxy.core.course import Course
from proxy.core.errors import NotFound, UnprocessableInput
from proxy.core.identity import ServerName
from proxy.core.lti_roles import CourseRole
from proxy.store import course_people, courses, sessions, users
from proxy.store.any_database import through
from proxy.store.openings import Opening, note_openings


@pytest.fixture
def course(installed):
    now = system_clock()
    installed.write_now(courses.add, Course("python", "https://git.example.org/p", now))
    bob = installed.read_now(users.find, "bob")
    installed.write_now(course_people.set_role, "python", bob.id, CourseRole.STUDENT, now)
    installed.write_now(
        sessions.open_session,
        session_id="s",
        secret_hash="h",
        user_id=bob.id,
        now=now,
        expires=now + 99,
    )
    opening = Opening("python", "=w1/intro\x1b[2J", "s", ServerName("bob", "home"), now)
    installed.write_now(lambda connection: note_openings(through(connection), [opening]))
    return installed


@pytest.fixture
def ask(course, environment):
    def call(*arguments: str):
        return CliRunner().invoke(course_statistics.statistics, arguments, env=environment)

    return call


def test_it_tells_what_was_opened_and_steers_no_terminal(ask):
    told = ask("python")
    assert told.exit_code == 0
    assert told.stdout.startswith("1 of 1 students opened 1 notebooks, 1 times, from ")
    assert told.stdout.splitlines()[-1].split() == ["=w1/intro·[2J", "1", "1"]


def test_each_table_is_a_file_without_formulas(ask):
    rows = list(csv.reader(io.StringIO(ask("python", "--csv", "notebooks").stdout)))
    assert rows[0] == ["notebook", "students", "openings"]
    assert rows[1][0].startswith("'=w1/intro")
    assert len(list(csv.reader(io.StringIO(ask("python", "--csv", "hours").stdout)))) == 25


def test_other_days_are_other_numbers(ask):
    assert ask("python", "--from", "2020-01-01", "--until", "2020-01-31").stdout.startswith(
        "0 of 1"
    )
    assert isinstance(ask("python", "--from", "soon").exception, UnprocessableInput)


def test_a_course_that_does_not_exist_is_said(ask):
    assert isinstance(ask("nowhere").exception, NotFound)
