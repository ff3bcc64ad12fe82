"""What a Dockerfile takes from its build context: `COPY`, `ADD` and bind mounts of `RUN`.

https://docs.docker.com/reference/dockerfile/
Pure. Must not: understand anything else of it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

_LINE = re.compile(r"\s*(?P<instruction>[A-Za-z]+)\s+(?P<rest>.*)", re.DOTALL)
_FLAG = re.compile(r"--(?P<name>[a-z-]+)(=(?P<value>\S+))?\s+")
_HEREDOC = re.compile(r"<<-?(?P<quote>[\"']?)(?P<end>\w+)(?P=quote)")


@dataclass(frozen=True, slots=True)
class Taken:
    """A path of the context that an instruction needs; a folder stands for all that is in it."""

    path: str
    line: int
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with its continued lines joined; `line` is its first."""

    line: int
    name: str
    rest: str


def read_instructions(text: str) -> Iterator[Instruction]:
    """Yield the instructions, comments and the bodies of here-documents left out."""
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = [line.rstrip()]
        while parts[-1].endswith("\\"):
            _, following = next(lines, (0, ""))
            parts[-1] = parts[-1][:-1]
            is_comment = following.lstrip().startswith("#")
            parts.append("\\" if is_comment else following.rstrip())
        joined = " ".join(parts)
        for document in _HEREDOC.finditer(joined):
            end = document["end"]
            for _, inside in lines:
                if inside.strip() == end:
                    break
        if match := _LINE.match(joined):
            yield Instruction(number, match["instruction"].upper(), match["rest"].strip())


def find_taken(text: str) -> list[Taken]:
    """Return every path of the context that the build needs, as it is written there."""
    found = [_taken(instruction) for instruction in read_instructions(text)]
    return list(chain.from_iterable(found))


def first_exposed(text: str) -> str | None:
    """Return the first port that the last stage exposes, without its protocol."""
    ports: list[str] = []
    for instruction in read_instructions(text):
        if instruction.name == "FROM":
            ports = []
        elif instruction.name == "EXPOSE":
            ports += instruction.rest.split()
    return ports[0].partition("/")[0] if ports else None


def _taken(instruction: Instruction) -> Iterator[Taken]:
    flags, rest = _split_flags(instruction.rest)
    if instruction.name in {"COPY", "ADD"} and not any(name == "from" for name, _ in flags):
        for source in _sources(rest):
            if "://" not in source and not source.startswith("<<"):
                yield Taken(_normal(source), instruction.line)
    if instruction.name == "RUN":
        for name, value in flags:
            options = dict(part.partition("=")[::2] for part in value.split(","))
            is_bind = name == "mount" and options.get("type", "bind") == "bind"
            if is_bind and "from" not in options:
                source = options.get("source", options.get("src", "."))
                yield Taken(_normal(source), instruction.line, is_needed=False)


def _split_flags(rest: str) -> tuple[list[tuple[str, str]], str]:
    flags = []
    while match := _FLAG.match(rest):
        flags.append((match["name"], match["value"] or ""))
        rest = rest[match.end() :]
    return flags, rest


def _sources(rest: str) -> list[str]:
    if rest.startswith("["):
        try:
            words = [str(word) for word in json.loads(rest)]
        except (ValueError, RecursionError):
            words = []
    else:
        words = rest.split()
    return words[:-1]


def _normal(path: str) -> str:
    return path.removeprefix("./").strip("/") or "."
