"""A course of this installation: `bob` is listed as its teacher, `ada` came to it by herself."""

from dataclasses import replace

from proxy.core.course import Course, Outline, Track, TrackNotebook
from proxy.core.lti_roles import CourseRole
from proxy.courses.places import CoursePlaces
from proxy.store import course_people, courses
from tests.web.page_front import Answer, Pages

OUTLINE = Outline(
    title="Statistics <for> all",
    tracks=(
        Track("Week 1", (TrackNotebook("week 1/means.ipynb", "Means & medians"),)),
        Track("Week 2", (TrackNotebook("week 2/tests.ipynb", "Tests"),)),
    ),
)
STATS = Course(
    "stats",
    "https://git.example.org/stats",
    5.0,
    version="a1b2c3d4" + "0" * 32,
    updated=1_799_990_000.0,
    outline=OUTLINE,
)


async def add_course(pages: Pages, **changes: object) -> Course:
    """Add the course and its two people."""
    course = replace(STATS, **changes)  # type: ignore[arg-type]
    await pages.store.write(courses.add, course)
    await list_person(pages, "bob", CourseRole.TEACHER, course.name)
    await pages.store.write(course_people.note_seen, course.name, pages.people["ada"].id, 7.0)
    return course


async def list_person(
    pages: Pages, name: str, role: CourseRole = CourseRole.STUDENT, course: str = "stats"
) -> None:
    await pages.store.write(
        course_people.set_role, course, pages.people[name].id, role, pages.clock()
    )


async def begin_help(pages: Pages, who: str = "bob", slug: str = "ada") -> Answer:
    """Begin to help; if it was allowed, the browser of `who` has the new session."""
    answer = await pages.ask("POST", f"/courses/stats/people/{slug}/help", who)
    if answer.status == 303:
        pages.secrets[who] = answer.session
    return answer


def put_notebook(pages: Pages, path: str, course: Course = STATS) -> None:
    """Put a notebook where the served version of the course lies."""
    places = CoursePlaces(pages.settings.data, pages.settings.notebooks)
    file = places.version(course.name, course.version) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{}")
