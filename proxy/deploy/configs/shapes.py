"""What most sections have in common: names, each with a mapping of known keys.

Pure.
"""

from collections.abc import Collection, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from proxy.deploy.configs.nodes import (
    Entry,
    entries_of,
    is_boolean,
    is_function,
    items_of,
    line_of,
    text_of,
)
from proxy.deploy.configs.problem import Remark, quote, suggest


def check_mapping(node: Node, what: str) -> Iterator[Remark]:
    """Yield a remark unless the node is a mapping; `what` names it in the sentence."""
    if not isinstance(node, MappingNode):
        yield Remark(line_of(node), f"{what} should hold names, each with what belongs to it.")


def check_keys(entry: Entry, known: Collection[str]) -> Iterator[Remark]:
    """Yield a remark for a value that is no mapping, and for each key that is not known."""
    if not isinstance(entry.value, MappingNode):
        listed = ", ".join(sorted(known))
        yield Remark(entry.line, f"{quote(entry.name)} should hold keys: {listed}.")
    for key in entries_of(entry.value):
        if key.name not in known:
            said = f"{quote(key.name)} is no key of {quote(entry.name)}."
            yield Remark(key.line, said + suggest(key.name, known))


def check_truth(entry: Entry | None) -> Iterator[Remark]:
    """Yield a remark unless the value is a boolean."""
    if entry is None or is_boolean(entry.value):
        return
    if (text_of(entry.value) or "").lower() not in {"true", "false"}:
        yield Remark(entry.line, f"{quote(entry.name)} should be true or false.")


def check_text(entry: Entry | None) -> Iterator[Remark]:
    """Yield a remark unless the value is one text, or a function that makes one."""
    if entry is None or isinstance(entry.value, ScalarNode) or is_function(entry.value):
        return
    yield Remark(entry.line, f"{quote(entry.name)} should be a text.")


def check_texts(entry: Entry | None) -> Iterator[Remark]:
    """Yield a remark unless the value is a text or a list of texts."""
    if entry is None or not isinstance(entry.value, SequenceNode):
        yield from check_text(entry)
    elif not all(isinstance(item, ScalarNode) for item in items_of(entry.value)):
        yield Remark(entry.line, f"{quote(entry.name)} should be a list of texts.")
