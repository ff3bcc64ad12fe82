"""Bodies of the part of the control API that is about the installation as a whole.

The same promises as `schemas`. Amounts are in bytes, times in UTC seconds since the epoch.
"""

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from proxy.core.events import EventKind
from proxy.web.installation import MAX_DRAIN_SECONDS
from proxy.web.notices import MAX_MESSAGE
from proxy.web.schemas import Answer, Body, whole

# At least one character that is to be seen.
_TOLD = r"[^\u0000-\u0020\u007f-\u009f]"
Told = Annotated[str, StringConstraints(min_length=1, max_length=MAX_MESSAGE, pattern=_TOLD)]


class NewNotice(Body):
    """A message to all."""

    message: Told


class NoticeInfo(Answer):
    """What everybody is told; `message` is empty if nothing."""

    message: str
    since: float | None
    maintenance: bool = Field(description="No server is started now")


class NewMaintenance(Body):
    """Whether new servers may be started."""

    on: bool
    message: Annotated[str, StringConstraints(max_length=MAX_MESSAGE)] = Field(
        default="", description="What people are told"
    )
    drain_seconds: Annotated[int | None, BeforeValidator(whole)] = Field(
        default=None,
        ge=0,
        le=MAX_DRAIN_SECONDS,
        description="Stop the servers that run, too: idle ones now, the others after so long",
    )


class MaintenanceInfo(Answer):
    """Whether new servers may be started."""

    on: bool
    since: float | None
    message: str
    stop_all_at: float | None = Field(description="When the last server is stopped, if at all")


class EventInfo(Answer):
    """One event; `about` holds what else is known of it."""

    id: int
    at: float
    time: str = Field(description="The same in words (ISO 8601)")
    kind: EventKind
    user: str = Field(description="Slug of who did it or whose it is; empty if nobody's")
    server: str
    course: str
    about: dict[str, str]


class EventPage(Answer):
    """Some events, newest first; `next` is the `before` of the next page, if there is one."""

    events: list[EventInfo]
    next: int | None


class StoppedServers(Answer):
    """How many servers were stopped."""

    stopped: int


class WaitingServer(Answer):
    """A server in the queue."""

    owner: str
    workspace: str
    place: int


class DiskInfo(Answer):
    """The file system that a folder of ours lies on."""

    path: str
    total: int
    free: int


class SampleInfo(Answer):
    """How it was at a moment of the last day."""

    at: float
    running: int
    waiting: int
    memory: int
    requests: float = Field(description="A second, front and relay together")


class Overview(Answer):
    """The installation at a glance."""

    states: dict[str, int] = Field(description="How many servers are in each state")
    queue: list[WaitingServer]
    servers_memory: int = Field(description="Of all servers; shared pages count by their share")
    memory_total: int
    memory_free: int
    cpu: float = Field(description="Per cent of all cores")
    cores: int
    disks: list[DiskInfo]
    versions: dict[str, str]
    maintenance: bool
    isolated: bool = Field(description="Each person has an account of the system of their own")
    history: list[SampleInfo] = Field(description="Kept in memory: it begins anew with front")
