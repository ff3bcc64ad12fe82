"""Bodies of the control API: what it accepts, and what it answers.

Promises: unknown keys are refused, no value is bent into another type, and an error names the key
as the client wrote it. The OpenAPI document takes its schemas from here. Must not: decide anything
but the shape of a value.
"""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from proxy.auth.passwords import LONGEST, SHORTEST
from proxy.core.gateways import GATEWAY_URL, gateway_problem
from proxy.core.identity import SLUG
from proxy.core.lifecycle import State
from proxy.core.slugs import MAX_NAME, name_problem

MAX_TOKEN_DAYS = 3650
# Every printable character: names and labels are shown in terminals and logs.
_PRINTABLE = r"^[^\u0000-\u001f\u007f-\u009f]*$"


def _check_gateway(url: str) -> str:
    if problem := gateway_problem(url):
        raise ValueError(problem)
    return url


def _check_slug(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        raise ValueError("This is a short name of small letters, digits and hyphens.")
    return slug


def _check_name(name: str) -> str:
    if problem := name_problem(name):
        raise ValueError(problem)
    return name


Slug = Annotated[
    str, AfterValidator(_check_slug), Field(json_schema_extra={"pattern": f"^{SLUG.pattern}$"})
]
UserName = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_NAME), AfterValidator(_check_name)
]
Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=_PRINTABLE)]
GatewayUrl = Annotated[
    str,
    AfterValidator(_check_gateway),
    Field(json_schema_extra={"format": "uri", "pattern": f"^{GATEWAY_URL.pattern}$"}),
]


def whole(value: object) -> object:
    """In JSON 30 and 30.0 are one number (JSON Schema, 6.1.1); Python's strictness forgets it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Body(BaseModel):
    """What a client sends: strict, and no key too many."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, validate_by_name=False, hide_input_in_errors=True
    )


class Answer(BaseModel):
    """What a client gets; more keys may come in later versions."""

    model_config = ConfigDict(frozen=True)


class StartRequest(Body):
    """Which server to start; everything has a default."""

    owner: Slug | None = Field(default=None, description="Slug of its owner; default: whoever asks")
    workspace: Slug | None = Field(default=None, description="Default: the one workspace there is")
    gateway_url: GatewayUrl | None = Field(
        default=None,
        alias="gateway-url",
        description="Kernels run on this Jupyter gateway; default: that of the installation",
    )


class NewUser(Body):
    """An account to create; without a password it can sign in by a one-time link only."""

    name: UserName
    password: Password | None = None
    admin: bool = False


class NewPassword(Body):
    """Replaces a password."""

    password: Password


class Role(Body):
    """Replaces somebody's role."""

    admin: bool


class Access(Body):
    """Closes an account, or opens it again."""

    disabled: bool


class NewToken(Body):
    """A bearer token to create, for the person who asks."""

    label: Label = Field(description="Says what it is for")
    expires_in_days: Annotated[int | None, BeforeValidator(whole)] = Field(
        default=None, ge=1, le=MAX_TOKEN_DAYS, description="Default: it does not expire"
    )


class ServerInfo(Answer):
    """A server: where it is reached, and how it is. Times are UTC seconds since the epoch."""

    owner: str
    workspace: str
    state: State
    reason: str = Field(description="Why it failed or was stopped; else empty")
    url: str
    base_url: str
    hostname: str
    port: int
    secure: bool
    notebook_dir: str
    pid: int | None
    started: float | None
    last_activity: float | None
    memory: int | None = Field(description="Bytes; what processes share counts by its share")
    cpu: float | None = Field(description="Per cent of one core")
    place: int | None = Field(description="In the queue, from 1 on")


class ServerLog(Answer):
    """The last lines that a server wrote, oldest first."""

    lines: list[str]


class UserInfo(Answer):
    """An account."""

    name: str
    slug: str = Field(description="Stands for the name in URLs")
    admin: bool
    disabled: bool = Field(description="Nobody may sign in as them")
    created: float
    has_password: bool


class Me(UserInfo):
    """Who asks, and by which credential."""

    credential: Literal["session", "token"]


class TokenInfo(Answer):
    """A bearer token, without its secret."""

    id: str
    user: str
    label: str
    created: float
    last_used: float | None
    expires: float | None


class CreatedToken(TokenInfo):
    """A bearer token with its secret, which is shown this once."""

    token: str


class Message(Answer):
    """A sentence that says what was done."""

    message: str


class Health(Answer):
    """Each part is `ok` or a sentence that says what it lacks."""

    status: Literal["ok", "failing"]
    front: str
    relay: str
    store: str


class Step(Answer):
    """One server-sent event of a start or stop; `log` holds the last lines if it failed."""

    state: State
    message: str
    percent: int
    log: list[str]


class Problem(Answer):
    """What went wrong, and what to do about it (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    request_id: str = Field(description="The operator finds it in the log")
