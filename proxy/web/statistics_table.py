"""The row of the endpoint table that is about statistics."""

from proxy.core.errors import Forbidden, NotFound, UnprocessableInput
from proxy.web import api_statistics
from proxy.web.api_endpoint import Endpoint, Parameter, Reply
from proxy.web.statistics_schemas import StatisticsInfo

_DATE = (("type", "string"), ("format", "date"))


def list_statistics_endpoints() -> tuple[Endpoint, ...]:
    """Return the rows."""
    return (
        Endpoint(
            "GET",
            "/api/courses/{course}/statistics",
            api_statistics.show_course_statistics,
            "Show who opened which notebooks of a course that you teach, day by day",
            (Reply(200, "The numbers, without staff", StatisticsInfo),),
            parameters=(
                Parameter("from", "query", "The first day (UTC); 30 days ago if left out", _DATE),
                Parameter("until", "query", "The last day (UTC); today if left out", _DATE),
            ),
            problems=(Forbidden, NotFound, UnprocessableInput),
        ),
    )
