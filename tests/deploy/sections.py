"""How the tests of configuration files ask: a text in; nodes, or lines and sentences, out."""

from yaml.nodes import Node

from proxy.deploy.configs.nodes import Entry, entry_of
from proxy.deploy.configs.reading import read_config
from proxy.deploy.configs.sections import read_sections


def reasons(text: str) -> list[str]:
    return [remark.reason for remark in read_sections(text).remarks]


def reason(text: str) -> str:
    (only,) = reasons(text)
    return only


def root_of(text: str) -> Node:
    root = read_config(text).root
    assert root is not None
    return root


def entry_in(text: str, name: str) -> Entry:
    entry = entry_of(root_of(text), name)
    assert entry is not None
    return entry
