"""The rows of the endpoint table that are about scores."""

from proxy.core.errors import (
    Conflict,
    Forbidden,
    NotFound,
    TooManyAttempts,
    UnprocessableInput,
)
from proxy.web import api_scores
from proxy.web.api_endpoint import Caller, Endpoint, Parameter, Reply
from proxy.web.schemas import Message
from proxy.web.score_schemas import Grade, KernelScore, ScoreInfo

_COURSE = (("type", "string"), ("minLength", 1), ("maxLength", 100))


def list_score_endpoints() -> tuple[Endpoint, ...]:
    """Return the rows."""
    return (
        Endpoint(
            "GET",
            "/api/scores",
            api_scores.list_scores,
            "List your scores; with `course`, those of all whom you teach in it",
            (Reply(200, "The scores, newest first", ScoreInfo, many=True),),
            parameters=(Parameter("course", "query", "Of this course", _COURSE),),
            problems=(NotFound,),
        ),
        Endpoint(
            "POST",
            "/api/scores",
            api_scores.report_score,
            "Report the score of a notebook: its kernel alone may, known by the account it runs as",
            (Reply(202, "It is on its way to the learning platform", Message),),
            Caller.KERNEL,
            body=KernelScore,
            problems=(Forbidden, NotFound, TooManyAttempts, UnprocessableInput),
        ),
        Endpoint(
            "POST",
            "/api/courses/{course}/grades",
            api_scores.give_grade,
            "Give a student's notebook a grade, as a teacher of the course",
            (Reply(202, "It is on its way to the platform", Message, headers=("Location",)),),
            body=Grade,
            problems=(Forbidden, NotFound, UnprocessableInput),
        ),
        Endpoint(
            "POST",
            "/api/scores/{id}/retry",
            api_scores.retry_score,
            "Send a score again that the learning platform did not take",
            (Reply(200, "It is on its way again", ScoreInfo),),
            problems=(NotFound, Conflict),
        ),
    )
