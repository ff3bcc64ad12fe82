"""The statistics that a request asks for, as whoever asks may see them.

Promises: a teacher by a platform is given the students of their own places alone; notebooks come in
the order of the course. Must not: be asked by who is no teacher of it (`course_access`).
"""

from aiohttp import web

from proxy.core.course_statistics import Statistics, titles_of
from proxy.core.statistics_span import Span, read_span
from proxy.store.statistics import WantedStatistics
from proxy.web.course_access import CourseView
from proxy.web.keys import CLOCK, COURSE_COUNTS


def span_of(request: web.Request) -> Span:
    """Return the days that are asked for; raises `UnprocessableInput`."""
    return read_span(request.query, request.app[CLOCK]())


async def count(request: web.Request, view: CourseView, span: Span) -> Statistics:
    """Return the statistics of these days; raises `StoreUnavailable`."""
    places = None if view.taught is None else tuple(view.taught)
    order = tuple(titles_of(view.entry))
    wanted = WantedStatistics(view.course, span.first, span.last, places, order)
    return await request.app[COURSE_COUNTS].look(wanted)
