from aiohttp.test_utils import make_mocked_request

from proxy.core.statistics_span import Span
from proxy.web.course_access import look
from proxy.web.statistics_wanted import count, span_of
from tests.web.page_front import Pages
from tests.web.statistics_course import fill


async def test_the_order_is_the_courses_own_and_the_days_those_of_the_address(
    pages: Pages,
) -> None:
    today = await fill(pages)
    request = make_mocked_request("GET", f"/x?from={'2027-01-15'}", app=pages.app)
    span = span_of(request)
    assert span == Span(today, today)
    view = await pages.store.read(look, "python", pages.people["bob"])
    found = await count(request, view, span)
    assert found.notebooks[0].name == "w1/intro"
    assert found.openings == 3
