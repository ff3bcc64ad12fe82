"""Bodies of the part of the control API about snapshots. The same promises as `schemas`."""

from typing import Annotated

from pydantic import Field, StringConstraints

from proxy.core.snapshot import MOST_TITLE, Lifetime
from proxy.web.schemas import Answer, Body

NotebookPath = Annotated[
    str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[^\u0000-\u001f\u007f]*$")
]
ServerText = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z0-9/-]*$")]
Title = Annotated[str, StringConstraints(max_length=MOST_TITLE, pattern=r"^[^\u0000]*$")]


class NewSnapshot(Body):
    """What is to be shared."""

    path: NotebookPath = Field(description="The notebook, below the workspace, with its suffix")
    server: ServerText = Field("", description="`owner/workspace`; without it, your own")
    title: Title = Field("", description="Without it, the notebook's name")
    expires: Lifetime = Lifetime.NEVER


class SnapshotInfo(Answer):
    """A notebook that is shared. Times are UTC seconds since the epoch."""

    id: int
    user: str
    course: str = Field(description="Empty if it is in no course's folder")
    path: str
    title: str
    size: int = Field(description="Of the page, in bytes")
    created: float
    expires: float | None
    url: str = Field(description="The link; empty for what is somebody else's")
