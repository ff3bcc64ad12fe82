"""Bodies of the part of the control API that is about scores. The same promises as `schemas`."""

from typing import Annotated

from pydantic import Field, StringConstraints

from proxy.core.score_retry import MOST_COMMENT, MOST_POINTS, ScoreState
from proxy.web.schemas import Answer, Body, Slug

# A path as the system writes it, or below the course.
Path = Annotated[
    str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[^\u0000-\u001f\u007f]*$")
]
Points = Annotated[float, Field(ge=0, le=MOST_POINTS, allow_inf_nan=False)]
Most = Annotated[float, Field(gt=0, le=MOST_POINTS, allow_inf_nan=False)]
Comment = Annotated[str, StringConstraints(max_length=MOST_COMMENT, pattern=r"^[^\u0000]*$")]


class KernelScore(Body):
    """What a notebook says of itself."""

    notebook: Path = Field(description="Where it is: the path that its kernel was started for")
    given: Points
    most: Most = 1.0
    comment: Comment = ""


class Grade(Body):
    """What a teacher says of a student's notebook."""

    user: Slug = Field(description="The student's slug")
    notebook: Path = Field(description="Below the course")
    given: Points
    most: Most
    comment: Comment = ""


class ScoreInfo(Answer):
    """A score, and what became of it. Times are UTC seconds since the epoch."""

    id: int
    user: str
    slug: str
    course: str
    notebook: str
    given: float
    most: float
    comment: str
    by: str = Field(description="Slug of the teacher who gave it; empty: the notebook did")
    made: float
    state: ScoreState
    attempts: int
    next_try: float | None = Field(description="When it is sent again, if it waits")
    problem: str = Field(description="Why the learning platform did not take it, so far")
    sent: float | None
