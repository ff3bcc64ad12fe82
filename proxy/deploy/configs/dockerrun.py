"""`Dockerrun.aws.json`, version 1: how Beanstalk runs the container that it builds.

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/single-container-docker-configuration.html
Pure.
"""

from collections.abc import Collection, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from proxy.deploy.configs.nodes import Entry, entries_of, entry_of, items_of, line_of, text_of
from proxy.deploy.configs.problem import Remark, quote, suggest
from proxy.deploy.configs.reading import read_json
from proxy.deploy.configs.shapes import check_keys, check_text

NAME = "Dockerrun.aws.json"
_KEYS = (
    "AWSEBDockerrunVersion",
    "Authentication",
    "Command",
    "Entrypoint",
    "Image",
    "Logging",
    "Ports",
    "Volumes",
)
_PORT_KEYS = ("ContainerPort", "HostPort")
_VOLUME_KEYS = ("HostDirectory", "ContainerDirectory")


def check_dockerrun(text: str, exposed: str | None = None) -> Iterator[Remark]:
    """Yield what is wrong with the file; `exposed`: the first port that the Dockerfile exposes."""
    reading = read_json(text)
    yield from reading.remarks
    root = reading.root
    if root is None:
        return
    if not isinstance(root, MappingNode):
        yield Remark(line_of(root), "should be a JSON object.")
        return
    for key in entries_of(root):
        if key.name not in _KEYS:
            known = suggest(key.name, _KEYS)
            yield Remark(key.line, f"{quote(key.name)} is no key of this file.{known}")
    yield from _check_version(root)
    yield from _check_ports(root, exposed)
    yield from _check_volumes(root)
    yield from _check_rest(root)


def _check_version(root: Node) -> Iterator[Remark]:
    version = entry_of(root, "AWSEBDockerrunVersion")
    if version is None:
        yield Remark(line_of(root), 'has no AWSEBDockerrunVersion; it should be "1".')
    elif text_of(version.value) != "1":
        said = f"AWSEBDockerrunVersion is {quote(text_of(version.value) or '')}"
        yield Remark(version.line, f'{said}; one container built from a Dockerfile needs "1".')


def _check_ports(root: Node, exposed: str | None) -> Iterator[Remark]:
    ports = entry_of(root, "Ports")
    if ports is None or not items_of(ports.value):
        line = ports.line if ports else line_of(root)
        yield Remark(line, "Ports should be a list with a ContainerPort in it.")
        return
    for item in items_of(ports.value):
        yield from _check_item(item, "Ports", _PORT_KEYS, "ContainerPort")
        for key in entries_of(item):
            yield from _check_port(key)
    first = entry_of(items_of(ports.value)[0], "ContainerPort")
    if first and exposed and text_of(first.value) not in {None, exposed}:
        said = f"the first ContainerPort should be {exposed}, the first that the Dockerfile exposes"
        yield Remark(first.line, f"{said}: Beanstalk sends requests to the first only.")


def _check_port(key: Entry) -> Iterator[Remark]:
    text = text_of(key.value)
    if text is None or not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= 65535:
        yield Remark(key.line, f"{key.name} should be a port from 1 to 65535.")


def _check_volumes(root: Node) -> Iterator[Remark]:
    volumes = entry_of(root, "Volumes")
    if volumes is None:
        return
    if not isinstance(volumes.value, SequenceNode):
        yield Remark(volumes.line, "Volumes should be a list.")
    targets: set[str] = set()
    for item in items_of(volumes.value):
        yield from _check_item(item, "Volumes", _VOLUME_KEYS, *_VOLUME_KEYS)
        for key in entries_of(item):
            yield from _check_path(key)
        target = entry_of(item, "ContainerDirectory")
        path = (text_of(target.value) or "") if target else ""
        if target and path in targets:
            yield Remark(target.line, f"{quote(path)} is mapped a second time.")
        targets.add(path)


def _check_rest(root: Node) -> Iterator[Remark]:
    if image := entry_of(root, "Image"):
        yield Remark(
            image.line, "leave Image out: Beanstalk builds the Dockerfile beside this file."
        )
    if authentication := entry_of(root, "Authentication"):
        yield from check_keys(authentication, ("Bucket", "Key"))
    if logging := entry_of(root, "Logging"):
        yield from _check_path(logging)
    for name in ("Command", "Entrypoint"):
        yield from check_text(entry_of(root, name))


def _check_item(item: Node, what: str, keys: Collection[str], *needed: str) -> Iterator[Remark]:
    if not isinstance(item, MappingNode):
        yield Remark(line_of(item), f"an item of {what} should be an object.")
        return
    for key in entries_of(item):
        if key.name not in keys:
            known = suggest(key.name, keys)
            yield Remark(key.line, f"{quote(key.name)} is no key of an item of {what}.{known}")
    for name in needed:
        if entry_of(item, name) is None:
            yield Remark(line_of(item), f"this item of {what} has no {name}.")


def _check_path(key: Entry) -> Iterator[Remark]:
    text = text_of(key.value) if isinstance(key.value, ScalarNode) else None
    if text is None or not text.startswith("/"):
        yield Remark(key.line, f"{key.name} should be a path from / on.")
