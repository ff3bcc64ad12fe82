"""The statistics of a course: its page, the picture of the heat map, and files for spreadsheets.

Promises: teachers alone see them, those by a platform for their own places; everything on the page
is there without scripts, as a picture and as numbers; GET changes nothing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from proxy.core.bars import Bars, draw_bars
from proxy.core.course_links import course_address, course_tabs
from proxy.core.course_statistics import Statistics, titles_of
from proxy.core.errors import NotFound, UnprocessableInput
from proxy.core.heat_layout import lay_out, shown_columns
from proxy.core.heat_map import draw_heat_map, shades
from proxy.core.statistics_export import FILES, write_csv, write_peaks
from proxy.core.statistics_span import Span, read_span, say_day
from proxy.store import course_peaks
from proxy.web.course_access import CourseView, require_teacher
from proxy.web.keys import CLOCK, COURSE_USE, STORE
from proxy.web.render import render_page
from proxy.web.statistics_wanted import count, span_of

_CHOICES: Final = (7, 30, 90)
_SUMMARY_DAYS: Final = 14
_PEAKS: Final = "peaks"


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars and their words; `file` names the numbers, empty if there is none."""

    title: str
    noun: str
    bars: Bars
    begin: str
    end: str
    file: str = ""


async def show_statistics(request: web.Request) -> web.Response:
    """The page; days that cannot be are said, and the usual ones shown."""
    view = await require_teacher(request, request.match_info["course"])
    told, status = "", 200
    try:
        span = span_of(request)
    except UnprocessableInput as problem:
        told, status = problem.public, problem.status
        span = read_span({}, request.app[CLOCK]())
    found = await count(request, view, span)
    values = await _values(request, view, found, span)
    return render_page(
        request, "course_statistics_page.html", values | {"told": told}, status=status
    )


async def show_heat_map(request: web.Request) -> web.Response:
    """The picture of the heat map, a pixel a cell."""
    view = await require_teacher(request, request.match_info["course"])
    found = await count(request, view, span_of(request))
    picture = await asyncio.to_thread(_draw, found)
    return web.Response(body=picture, content_type="image/png")


async def show_file(request: web.Request) -> web.Response:
    """One of the files: numbers for spreadsheets."""
    view = await require_teacher(request, request.match_info["course"])
    name, span = request.match_info["file"], span_of(request)
    if name == _PEAKS and view.leads:
        seen = await _read_peaks(request, view, span)
        return _file(name, span, write_peaks({day: astuple(each) for day, each in seen.items()}))
    if name not in FILES:
        raise NotFound("There is no file of that name.")
    found = await count(request, view, span)
    return _file(name, span, await asyncio.to_thread(write_csv, name, found))


async def section_of(request: web.Request, view: CourseView) -> dict[str, object]:
    """Return what `course_statistics.html` shows on the page of the course."""
    if not view.is_teacher:
        return {"statistics": None}
    span = read_span({}, request.app[CLOCK]())
    span = Span(span.last - _SUMMARY_DAYS + 1, span.last)
    found = await count(request, view, span)
    return {
        "statistics": found,
        "statistics_chart": _by_day(found),
        "statistics_address": f"{course_address(view.course)}/statistics",
    }


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    here = "/courses/{course}/statistics"
    return [
        web.get(here, show_statistics),
        web.get(f"{here}/heat.png", show_heat_map),
        web.get(f"{here}/{{file}}.csv", show_file),
    ]


async def _values(
    request: web.Request, view: CourseView, found: Statistics, span: Span
) -> dict[str, object]:
    slugs = {each.person.slug for each in found.students}
    peaks = await _read_peaks(request, view, span)
    here = f"{course_address(view.course)}/statistics"
    days = {"from": say_day(span.first), "until": say_day(span.last)}
    today = read_span({}, request.app[CLOCK]()).last
    return {
        "course": view.course,
        "title": view.entry.shown_title if view.entry else view.course,
        "back": course_address(view.course),
        "tabs": course_tabs(view.course),
        "here": here,
        "api": f"/api{here}?{urlencode(days)}",
        "query": urlencode(days),
        "days": days,
        "span": span,
        "choices": _choices(span, today),
        "found": found,
        "running": await request.app[COURSE_USE].now(slugs),
        "charts": [_by_day(found), _by_hour(found)],
        "peak_charts": _peaks(found, peaks) if peaks else [],
        "titles": titles_of(view.entry),
        "most": max((each.people for each in found.notebooks), default=0) or 1,
        "heat": lay_out(found),
        "shades": shades(),
    }


async def _read_peaks(
    request: web.Request, view: CourseView, span: Span
) -> Mapping[int, course_peaks.Peak]:
    if not view.leads:  # of a place alone nobody knows them
        return {}
    return await request.app[STORE].read(course_peaks.find, view.course, span.first, span.last)


def _file(name: str, span: Span, text: str) -> web.Response:
    saved_as = f"{name}-{say_day(span.first)}-{say_day(span.last)}.csv"
    return web.Response(
        text=text,
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{saved_as}"'},
    )


def _choices(span: Span, today: int) -> list[tuple[int, str, bool]]:
    """Return the usual lengths: days, the query for them, and whether it is the one shown."""
    return [
        (days, f"from={say_day(today - days + 1)}&until={say_day(today)}", span == chosen)
        for days in _CHOICES
        for chosen in [Span(today - days + 1, today)]
    ]


def _by_day(found: Statistics) -> Chart:
    labels = [say_day(day) for day in range(found.first, found.last + 1)]
    return _chart("Students each day", "student", found.people_by_day, labels, "students")


def _by_hour(found: Statistics) -> Chart:
    labels = [f"{hour:02}:00" for hour in range(24)]
    return _chart("Time of day (UTC)", "opening", found.openings_by_hour, labels, "hours")


def _peaks(found: Statistics, peaks: Mapping[int, course_peaks.Peak]) -> list[Chart]:
    days = range(found.first, found.last + 1)
    labels = [say_day(day) for day in days]
    nothing = course_peaks.Peak()
    seen = [peaks.get(day, nothing) for day in days]
    return [
        _chart("Servers at a time", "server", [each.servers for each in seen], labels, _PEAKS),
        _chart("Kernels at a time", "kernel", [each.kernels for each in seen], labels, _PEAKS),
    ]


def _chart(
    title: str, noun: str, values: Sequence[int], labels: Sequence[str], file: str = ""
) -> Chart:
    return Chart(title, noun, draw_bars(values, labels), labels[0], labels[-1], file)


def _draw(found: Statistics) -> bytes:
    columns = shown_columns(found)
    cells = found.cells
    if len(columns) != len(found.notebooks):
        cells = [[row[at] for at in columns] for row in cells]
    return draw_heat_map(cells, len(columns))
