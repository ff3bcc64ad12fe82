"""Values of AWS calls that are more than they show: secrets, files, results of earlier calls.

A plan holds these in place of the plain value, so that it can be printed as a whole. Promises: a
`Hidden` value does not show itself in any rendering; only `resolve` takes it out, for the call.
"""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A secret on its way to AWS."""

    value: str = field(repr=False)

    def __repr__(self) -> str:
        return HIDDEN


@dataclass(frozen=True, slots=True)
class Later:
    """What an earlier step will have answered, under `name`; `says` stands for it until then."""

    name: str
    says: str

    def __repr__(self) -> str:
        return f"<{self.says}>"


@dataclass(frozen=True, slots=True)
class FileBody:
    """The contents of a file; opened when the call is made, closed after it."""

    path: Path
    size: int

    def __repr__(self) -> str:
        return f"<{self.path.name}, {render_size(self.size)}>"


def resolve(value: Any, answers: Mapping[str, str], files: ExitStack) -> Any:
    """Return the plain value; `files` closes what is opened for it."""
    if isinstance(value, Hidden):
        return value.value
    if isinstance(value, Later):
        return answers[value.name]
    if isinstance(value, FileBody):
        return files.enter_context(value.path.open("rb"))
    if isinstance(value, Mapping):
        return {name: resolve(each, answers, files) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(each, answers, files) for each in value]
    return value


def find_secrets(value: Any) -> list[str]:
    """Return every hidden value below this one, so that logs can be searched for them."""
    if isinstance(value, Hidden):
        return [value.value]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [secret for each in value for secret in find_secrets(each)]
    return []


def redact(line: str, secrets: Iterable[str]) -> str:
    """Take known secrets out of a line."""
    for secret in secrets:
        if secret:
            line = line.replace(secret, HIDDEN)
    return line


def render_size(size: int) -> str:
    """Say a number of bytes in the unit that reads best."""
    if size < 1024 * 1024:
        return f"{max(1, size // 1024)} KB"
    return f"{size / 1024 / 1024:.1f} MB"
