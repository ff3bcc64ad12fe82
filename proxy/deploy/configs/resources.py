"""The sections that go to CloudFormation: Resources, Outputs, Parameters, Conditions, Mappings.

CloudFormation knows a thousand types and judges their properties itself; here a type must look
like one, and not almost like one of those that Beanstalk's users write.
https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environment-resources.html
Pure.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from yaml.nodes import MappingNode, Node

from proxy.deploy.configs.names import AWS_RESOURCES, COMMON_TYPES, is_of_beanstalk
from proxy.deploy.configs.nodes import Entry, entries_of, entry_of, text_of
from proxy.deploy.configs.problem import Remark, quote, suggest
from proxy.deploy.configs.shapes import check_keys, check_mapping

_ATTRIBUTES = (
    "CmpFn::Insert",
    "CmpFn::Remove",
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Description",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
)
_LOGICAL_NAME = re.compile(r"[A-Za-z0-9]{1,255}")
_TYPE = re.compile(r"(AWS|Alexa)::[A-Za-z0-9]+(::[A-Za-z0-9]+){1,2}|Custom::[\w@-]+|\w+::\w+::\w+")


def check_resources(section: Node) -> Iterator[Remark]:
    """`Resources`: name → type and properties; one of Beanstalk's own needs no type."""
    yield from check_names(section)
    for resource in entries_of(section):
        yield from check_keys(resource, _ATTRIBUTES)
        declared = entry_of(resource.value, "Type")
        if declared is not None:
            yield from _check_type(declared)
        elif resource.name.startswith("AWSEB"):
            yield from _check_own(resource)
        elif isinstance(resource.value, MappingNode):
            yield Remark(resource.line, f"the resource {quote(resource.name)} has no Type.")


def check_outputs(section: Node) -> Iterator[Remark]:
    """`Outputs`: name → value, and a name to export it by."""
    yield from check_names(section)
    for output in entries_of(section):
        yield from check_keys(output, ("Condition", "Description", "Export", "Value"))
        if isinstance(output.value, MappingNode) and entry_of(output.value, "Value") is None:
            yield Remark(output.line, f"the output {quote(output.name)} has no Value.")


def check_parameters(section: Node) -> Iterator[Remark]:
    """`Parameters`: name → type and default."""
    yield from check_mapping(section, "Parameters")
    for parameter in entries_of(section):
        if isinstance(parameter.value, MappingNode) and entry_of(parameter.value, "Type") is None:
            yield Remark(parameter.line, f"the parameter {quote(parameter.name)} has no Type.")


def check_names(section: Node) -> Iterator[Remark]:
    """Yield a remark for each name that CloudFormation does not take."""
    yield from check_mapping(section, "this section")
    for entry in entries_of(section):
        if _LOGICAL_NAME.fullmatch(entry.name) is None:
            said = f"{quote(entry.name)} cannot be a name here"
            yield Remark(entry.line, f"{said}; use letters and digits only.")


def _check_own(resource: Entry) -> Iterator[Remark]:
    if not is_of_beanstalk(resource.name):
        said = f"Beanstalk makes no resource {quote(resource.name)}."
        yield Remark(resource.line, said + suggest(resource.name, AWS_RESOURCES))


def _check_type(declared: Entry) -> Iterator[Remark]:
    name = text_of(declared.value) or ""
    if _TYPE.fullmatch(name) is None:
        said = f"{quote(name)} is no resource's type; it should look like AWS::EC2::SecurityGroup."
        yield Remark(declared.line, said + suggest(name, COMMON_TYPES))
    elif name not in COMMON_TYPES and (close := get_close_matches(name, COMMON_TYPES, 1, 0.93)):
        said = f"{quote(name)} is hardly a type of a resource. Did you mean “{close[0]}”?"
        yield Remark(declared.line, said)
