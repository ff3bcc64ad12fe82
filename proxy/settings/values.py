"""From the text of a variable to a setting's value, and back.

Promises: `parse(spec, render(value)) == value` for all but secrets, and a `ValueError` that
is a sentence. Must not: know which settings there are.
"""

import ipaddress
import types
from dataclasses import Field
from pathlib import Path
from typing import Any, get_args, get_origin

from proxy.core.policy import Workspaces
from proxy.settings.declaration import Secret


def parse(spec: Field[Any], text: str) -> Any:
    text = text.strip()
    if spec.type is int:
        return _whole_number(text)
    if spec.type is bool:
        return _switch(text)
    if spec.type is Workspaces:
        return _one_of(text, Workspaces)
    if spec.type is Path:
        return _path(text)
    if get_origin(spec.type) is tuple:
        item = get_args(spec.type)[0]
        parts = [part.strip() for part in text.split(",") if part.strip()]
        is_network = isinstance(item, types.UnionType)
        return tuple(ipaddress.ip_network(part) if is_network else part for part in parts)
    return Secret(text) if spec.type is Secret else text


def _whole_number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"“{text}” is not a whole number.")
    return int(text)


def _switch(text: str) -> bool:
    words = {"on": True, "1": True, "yes": True, "true": True}
    words |= {"off": False, "0": False, "no": False, "false": False}
    if text.lower() not in words:
        raise ValueError(f"“{text}” is neither `on` nor `off`.")
    return words[text.lower()]


def _one_of(text: str, kind: type[Workspaces]) -> Workspaces:
    if text not in {choice.value for choice in kind}:
        choices = " or ".join(f"`{choice.value}`" for choice in kind)
        raise ValueError(f"“{text}” is not {choices}.")
    return kind(text)


def _path(text: str) -> Path:
    # supervisord's configuration has no way to quote these.
    if not text or any(char in text for char in '%;"\n\r\0'):
        raise ValueError("a folder's name may not be empty or hold any of % ; \" or a line break.")
    return Path(text).expanduser()


def from_file(name: str) -> str:
    return Path(name.strip()).read_text().strip()


def render(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Workspaces):
        return value.value
    return repr(value) if isinstance(value, Secret) and value else str(value)
