"""The sections of a `.config` file: their names, and what each of them must look like.

    option_settings                                   option_settings.py
    Resources Outputs Parameters Conditions Mappings  resources.py
    files                                             files.py
    commands container_commands packages services
    users groups sources                              machines.py

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions.html
Pure. Must not: judge options, which another file may contradict.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from yaml.nodes import MappingNode, Node

from proxy.deploy.configs import files, machines, resources
from proxy.deploy.configs.nodes import entries_of, is_null, line_of
from proxy.deploy.configs.problem import Remark, quote, suggest
from proxy.deploy.configs.reading import read_config
from proxy.deploy.options.settings import Setting, read_settings_section

OPTIONS = "option_settings"
SECTIONS: Mapping[str, Callable[[Node], Iterator[Remark]]] = MappingProxyType(
    {
        "Resources": resources.check_resources,
        "Outputs": resources.check_outputs,
        "Parameters": resources.check_parameters,
        "Conditions": resources.check_names,
        "Mappings": resources.check_names,
        "files": files.check_files,
        "commands": machines.check_commands,
        "container_commands": machines.check_container_commands,
        "packages": machines.check_packages,
        "services": machines.check_services,
        "users": machines.check_users,
        "groups": machines.check_groups,
        "sources": machines.check_sources,
    }
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: the settings of options in it, what is wrong, and its root if readable."""

    settings: tuple[Setting, ...]
    remarks: tuple[Remark, ...]
    root: Node | None


def read_sections(text: str) -> Contents:
    """Read one `.config` file and judge all of it but the values of its options."""
    reading = read_config(text)
    root = reading.root
    if root is None:
        return Contents((), reading.remarks, None)
    found: list[Setting | Remark] = [*reading.remarks]
    if not isinstance(root, MappingNode):
        found.append(
            Remark(line_of(root), "the file should hold sections such as option_settings.")
        )
    for section in entries_of(root):
        if section.name != OPTIONS and section.name not in SECTIONS:
            known = suggest(section.name, [OPTIONS, *SECTIONS], listing=20)
            found.append(Remark(section.line, f"there is no section {quote(section.name)}.{known}"))
        elif is_null(section.value):
            found.append(Remark(section.line, f"{section.name} holds nothing; leave it out."))
        elif section.name == OPTIONS:
            found += read_settings_section(section.value)
        else:
            found += SECTIONS[section.name](section.value)
    return Contents(
        tuple(one for one in found if isinstance(one, Setting)),
        tuple(one for one in found if isinstance(one, Remark)),
        root,
    )
