"""The page of a course: people and scores for its teachers, one's own scores for students.

Promises: a teacher sees the people of their own course pages alone; what the learning platform does
not tell now is said in a sentence, and the page is shown all the same. Must not: send a score
(`score_delivery`).
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.course_links import course_address, course_tabs
from proxy.core.errors import NotFound, SifuError, UnprocessableInput
from proxy.core.gradebook import Gradebook, Mark, Person
from proxy.core.score_retry import ScoreState
from proxy.store import course_progress, grade_links, memberships, platforms, scores
from proxy.store.grade_links import GradeLink
from proxy.store.memberships import Membership
from proxy.store.scores import NewScore, Score
from proxy.web import course_copies, course_environment, grading
from proxy.web.course_access import CourseView, require_course, require_teacher
from proxy.web.course_notebooks import notebooks_of
from proxy.web.course_overview import overview_values
from proxy.web.course_statistics import section_of as statistics_section
from proxy.web.forms import read_form
from proxy.web.keys import ROSTERS, STORE
from proxy.web.problems import see_other
from proxy.web.render import render_page

Section = Callable[[web.Request, CourseView], Awaitable[dict[str, object]]]
# What other parts show on the page of who leads: a template, and what gives it its values.
SECTIONS: tuple[tuple[str, Section], ...] = (
    ("course_statistics.html", statistics_section),
    ("course_environment.html", course_environment.section_of),
    ("course_copies.html", course_copies.section_of),
)
MOST_PEOPLE: Final = 500
MOST_LINKS: Final = 1000
_MOST_PAGES: Final = 5
_MOST_DIGITS: Final = 18


async def show_course(request: web.Request) -> web.Response:
    """The course, as whoever asks may see it."""
    return await _page(request, await require_course(request, request.match_info["course"]))


async def post_grade(request: web.Request) -> web.Response:
    """Give a grade."""
    view = await require_teacher(request, request.match_info["course"])
    form = await read_form(request)
    try:
        slug, _, notebook = form.get("work", "").partition("/")
        new = NewScore(
            _points(form.get("given", "")),
            _points(form.get("most", "")),
            form.get("comment", "").strip(),
            view.user.slug,
        )
        await grading.give(request, view, slug, notebook, new)
    except (UnprocessableInput, NotFound) as problem:
        return await _page(request, view, told=problem, draft=form)
    return see_other(course_address(view.course))


async def post_retry(request: web.Request) -> web.Response:
    """Send a score again."""
    view = await require_teacher(request, request.match_info["course"])
    number = request.match_info["id"]
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        raise NotFound("There is no such score.")
    try:
        await grading.try_again(request, int(number))
    except SifuError as problem:
        return await _page(request, view, told=problem)
    return see_other(course_address(view.course))


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get("/courses/{course}", show_course),
        web.post("/courses/{course}/grades", post_grade),
        web.post("/courses/{course}/scores/{id}/retry", post_retry),
    ]


def title_of(view: CourseView) -> str:
    """Return what the course is called: here, on the person's course page, or its name."""
    if view.entry is not None:
        return view.entry.shown_title
    return next((each.title for each in view.own if each.title), view.course)


async def _page(
    request: web.Request,
    view: CourseView,
    *,
    told: SifuError | None = None,
    draft: dict[str, str] | None = None,
) -> web.Response:
    values: dict[str, object] = {
        "course": view.course,
        "here": course_address(view.course),
        "title": title_of(view),
        "tabs": course_tabs(view.course),
        "told": "" if told is None else told.public,
        "draft": draft or {},
        "copy_notices": [],
    }
    if view.leads:
        template = "course_overview.html"
        values |= await overview_values(request, view) | await _sections(request, view)
        values |= await _for_teacher(request, view)
    elif view.is_teacher:
        template = "course_teacher.html"
        values |= await course_copies.section_of(request, view)
        values |= await _for_teacher(request, view)
    else:
        template = "course_student.html"
        values |= await course_copies.section_of(request, view)
        values |= await _for_student(request, view)
    return render_page(request, template, values, status=200 if told is None else told.status)


