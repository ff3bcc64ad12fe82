"""Beanstalk's namespaces and options, from `option_table.toml` beside this module.

Promises: the table is read once. Must not: judge; that is `option_check`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

VARIABLES = "<variable>"
PATHS = "<path>"
ANY = "<any>"
OPEN = frozenset({VARIABLES, PATHS, ANY})
DEFAULT_NAMESPACE = "aws:elasticbeanstalk:application:environment"

_PORT = re.compile(r"[1-9][0-9]{0,4}")
_NAME = re.compile(r"[A-Za-z0-9][\w-]*")
# What stands for a name of the operator's at the end of a namespace → what that may be.
_PLACEHOLDERS = {"PORT": _PORT, "PROCESS": _NAME, "RULE": _NAME, "POLICY": _NAME}


@cache
def read_table() -> Mapping[str, Mapping[str, str]]:
    """Return namespace → option → kind of value, as written in the table."""
    text = files(__package__).joinpath("table.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def find_options(namespace: str) -> Mapping[str, str] | None:
    """Return a namespace's options; None if there is no such namespace."""
    table = read_table()
    ending = namespace.rpartition(":")[2]
    if ending in _PLACEHOLDERS:
        return None
    if namespace in table:
        return table[namespace]
    for name in _patterns():
        stem, _, placeholder = name.rpartition(":")
        if namespace == f"{stem}:{ending}" and _fits(placeholder, ending):
            return table[name]
    return None


def list_namespaces(like: str) -> list[str]:
    """Return every namespace, placeholders filled with the end of `like` where that fits."""
    ending = like.rpartition(":")[2]
    names = []
    for name in read_table():
        stem, _, last = name.rpartition(":")
        fits = last in _PLACEHOLDERS and _fits(last, ending)
        names.append(f"{stem}:{ending}" if fits else name)
    return names


def _patterns() -> Iterator[str]:
    return (name for name in read_table() if name.rpartition(":")[2] in _PLACEHOLDERS)


def _fits(placeholder: str, ending: str) -> bool:
    if _PLACEHOLDERS[placeholder].fullmatch(ending) is None:
        return False
    return placeholder != "PORT" or int(ending) <= 65535
