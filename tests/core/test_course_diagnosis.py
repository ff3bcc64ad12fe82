"""Which git fetches courses, and which would ignore what it is forbidden."""

import pytest

from proxy.core.course_diagnosis import OLDEST_GIT, CourseTools, examine_courses, git_version


def tools(git: str, *, courses: int = 2, by_ssh: int = 0, has_ssh: bool = False) -> CourseTools:
    return CourseTools(courses, by_ssh, git, has_ssh)


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("git version 2.39.5", (2, 39)),
        ("git version 2.39.5 (Apple Git-154)", (2, 39)),
        ("git version 2.30.windows.1", (2, 30)),
        ("git version 10.0", (10, 0)),
        ("", None),
        ("no such thing", None),
    ],
)
def test_a_version_as_git_says_it(said: str, version: tuple[int, int] | None) -> None:
    assert git_version(said) == version


@pytest.mark.parametrize("git", ["", "git version 1.8.3", "gibberish"])
def test_without_courses_nothing_is_missing(git: str) -> None:
    examination = examine_courses(tools(git, courses=0))
    assert examination.findings == ()
    assert examination.praise == "No course comes from a repository."


@pytest.mark.parametrize("git", ["git version 2.31.0", "git version 2.39.5", "git version 3.0.1"])
def test_a_git_that_takes_settings_from_its_environment_is_new_enough(git: str) -> None:
    examination = examine_courses(tools(git))
    assert examination.findings == ()
    assert examination.praise == f"2 courses can be fetched: {git} is here."


@pytest.mark.parametrize("git", ["git version 2.30.9", "git version 1.99.0"])
def test_an_older_one_is_a_problem_for_it_ignores_what_it_is_forbidden(git: str) -> None:
    (finding,) = examine_courses(tools(git)).findings
    assert finding.is_problem
    assert git in finding.wrong
    assert ".".join(map(str, OLDEST_GIT)) in finding.remedy


@pytest.mark.parametrize(
    ("git", "words"), [("", "is not there"), ("gibberish", "says only “gibberish”")]
)
def test_no_git_is_a_problem_where_there_are_courses(git: str, words: str) -> None:
    (finding,) = examine_courses(tools(git, courses=1)).findings
    assert finding.is_problem
    assert words in finding.wrong


def test_ssh_is_missed_only_where_a_course_comes_over_it() -> None:
    git = "git version 2.39.5"
    assert examine_courses(tools(git, by_ssh=0)).findings == ()
    assert examine_courses(tools(git, by_ssh=2, has_ssh=True)).findings == ()
    (finding,) = examine_courses(tools(git, by_ssh=1)).findings
    assert "1 course is fetched over it" in finding.wrong
    (finding,) = examine_courses(tools(git, by_ssh=2)).findings
    assert "2 courses are fetched over it" in finding.wrong