async def _sections(request: web.Request, view: CourseView) -> dict[str, object]:
    values: dict[str, object] = {"sections": [template for template, _ in SECTIONS]}
    for _, section_of in SECTIONS:
        values |= await section_of(request, view)
    return values


async def _for_student(request: web.Request, view: CourseView) -> dict[str, object]:
    store = request.app[STORE]
    groups, left_out = await notebooks_of(request, view.course, view.entry)
    return {
        "groups": groups,
        "left_out": left_out,
        "titles": {each.path: each.title for group in groups for each in group.notebooks},
        # Nobody else gets scores: they are given to links of a learning platform.
        "has_platform": bool(view.own),
        "last": await store.read(course_progress.last_notebook, view.course, view.user.id),
        "scores": await store.read(scores.list_of_person, view.user.id, view.course),
    }


async def _for_teacher(request: web.Request, view: CourseView) -> dict[str, object]:
    arrived, links, given = await request.app[STORE].read(_read, view)
    book = Gradebook()
    for each in arrived:
        book.add_arrived((each.place.platform_id, each.subject), _person(each))
    notices = await _add_listed(request, arrived, book)
    marks: defaultdict[str, list[Mark]] = defaultdict(list)
    for score in given:
        marks[score.slug].append(_mark(score))
    book.add_marks(marks)
    rows = book.rows()
    # As the platform writes them, where it does.
    names = {row.slug: row.name for row in rows if row.slug}
    slugs = {each.user.id: each.user.slug for each in arrived}
    return {
        "people": rows[:MOST_PEOPLE],
        "number": len(rows),
        "notices": notices,
        "names": names,
        "works": _works(links, slugs, names),
        "are_more": len(links) > MOST_LINKS,
        "scores": _shown(given),
    }


def _read(
    connection: Connection, view: CourseView
) -> tuple[list[Membership], list[GradeLink], list[Score]]:
    return (
        memberships.in_places(connection, view.course, view.taught),
        grade_links.list_of_course(connection, view.course, view.taught),
        scores.latest_of_course(connection, view.course, view.taught),
    )


async def _add_listed(
    request: web.Request, arrived: Sequence[Membership], book: Gradebook
) -> list[str]:
    """Add whom the platforms list; return what is to be told of those that do not answer."""
    addresses = dict.fromkeys(
        (each.place.platform_id, each.members_url) for each in arrived if each.members_url
    )
    asked = list(addresses)[:_MOST_PAGES]
    return [
        told
        for told in await asyncio.gather(*(_add_page(request, *each, book) for each in asked))
        if told
    ]


async def _add_page(request: web.Request, platform_id: int, address: str, book: Gradebook) -> str:
    platform = await request.app[STORE].read(platforms.find, platform_id)
    if platform is None:
        return ""
    roster = await request.app[ROSTERS].look(platform, address)
    if isinstance(roster, str):
        return f"{roster} Shown are those who were here."
    for member in roster.members:
        book.add_listed((platform_id, member.subject), member.name, member.role)
    return "" if roster.is_whole else f"{platform.entry.title} lists more people than are shown."


def _person(membership: Membership) -> Person:
    user = membership.user
    return Person(user.name, membership.role, user.slug, membership.seen, membership.is_preview)


def _mark(score: Score) -> Mark:
    new = score.new
    return Mark(score.link.notebook, new.given, new.most, score.state.value, new.comment)


def _works(
    links: Sequence[GradeLink], slugs: Mapping[int, str], names: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """Return what can be graded: by notebook, the value of the choice and the student's name."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for link in links[:MOST_LINKS]:
        if slug := slugs.get(link.user_id, ""):
            found[link.notebook].append((f"{slug}/{link.notebook}", names.get(slug, slug)))
    return {notebook: sorted(each, key=lambda pair: pair[1]) for notebook, each in found.items()}


def _shown(given: Sequence[Score]) -> list[Score]:
    """Those that wait or failed first, then the last ones that arrived."""
    open_ones = [each for each in given if each.state in {ScoreState.WAITING, ScoreState.FAILED}]
    others = [each for each in given if each.state is ScoreState.SENT]
    return [*open_ones[:MOST_PEOPLE], *others[:20]]


def _points(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise UnprocessableInput("A score is a number, such as 8.5.") from None
