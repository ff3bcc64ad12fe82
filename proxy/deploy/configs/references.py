"""Does what one file refers to stand in any file, or does Beanstalk make it?

    {Ref: NAME}   !Ref NAME   {"Fn::GetAtt": [NAME, ATTRIBUTE]}   !GetAtt NAME.ATTRIBUTE
    DependsOn: NAME           and all of these in a text in backticks

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions-functions.html
Pure. Must not: judge attributes; types have hundreds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yaml.nodes import Node, ScalarNode

from proxy.deploy.configs.names import AWS_RESOURCES, is_of_beanstalk
from proxy.deploy.configs.nodes import (
    entries_of,
    entry_of,
    items_of,
    line_of,
    text_of,
    walk,
)
from proxy.deploy.configs.problem import Problem, quote, suggest
from proxy.deploy.configs.reading import read_config

_SECTIONS = ("Resources", "Parameters")
_LITERAL = ("files", "commands", "container_commands", "packages", "services", "users", "groups")


@dataclass(frozen=True, slots=True)
class Reference:
    """A name, and the line that needs it."""

    name: str
    line: int


def find_lost_references(roots: Mapping[str, Node]) -> Iterator[Problem]:
    """Yield a problem for each reference to something that none of the files defines."""
    defined = {name for root in roots.values() for name in _defined(root)}
    for path, root in roots.items():
        for reference in sorted(set(_references(root)), key=lambda one: (one.line, one.name)):
            name = reference.name
            if name in defined or is_of_beanstalk(name) or name.startswith("AWS::"):
                continue
            said = f"no file defines {quote(name)}, which is referred to here."
            known = suggest(name, defined | AWS_RESOURCES)
            yield Problem(path, reference.line, said + known)


def _defined(root: Node) -> Iterator[str]:
    for section in _SECTIONS:
        if entry := entry_of(root, section):
            yield from (each.name for each in entries_of(entry.value))


def _references(root: Node) -> Iterator[Reference]:
    for section in entries_of(root):
        if section.name not in _LITERAL:
            for node in walk(section.value):
                yield from _of_node(node)


def _of_node(node: Node) -> Iterator[Reference]:
    line = line_of(node)
    if isinstance(node, ScalarNode):
        yield from _of_text(node)
    for entry in entries_of(node):
        named: str | None = None
        if entry.name in {"Ref", "DependsOn"}:
            named = text_of(entry.value)
            if entry.name == "DependsOn":
                yield from _all(items_of(entry.value))
        elif entry.name == "Fn::GetAtt":
            parts = [text_of(item) for item in items_of(entry.value)]
            named = parts[0] if parts else (text_of(entry.value) or "").partition(".")[0]
        if named:
            yield Reference(named, entry.line)
    if node.tag == "!GetAtt" and (parts := [text_of(item) for item in items_of(node)]) and parts[0]:
        yield Reference(parts[0], line)


def _of_text(node: ScalarNode) -> Iterator[Reference]:
    text, line = str(node.value).strip(), line_of(node)
    if node.tag == "!Ref":
        yield Reference(text, line)
    elif node.tag == "!GetAtt":
        yield Reference(text.partition(".")[0], line)
    elif len(text) > 2 and text.startswith("`") and text.endswith("`"):
        inner = read_config(text[1:-1]).root
        nodes = walk(inner) if inner else iter(())
        functions = [each for each in nodes if not isinstance(each, ScalarNode)]
        names = [reference.name for each in functions for reference in _of_node(each)]
        yield from (Reference(name, line) for name in names)


def _all(nodes: list[Node]) -> Iterator[Reference]:
    for node in nodes:
        if name := text_of(node):
            yield Reference(name, line_of(node))
