"""The section `files`: path → what Beanstalk writes there on each machine.

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/customize-containers-ec2.html#linux-files
Pure.
"""

import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node

from proxy.deploy.configs.nodes import Entry, entries_of, entry_of, is_other_number, text_of
from proxy.deploy.configs.problem import Remark, quote
from proxy.deploy.configs.shapes import check_keys, check_mapping, check_text

_KEYS = ("mode", "owner", "group", "content", "source", "encoding", "authentication", "context")
# 120xxx makes a symbolic link (the content is its target); a file's mode is the last three digits.
_MODE = re.compile(r"(0{0,3}|100|120)[0-7]{3}")


def check_files(section: Node) -> Iterator[Remark]:
    """Yield what is wrong with the section."""
    yield from check_mapping(section, "files")
    for file in entries_of(section):
        if not file.name.startswith("/"):
            yield Remark(file.line, f"{quote(file.name)} should be a path from / on.")
        yield from check_keys(file, _KEYS)
        yield from _check_mode(entry_of(file.value, "mode"))
        yield from _check_content(file)
        for key in ("owner", "group", "source", "authentication"):
            yield from check_text(entry_of(file.value, key))


def _check_mode(mode: Entry | None) -> Iterator[Remark]:
    if mode is None:
        return
    written = text_of(mode.value) or ""
    if _MODE.fullmatch(written) is None:
        said = f"{quote(written)} is no file's mode"
        yield Remark(mode.line, f"{said}; it should be six octal digits, such as “000644”.")
    elif is_other_number(mode.value):
        said = f"put the mode in quotation marks: YAML makes another number of {written}"
        yield Remark(mode.line, f"{said}.")


def _check_content(file: Entry) -> Iterator[Remark]:
    if not isinstance(file.value, MappingNode):
        return
    content, source = entry_of(file.value, "content"), entry_of(file.value, "source")
    if (content is None) == (source is None):
        yield Remark(file.line, f"{quote(file.name)} needs one of content and source.")
    encoding = entry_of(file.value, "encoding")
    if encoding and text_of(encoding.value) not in {"plain", "base64"}:
        yield Remark(encoding.line, "encoding should be plain or base64.")
