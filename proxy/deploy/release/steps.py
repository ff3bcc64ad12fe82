"""A deployment as data: the calls to make, in their order, and what is said about them.

Nothing here is carried out; `carrying_out` does that, `render_step` prints it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Then(Enum):
    """What has to come about after a call before the next one."""

    GO_ON = "go on"
    ROLES_SPREAD = "IAM tells its other parts"
    VERSION_PROCESSED = "the version is processed"


@dataclass(frozen=True, slots=True)
class Step:
    """One call that changes something.

    `keeps` (name → member of the answer, dots lead into nested ones) is what later steps need.
    """

    says: str
    service: str
    operation: str
    parameters: Mapping[str, Any]
    keeps: Mapping[str, str] = field(default_factory=dict)
    then: Then = Then.GO_ON


@dataclass(frozen=True, slots=True)
class Goal:
    """The environment to follow until it runs the version `label`.

    `since` is the moment (seconds, AWS's clock) after which events belong to this deployment.
    """

    environment: str
    label: str
    since: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in their order, then the goal, if there is something to wait for."""

    steps: tuple[Step, ...]
    goal: Goal | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is done, and what the operator can do about it."""

    sentence: str


def render_step(step: Step) -> Iterator[str]:
    """Yield the lines for a step: the sentence, then the call as it would be made."""
    yield step.says
    yield f"    {step.service}.{step.operation}("
    for name, value in step.parameters.items():
        yield from _render_value(name, value, 8)
    yield "    )"


def _render_value(name: str, value: Any, indent: int) -> Iterator[str]:
    blank = " " * indent
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        yield f"{blank}{name}=["
        for each in value:
            yield f"{blank}    {_render_row(each)}"
        yield f"{blank}]"
    else:
        yield f"{blank}{name}={value!r}"


def _render_row(row: Mapping[str, Any]) -> str:
    if set(row) == {"Namespace", "OptionName", "Value"}:
        return f"{row['Namespace']} {row['OptionName']} = {row['Value']}"
    return ", ".join(f"{name}={value!r}" for name, value in row.items())
