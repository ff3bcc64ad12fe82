"""Scores over the control API: one's own, those of a course that one teaches, those of kernels.

Promises: who may see or give what is decided in `grading` and `course_access`, for pages and
scripts alike; a kernel is known by its account of the operating system and by nothing it says.
"""

from urllib.parse import quote

from aiohttp import web

from proxy.core.errors import NotFound
from proxy.core.score_retry import ScoreState
from proxy.store import scores
from proxy.store.scores import NewScore, Score
from proxy.web import grading
from proxy.web.access import require_identity
from proxy.web.api_bodies import answer, read_body
from proxy.web.course_access import require_course, require_teacher
from proxy.web.kernel_callers import count_score, require_kernel
from proxy.web.keys import STORE
from proxy.web.schemas import Message
from proxy.web.score_schemas import Grade, KernelScore, ScoreInfo

_MOST_DIGITS = 18


async def list_scores(request: web.Request) -> web.Response:
    """One's own; of a course that one teaches, everybody's."""
    user = require_identity(request).user
    course = request.query.get("course")
    if course is None:
        return answer(_described(await request.app[STORE].read(scores.list_of_person, user.id)))
    view = await require_course(request, course)
    if view.is_teacher:
        found = await request.app[STORE].read(scores.list_of_course, course, view.taught)
    else:
        found = await request.app[STORE].read(scores.list_of_person, user.id, course)
    return answer(_described(found))


async def report_score(request: web.Request) -> web.Response:
    """Take what a notebook says of itself."""
    user = await require_kernel(request)
    count_score(request, user)
    wish = await read_body(request, KernelScore)
    new = NewScore(wish.given, wish.most, wish.comment)
    await grading.report(request, user, wish.notebook, new)
    told = f"The score {wish.given:g} of {wish.most:g} is on its way to the course page."
    return answer(Message(message=told), status=202)


async def give_grade(request: web.Request) -> web.Response:
    """Take what a teacher says of a student's notebook."""
    view = await require_teacher(request, request.match_info["course"])
    wish = await read_body(request, Grade)
    new = NewScore(wish.given, wish.most, wish.comment, view.user.slug)
    await grading.give(request, view, wish.user, wish.notebook, new)
    location = f"/api/scores?course={quote(view.course, safe='')}"
    told = f"The score {wish.given:g} of {wish.most:g} is on its way to the course page."
    return answer(Message(message=told), status=202, headers={"Location": location})


async def retry_score(request: web.Request) -> web.Response:
    """Send a score again that the platform did not take."""
    require_identity(request)
    number = request.match_info["id"]
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        raise NotFound("There is no such score.")
    return answer(_describe(await grading.try_again(request, int(number))))


def _described(found: list[Score]) -> list[ScoreInfo]:
    return [_describe(score) for score in found]


def _describe(score: Score) -> ScoreInfo:
    is_waiting = score.state is ScoreState.WAITING
    return ScoreInfo(
        id=score.id,
        user=score.person,
        slug=score.slug,
        course=score.link.course,
        notebook=score.link.notebook,
        given=score.new.given,
        most=score.new.most,
        comment=score.new.comment,
        by=score.new.by,
        made=score.made,
        state=score.state,
        attempts=score.attempts,
        next_try=score.next_try if is_waiting else None,
        problem=score.problem,
        sent=score.sent,
    )
