"""The statistics of a course over the control API: the numbers of the page."""

import asyncio
from collections.abc import Mapping

from aiohttp import web

from proxy.core.course_statistics import Statistics
from proxy.core.statistics_span import say_day
from proxy.store import course_peaks
from proxy.store.course_peaks import Peak
from proxy.web.api_bodies import answer
from proxy.web.course_access import require_teacher
from proxy.web.keys import STORE
from proxy.web.statistics_schemas import (
    DayCount,
    NotebookInfo,
    PeakInfo,
    StatisticsInfo,
    StudentInfo,
)
from proxy.web.statistics_wanted import count, span_of


async def show_course_statistics(request: web.Request) -> web.Response:
    """Answer them, as whoever asks may see them."""
    view = await require_teacher(request, request.match_info["course"])
    span = span_of(request)
    found = await count(request, view, span)
    peaks: Mapping[int, Peak] = {}
    if view.leads:
        peaks = await request.app[STORE].read(course_peaks.find, view.course, span.first, span.last)
    # In a thread: a big course's matrix is a quarter of a million numbers.
    return await asyncio.to_thread(lambda: answer(_describe(view.course, found, peaks)))


def _describe(course: str, found: Statistics, peaks: Mapping[int, Peak]) -> StatisticsInfo:
    return StatisticsInfo(
        course=course,
        first=say_day(found.first),
        last=say_day(found.last),
        openings=found.openings,
        days=[
            DayCount(date=say_day(found.first + at), students=number)
            for at, number in enumerate(found.people_by_day)
        ],
        hours=list(found.openings_by_hour),
        notebooks=[
            NotebookInfo(notebook=each.name, students=each.people, openings=each.openings)
            for each in found.notebooks
        ],
        students=[
            StudentInfo(
                slug=each.person.slug,
                name=each.person.name,
                openings=each.openings,
                notebooks=each.notebooks,
                days=each.days,
                last=each.last,
            )
            for each in found.students
        ],
        matrix=[list(cells) for cells in found.cells],
        peaks=[
            PeakInfo(date=say_day(day), servers=each.servers, kernels=each.kernels)
            for day, each in sorted(peaks.items())
        ],
    )
