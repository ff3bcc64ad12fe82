"""Bodies of the part of the control API that is about packages of courses, as in `schemas`."""

from pydantic import Field

from proxy.web.schemas import Answer, Body


class BuildWish(Body):
    """How it is to be built."""

    anew: bool = Field(
        default=False, description="Also if nothing has changed, to get the newest packages"
    )


class EnvironmentInfo(Answer):
    """The packages of a course's kernels. Times are UTC seconds since the epoch."""

    course: str
    requirements: str = Field(description="Path of the list of packages, below the course")
    kernel: str = Field(description="What a notebook's toolbar shows while it is in use")
    in_use: bool = Field(description="False: notebooks have the default kernel")
    is_current: bool = Field(description="It is what the served version asks for")
    version: str = Field(description="The version of the course that it was taken into use for")
    size: int = Field(description="Bytes on the disk")
    packages: int
    since: float | None = Field(description="When it was taken into use")
    can_go_back: bool = Field(description="There is a former one; else one goes back to none")
    problem: str = Field(description="Why nothing can be built, or the latest build failed")
    building: bool


class BuildLines(Answer):
    """What a build wrote, oldest first."""

    lines: list[str]
