"""The section `option_settings` → the settings in it, in either form that Beanstalk reads.

    option_settings:                    option_settings:
      NAMESPACE:                          - namespace: NAMESPACE
        OPTION: VALUE                       option_name: OPTION
                                            value: VALUE

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions-optionsettings.html
Must not: know which options there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from yaml.nodes import MappingNode, Node, SequenceNode

from proxy.deploy.configs.nodes import (
    entries_of,
    entry_of,
    is_boolean,
    is_function,
    is_null,
    is_other_number,
    items_of,
    line_of,
    text_of,
)
from proxy.deploy.configs.problem import Remark, quote, suggest
from proxy.deploy.options.table import DEFAULT_NAMESPACE

_KEYS = ("namespace", "option_name", "value", "resource_name")


@dataclass(frozen=True, slots=True)
class Setting:
    """One option's value as text; None if it is known only when the environment is made."""

    line: int
    namespace: str
    option: str
    value: str | None
    resource: str = ""


def read_settings_section(section: Node) -> Iterator[Setting | Remark]:
    """Yield each setting of the section, and what is not one."""
    if isinstance(section, SequenceNode):
        for item in items_of(section):
            yield from _read_item(item)
    elif isinstance(section, MappingNode):
        for namespace in entries_of(section):
            if not isinstance(namespace.value, MappingNode):
                said = f"{quote(namespace.name)} holds no options"
                yield Remark(namespace.line, f"{said}; write them below it as “option: value”.")
            for option in entries_of(namespace.value):
                yield _make(option.line, namespace.name, option.name, option.value)
    else:
        yield Remark(line_of(section), "option_settings holds neither a list nor namespaces.")


def _read_item(item: Node) -> Iterator[Setting | Remark]:
    line = line_of(item)
    if not isinstance(item, MappingNode):
        yield Remark(line, "an item of option_settings needs namespace, option_name and value.")
        return
    for key in entries_of(item):
        if key.name not in _KEYS:
            known = suggest(key.name, _KEYS)
            yield Remark(key.line, f"{quote(key.name)} is no key of an option's setting.{known}")
    name, value = entry_of(item, "option_name"), entry_of(item, "value")
    option = text_of(name.value) if name else None
    if not option or value is None:
        missing = "value" if option else "option_name"
        yield Remark(line, f"this item of option_settings has no {missing}.")
        return
    namespace = _text(item, "namespace") or DEFAULT_NAMESPACE
    yield _make(value.line, namespace, option, value.value, _text(item, "resource_name"))


def _make(
    line: int, namespace: str, option: str, value: Node, resource: str = ""
) -> Setting | Remark:
    if is_function(value):
        return Setting(line, namespace, option, None, resource)
    if is_null(value):
        return Remark(line, f'{quote(option)} has no value; write "" if it should be empty.')
    text = text_of(value)
    if text is None:
        return Remark(line, f"the value of {quote(option)} is not a text.")
    if is_other_number(value):
        said = f"the value of {quote(option)}, {quote(text)}, is another number to YAML"
        return Remark(line, f"{said}; put it in quotation marks.")
    return Setting(line, namespace, option, _boolean(value, text), resource)


def _boolean(value: Node, text: str) -> str:
    """Return what Beanstalk gets of an unquoted yes, no, on, off."""
    if not is_boolean(value):
        return text
    truths = {"yes": "true", "on": "true", "no": "false", "off": "false"}
    return truths.get(text.lower(), text.lower())


def _text(item: Node, key: str) -> str:
    entry = entry_of(item, key)
    return (text_of(entry.value) or "") if entry else ""
