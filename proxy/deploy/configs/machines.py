"""The sections that Beanstalk carries out on each machine, but for `files`.

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/customize-containers-ec2.html
Pure.
"""

from collections.abc import Collection, Iterator

from yaml.nodes import MappingNode, Node

from proxy.deploy.configs.nodes import Entry, entries_of, entry_of, is_function, is_null, text_of
from proxy.deploy.configs.problem import Remark, quote, suggest
from proxy.deploy.configs.shapes import (
    check_keys,
    check_mapping,
    check_text,
    check_texts,
    check_truth,
)

_COMMAND = frozenset({"command", "cwd", "env", "ignoreErrors", "test"})
_SERVICE = frozenset({"enabled", "ensureRunning", "files", "sources", "packages", "commands"})
_INITS = ("sysvinit", "systemd")
_PACKAGERS = ("dnf", "python", "rpm", "rubygems", "yum")


def check_commands(section: Node) -> Iterator[Remark]:
    """`commands`: run before the application is unpacked."""
    return _check_commands(section, "commands", _COMMAND)


def check_container_commands(section: Node) -> Iterator[Remark]:
    """`container_commands`: run in the unpacked application, before it is deployed."""
    return _check_commands(section, "container_commands", _COMMAND | {"leader_only"})


def check_packages(section: Node) -> Iterator[Remark]:
    """`packages`: manager → package → versions."""
    yield from check_mapping(section, "packages")
    for manager in entries_of(section):
        yield from _check_choice(manager, _PACKAGERS, "package manager")
        yield from check_mapping(manager.value, quote(manager.name))
        for package in entries_of(manager.value):
            yield from check_texts(package)


def check_services(section: Node) -> Iterator[Remark]:
    """`services`: init system → service → whether it runs, and what restarts it."""
    yield from check_mapping(section, "services")
    for manager in entries_of(section):
        yield from _check_choice(manager, _INITS, "init system")
        yield from check_mapping(manager.value, quote(manager.name))
        for service in entries_of(manager.value):
            yield from check_keys(service, _SERVICE)
            yield from check_truth(entry_of(service.value, "enabled"))
            yield from check_truth(entry_of(service.value, "ensureRunning"))
            for listed in ("files", "sources", "commands"):
                yield from check_texts(entry_of(service.value, listed))


def check_users(section: Node) -> Iterator[Remark]:
    """`users`: name → uid, groups, homeDir."""
    yield from check_mapping(section, "users")
    for user in entries_of(section):
        if not is_null(user.value):
            yield from check_keys(user, {"uid", "groups", "homeDir"})
        yield from _check_number(entry_of(user.value, "uid"))
        yield from check_texts(entry_of(user.value, "groups"))


def check_groups(section: Node) -> Iterator[Remark]:
    """`groups`: name → gid."""
    yield from check_mapping(section, "groups")
    for group in entries_of(section):
        if not is_null(group.value):
            yield from check_keys(group, {"gid"})
        yield from _check_number(entry_of(group.value, "gid"))


def check_sources(section: Node) -> Iterator[Remark]:
    """`sources`: folder → archive that is unpacked there."""
    yield from check_mapping(section, "sources")
    for source in entries_of(section):
        if not source.name.startswith("/"):
            yield Remark(source.line, f"{quote(source.name)} should be a path from / on.")
        address = text_of(source.value) or ""
        if not is_function(source.value) and "://" not in address:
            yield Remark(source.line, f"{quote(source.name)} should name an archive's URL.")


def _check_commands(section: Node, what: str, known: Collection[str]) -> Iterator[Remark]:
    yield from check_mapping(section, what)
    for command in entries_of(section):
        yield from check_keys(command, known)
        line = entry_of(command.value, "command")
        if isinstance(command.value, MappingNode) and line is None:
            yield Remark(command.line, f"{quote(command.name)} has no command to run.")
        yield from check_texts(line)
        yield from check_text(entry_of(command.value, "test"))
        yield from check_text(entry_of(command.value, "cwd"))
        yield from check_truth(entry_of(command.value, "ignoreErrors"))
        yield from check_truth(entry_of(command.value, "leader_only"))


def _check_choice(entry: Entry, known: Collection[str], what: str) -> Iterator[Remark]:
    if entry.name not in known:
        said = f"there is no {what} {quote(entry.name)}."
        yield Remark(entry.line, said + suggest(entry.name, known))


def _check_number(entry: Entry | None) -> Iterator[Remark]:
    if entry is not None and not (text_of(entry.value) or "").isdigit():
        yield Remark(entry.line, f"{quote(entry.name)} should be a number.")
