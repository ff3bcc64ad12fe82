"""Courses by name, and outlines that survive the store."""

import json

import pytest

from proxy.core.course import (
    Course,
    Interface,
    Outline,
    Track,
    TrackNotebook,
    is_course_name,
    outline_from_json,
    outline_to_json,
)

FULL = Outline(
    title="Statistics",
    tracks=(Track("Week 1", (TrackNotebook("week 1/means.ipynb", "Means"),)),),
    interface=Interface.SINGLE,
    static=("data",),
    requirements="requirements.txt",
    image="",
    idle_timeout=600,
)


@pytest.mark.parametrize("outline", [Outline(), FULL])
def test_an_outline_comes_back_as_it_was(outline: Outline) -> None:
    assert outline_from_json(json.loads(json.dumps(outline_to_json(outline)))) == outline


@pytest.mark.parametrize("name", ["stats", "Été 2026", "a b", "课程"])
def test_a_name_of_any_language_is_taken(name: str) -> None:
    assert is_course_name(name)


@pytest.mark.parametrize("name", ["", ".", "..", ".git", "-x", "a/b", "a\\b", "a\nb", "课" * 70])
def test_a_name_that_a_disk_or_a_command_would_misread_is_refused(name: str) -> None:
    assert not is_course_name(name)


def test_a_course_is_called_as_somebody_here_named_it_before_all() -> None:
    course = Course("stats", "https://git.example.org/stats", 0.0, outline=FULL)
    assert course.shown_title == "Statistics"
    assert Course("stats", "", 0.0).shown_title == "stats"
    assert Course("stats", "", 0.0, title="Mine", outline=FULL).shown_title == "Mine"
