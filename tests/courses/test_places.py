"""What notebooks must not reach lies apart from what they must."""

from pathlib import Path

from proxy.core.course import Course
from proxy.courses.places import CoursePlaces

PLACES = CoursePlaces(Path("/data"), Path("/notebooks"))


def test_a_course_is_served_from_its_version() -> None:
    course = Course("stats", "https://git.example.org/stats", 0.0, version="abc")
    assert PLACES.source("stats", course) == Path("/data/course-versions/stats/abc")
    assert PLACES.source("stats", Course("stats", "", 0.0)) is None
    assert PLACES.source("stats", None) == Path("/data/courses/stats")


def test_only_what_notebooks_must_reach_is_beside_them() -> None:
    ours = (
        PLACES.repository("a"),
        PLACES.secrets("a"),
        PLACES.log("a", 1),
        PLACES.manifests("ann", "home"),
        PLACES.exports("a"),
        PLACES.snapshots,
    )
    assert all(each.is_relative_to("/data") for each in ours)
    assert PLACES.reachable.is_relative_to("/notebooks")
