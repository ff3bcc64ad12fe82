"""Bodies of the part of the control API about statistics; the same promises as `schemas`."""

from pydantic import Field

from proxy.web.schemas import Answer


class DayCount(Answer):
    """How many students opened something on a day (UTC)."""

    date: str
    students: int


class NotebookInfo(Answer):
    """How often a notebook was opened; its path below the course, without its suffix."""

    notebook: str
    students: int
    openings: int


class StudentInfo(Answer):
    """What a student opened in this time; `last` is UTC seconds since the epoch."""

    slug: str
    name: str
    openings: int
    notebooks: int
    days: int
    last: float | None


class PeakInfo(Answer):
    """How many servers and kernels of students ran at a time, at most, on a day (UTC)."""

    date: str
    servers: int
    kernels: int


class StatisticsInfo(Answer):
    """Openings of a course's notebooks by its students."""

    course: str
    first: str = Field(description="The first day that is counted (UTC)")
    last: str = Field(description="The last one")
    openings: int
    days: list[DayCount]
    hours: list[int] = Field(description="Openings in each hour of the day (UTC)")
    notebooks: list[NotebookInfo]
    students: list[StudentInfo]
    matrix: list[list[int]] = Field(
        description="For each of the students how often they opened each of the notebooks"
    )
    peaks: list[PeakInfo]
