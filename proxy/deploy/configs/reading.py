"""Text → the YAML or JSON that it holds, with lines; or what keeps it from being read.

Promises: any text at all gives a root or a remark, never an exception; a root has no cycle. Must
not: construct objects from tags.
"""

import json
import re
from dataclasses import dataclass

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from proxy.deploy.configs.nodes import line_of, parts_of, walk
from proxy.deploy.configs.problem import Remark, quote

MOST_CHARACTERS = 256 * 1024
_JSON_BEGINS = re.compile(r"\s*[{\[]")
# What the scanner says → what to do about it.
_HINTS = {
    r"character '\t' that cannot": "a tab; indent with spaces.",
    "character '`' that cannot": "a value that begins with ` needs quotation marks around it.",
    "character '@' that cannot": "a value that begins with @ needs quotation marks around it.",
    "character '%' that cannot": "a value that begins with % needs quotation marks around it.",
    "mapping values are not allowed here": (
        "a colon where none can be: the line is indented too far, or its value needs "
        "quotation marks."
    ),
    "could not find expected ':'": "there is no colon after the key.",
    "expected <block end>": (
        "this line is not indented like the others of its section, or something before it is "
        "not closed."
    ),
    "found another document": "a second document begins here; a file may hold one.",
    "found undefined alias": "this alias stands for an anchor that the file does not have.",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: a root unless the text cannot be understood, and what was noticed."""

    root: Node | None
    remarks: tuple[Remark, ...]


def read_config(text: str) -> Reading:
    """Read a configuration file: YAML, or JSON, which it may be as well."""
    if _JSON_BEGINS.match(text) and _json_fault(text) is None:
        text = text.replace("\t", " ")  # JSON may indent with tabs; its strings cannot hold one
    return _read(text)


def read_json(text: str) -> Reading:
    """Read a file that must be JSON."""
    fault = _json_fault(text)
    return Reading(None, (fault,)) if fault else _read(text.replace("\t", " "))


def _read(text: str) -> Reading:
    if len(text) > MOST_CHARACTERS:
        return Reading(None, (Remark(0, f"is longer than {MOST_CHARACTERS // 1024} KiB."),))
    remarks = _line_ends(text)
    loader = None
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
    except RecursionError:
        remarks.append(Remark(0, "is nested too deeply."))
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        line = int(loader.line) + 1 if loader else 1
        remarks.append(_fault(error, text, line))
    else:
        if root is None:
            remarks.append(
                Remark(0, "holds nothing but comments; delete it, or end its name otherwise.")
            )
        elif cycle := _find_cycle(root):
            remarks.append(Remark(cycle, "an alias stands for something that it is a part of."))
        else:
            return Reading(root, (*remarks, *_duplicates(root)))
    return Reading(None, tuple(remarks))


def _line_ends(text: str) -> list[Remark]:
    position = text.find("\r")
    if position < 0:
        return []
    line = text.count("\n", 0, position) + 1
    return [Remark(line, "the line ends in CR; end lines in LF alone (Unix).")]


def _json_fault(text: str) -> Remark | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return Remark(error.lineno, f"is not JSON: {error.msg} (column {error.colno}).")
    except RecursionError:
        return Remark(0, "is nested too deeply.")
    except ValueError:  # a number of thousands of digits
        return Remark(0, "holds a number that is too long.")
    return None


def _fault(error: Exception, text: str, line: int) -> Remark:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Remark(line, f"a character that YAML does not allow (U+{_code(error):04X}).")
    if not isinstance(error, yaml.MarkedYAMLError):
        return Remark(line, "a character code that does not exist.")
    # A key without its colon is noticed a line later than it stands.
    is_late = "expected ':'" in (error.problem or "")
    mark = (error.context_mark if is_late else None) or error.problem_mark or error.context_mark
    line = int(mark.line) + 1 if mark else line
    said = error.problem or "cannot be read"
    for part, hint in _HINTS.items():
        if part in said:
            return Remark(line, hint)
    return Remark(line, f"is not YAML: {said}.")


def _code(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(error.character)


def _find_cycle(root: Node) -> int:
    """Return the line of a node that contains itself, else 0."""
    open_nodes: set[int] = set()
    done: set[int] = set()
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, is_left = waiting.pop()
        if is_left:
            open_nodes.discard(id(node))
            done.add(id(node))
        elif id(node) in open_nodes:
            return line_of(node)
        elif id(node) not in done and not isinstance(node, ScalarNode):
            open_nodes.add(id(node))
            waiting.append((node, True))
            waiting += [(part, False) for part in parts_of(node)]
    return 0


def _duplicates(root: Node) -> list[Remark]:
    mappings = [node for node in walk(root) if isinstance(node, MappingNode)]
    remarks = [remark for node in mappings for remark in _twice_in(node)]
    return sorted(remarks, key=lambda remark: remark.line)


def _twice_in(node: MappingNode) -> list[Remark]:
    first: dict[str, int] = {}
    remarks = []
    for key, _ in node.value:
        if not isinstance(key, ScalarNode):
            remarks.append(Remark(line_of(key), "a list or a mapping cannot be a key."))
        elif key.value in first:
            said = (
                f"{quote(key.value)} stands here a second time (first in line {first[key.value]})"
            )
            remarks.append(Remark(line_of(key), f"{said}; Beanstalk drops one of them."))
        else:
            first[key.value] = line_of(key)
    return remarks
