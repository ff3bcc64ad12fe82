"""What a YAML node says, without making Python objects of it.

The values of options are text to Beanstalk, so they are judged as they are written; and a node
knows its line. Must not: resolve tags, run constructors, or follow a node more than once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

STANDARD = "tag:yaml.org,2002:"
_DYNAMIC = re.compile(r"\s*`.*`\s*|.*\{\{resolve:.*", re.DOTALL)
_OWN_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping and its value; `line` is the key's."""

    name: str
    line: int
    value: Node


def line_of(node: Node) -> int:
    """Return the line that the node begins on, from 1."""
    return int(node.start_mark.line) + 1


def text_of(node: Node) -> str | None:
    """Return a scalar's text as it is written, without its quotes; None for anything else."""
    return str(node.value) if isinstance(node, ScalarNode) else None


def entries_of(node: Node) -> list[Entry]:
    """Return a mapping's entries that have a scalar for a key; nothing for another kind of node."""
    if not isinstance(node, MappingNode):
        return []
    return [
        Entry(str(key.value), line_of(key), value)
        for key, value in node.value
        if isinstance(key, ScalarNode)
    ]


def entry_of(node: Node, name: str) -> Entry | None:
    """Return the mapping's last entry of that name."""
    found = [entry for entry in entries_of(node) if entry.name == name]
    return found[-1] if found else None


def items_of(node: Node) -> list[Node]:
    """Return a sequence's items; nothing for another kind of node."""
    return list(node.value) if isinstance(node, SequenceNode) else []


def is_null(node: Node) -> bool:
    """Tell whether nothing is written there, or `null` or `~`."""
    return node.tag == f"{STANDARD}null"


def is_boolean(node: Node) -> bool:
    """Tell whether YAML reads a boolean there: true and false, but yes, no, on and off too."""
    return node.tag == f"{STANDARD}bool"


def is_function(node: Node) -> bool:
    """Tell whether the value is made when the environment is: its text cannot be judged.

    Those are CloudFormation's functions (`!Ref x`, `{"Ref": "x"}`, a text in backticks) and its
    references to secrets (`{{resolve:ssm:…}}`).
    """
    if not node.tag.startswith(STANDARD):
        return True
    if isinstance(node, MappingNode):
        names = [entry.name for entry in entries_of(node)]
        return len(names) == 1 and (names[0] == "Ref" or names[0].startswith("Fn::"))
    return isinstance(node, ScalarNode) and _DYNAMIC.fullmatch(node.value) is not None


def is_other_number(node: Node) -> bool:
    """Tell whether YAML makes another number of what is written (0755, 1_000, 12:30)."""
    if not isinstance(node, ScalarNode) or node.tag != f"{STANDARD}int":
        return False
    return _OWN_NUMBER.fullmatch(node.value) is None


def parts_of(node: Node) -> list[Node]:
    """Return what a node holds: a sequence's items, a mapping's keys and values."""
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return items_of(node)


def walk(root: Node) -> Iterator[Node]:
    """Yield every node once, however often aliases stand for it, in no particular order."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += parts_of(node)
