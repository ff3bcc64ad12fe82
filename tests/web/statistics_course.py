"""A course in which people opened something: `bob` teaches “python” here, the others learn."""

from proxy.core.course import Course, Outline, Track, TrackNotebook
from proxy.core.identity import ServerName
from proxy.core.lti_roles import CourseRole
from proxy.core.openings import day_and_minute
from proxy.store import course_people, courses, openings
from proxy.store.any_database import through
from proxy.store.openings import Opening
from tests.web.page_front import Pages

HERE = "/courses/python/statistics"
EVIL = "=<b>w1/'evil'"


async def fill(pages: Pages) -> int:
    """Let `ada` open two notebooks and `eve` one; return today's number."""
    tracks = (Track("Week 1", (TrackNotebook("w1/intro.ipynb", "Begin <here>"),)),)
    course = Course(
        "python", "https://git.example.org/p", 1.0, "Python & more", outline=Outline(tracks=tracks)
    )
    await pages.store.write(courses.add, course)
    await pages.add("eve")
    await pages.sign_in("eve")
    for name in ("ada", "bob", "eve"):
        role = CourseRole.TEACHER if name == "bob" else CourseRole.STUDENT
        user = pages.people[name]
        await pages.store.write(course_people.set_role, "python", user.id, role, 1.0)
    for name, notebook in (("ada", "w1/intro"), ("ada", EVIL), ("eve", "w1/intro"), ("bob", "x")):
        await open_notebook(pages, name, notebook)
    return day_and_minute(pages.clock())[0]


async def open_notebook(
    pages: Pages, name: str, notebook: str, *, course: str = "python", earlier: float = 0.0
) -> None:
    """Do as a relay does that saw it."""
    session = await pages.app_session(name)
    opening = Opening(
        course, notebook, session.id, ServerName(name, "home"), pages.clock() - earlier
    )
    await pages.store.write(
        lambda connection: openings.note_openings(through(connection), [opening])
    )
