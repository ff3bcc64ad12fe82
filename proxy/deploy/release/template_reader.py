"""A template's text → `Template`, or every problem in it.

Promises: strict (an unknown key is a problem); each problem is a sentence that begins with file
and line and says what may stand there; a value of `[secrets]` is never shown, for somebody may
have written a password there. Must not: read files.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, get_origin

from proxy.core.errors import InvalidSettings
from proxy.deploy.bundle.assembly import LoadBalancer
from proxy.deploy.options.check import check_setting
from proxy.deploy.options.settings import Setting
from proxy.deploy.release.environment_options import PROPERTIES, SECRETS
from proxy.deploy.release.template import SECRET_NAMES, Key, SecretSource, SecretWish, Template

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_ARN = re.compile(r"arn:aws[a-z-]*:(?:secretsmanager|ssm):[a-z0-9-]+:[0-9]{12}:\S+")
_SUBNET = re.compile("subnet-[0-9a-f]+")
_WORDS = tuple(source for source in SecretSource if source is not SecretSource.EXISTING)
_KEYS = {spec.name: spec for spec in fields(Template) if "key" in spec.metadata}
_EXAMPLE_ACCOUNT = "123456789012"  # Amazon's own, in all its documents
_FREE = ("settings", "secrets", "options")


class InvalidTemplate(InvalidSettings):
    """A template cannot be used; `problems` lists everything found in it."""

    title = "The template cannot be used"


@dataclass(slots=True)
class _Reading:
    text: str
    name: str
    known: Collection[str] | None
    problems: list[str] = field(default_factory=list)

    def note(self, table: str, name: str, sentence: str) -> None:
        self.problems.append(f"{self.name}:{find_line(self.text, table, name)}: {sentence}")


def read_template(text: str, name: str, known: Collection[str] | None = None) -> Template:
    """Read a template; `name` is how problems call it.

    `known` holds the names that `SIFU_*` settings may have; None: they are not checked. Raises
    `InvalidTemplate` with all problems, or the one place that is not TOML.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise InvalidTemplate([f"{name}: {_not_toml(problem)}"]) from None
    reading = _Reading(text, name, known)
    values = _read_keys(reading, document)
    values["settings"] = _read_settings(reading, _table(reading, document, "settings"))
    values["secrets"] = _read_secrets(reading, _table(reading, document, "secrets"))
    values["options"] = _read_options(reading, _table(reading, document, "options"))
    if not reading.problems:
        template = Template(**values)
        for table, key, sentence in _contradictions(template):
            reading.note(table, key, sentence)
        if not reading.problems:
            return template
    raise InvalidTemplate(reading.problems)


def find_line(text: str, table: str, name: str) -> int:
    """Return the line where a key stands (1 = first), or its table, or 1: TOML's parser forgets."""
    current, heading = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        if match := re.match(r"\s*\[([^]]+)\]", line):
            current = match[1].strip().replace('"', "")
            heading = number if current == table else heading
        elif current == table and re.match(rf"\s*\"?{re.escape(name)}\"?\s*[.=]", line):
            return number
    return heading


def _read_keys(reading: _Reading, document: Mapping[str, Any]) -> dict[str, Any]:
    tables = {spec.metadata["key"].table for spec in _KEYS.values()} - {""}
    flat = {name: value for name, value in document.items() if name not in (*tables, *_FREE)}
    values: dict[str, Any] = {}
    for table in ("", *sorted(tables)):
        entries = flat if not table else _table(reading, document, table)
        for name, value in entries.items():
            spec = _KEYS.get(name)
            if spec is None or spec.metadata["key"].table != table:
                reading.note(table, name, _unknown(table, name, tables))
            elif (parsed := _parse(spec, value)) is None:
                says = spec.metadata["key"].says
                reading.note(table, name, f"{name} is {_shown(value)}; it may be {says}.")
            else:
                values[name] = parsed
    return values


def _parse(spec: Field[Any], value: object) -> object | None:
    """Return the value as the field has it, or None if it may not stand there."""
    declared: Key = spec.metadata["key"]
    if spec.type is bool:
        return value if isinstance(value, bool) else None
    if spec.type is int:
        fits = isinstance(value, int) and not isinstance(value, bool) and 10 <= value <= 16384
        return value if fits else None
    if get_origin(spec.type) is tuple:
        is_list = isinstance(value, list) and all(_is_subnet(item) for item in value)
        return tuple(value) if is_list and isinstance(value, list) else None
    if not isinstance(value, str):
        return None
    if spec.type is LoadBalancer:
        return LoadBalancer(value) if value in set(LoadBalancer) else None
    return value if declared.pattern and declared.pattern.fullmatch(value) else None


def _read_settings(reading: _Reading, table: Mapping[str, Any]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in table.items():
        if name in SECRET_NAMES:
            sentence = f'{name} is a secret: write {name} = "store" below [secrets] instead.'
        elif not _VARIABLE.fullmatch(name):
            sentence = f"“{name}” cannot be the name of an environment variable."
        elif reading.known is not None and name.startswith("SIFU_") and name not in reading.known:
            sentence = f"{name} is not a setting of Sifu; see docs/settings.md."
        elif isinstance(value, bool) or not isinstance(value, str | int):
            sentence = f"{name} is {_shown(value)}; it may be a text or a whole number."
        else:
            values[name] = str(value)
            continue
        reading.note("settings", name, sentence)
    return values


def _read_secrets(reading: _Reading, table: Mapping[str, Any]) -> dict[str, SecretWish]:
    wishes: dict[str, SecretWish] = {}
    for name, value in table.items():
        if not _VARIABLE.fullmatch(name):
            reading.note("secrets", name, f"“{name}” cannot be the name of a variable.")
        elif value in _WORDS:
            wishes[name] = SecretWish(SecretSource(value))
        elif isinstance(value, str) and _SECRET_ARN.fullmatch(value):
            wishes[name] = SecretWish(SecretSource.EXISTING, value)
        else:
            words = ", ".join(_WORDS)
            reading.note(
                "secrets",
                name,
                f"what stands at {name} is not one of {words}, and not the ARN of a secret or "
                "parameter. The value itself does not belong into this file.",
            )
    return wishes


def _read_options(reading: _Reading, table: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    values: dict[tuple[str, str], str] = {}
    for namespace, entries in table.items():
        where = f"options.{namespace}"
        if namespace in (PROPERTIES, SECRETS):
            reading.note(where, "", "variables stand below [settings] and [secrets].")
        elif not isinstance(entries, dict):
            reading.note("options", namespace, f'write [options."{namespace}"], options below it.')
        else:
            values.update(_read_namespace(reading, namespace, entries))
    return values


def _read_namespace(
    reading: _Reading, namespace: str, entries: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, str], str]]:
    for name, value in entries.items():
        if not isinstance(value, str | int):
            where = f"options.{namespace}"
            reading.note(where, name, f"{name} is {_shown(value)}; it may be a text or number.")
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        for remark in check_setting(Setting(1, namespace, name, text), reading.known):
            reading.note(f"options.{namespace}", name, remark.reason)
        yield (namespace, name), text


def _contradictions(template: Template) -> Iterator[tuple[str, str, str]]:
    if template.certificate and template.load_balancer is LoadBalancer.NONE:
        yield (
            "network",
            "certificate",
            "a certificate needs a load balancer that holds it: set load_balancer to application.",
        )
    if template.certificate and not template.domain:
        yield (
            "network",
            "certificate",
            "a certificate is for a host name of yours: set domain, at the top, to that name.",
        )
    if template.domain.endswith((".example.org", ".example.com")):
        yield "", "domain", "this host name is an example: write one of yours."
    if f":{_EXAMPLE_ACCOUNT}:" in template.certificate:
        yield "network", "certificate", "this certificate is an example: write the ARN of yours."
    if bool(template.subnets) != bool(template.vpc):
        yield "network", "vpc", "vpc and subnets belong together: set both or none."
    if template.efs_data and not template.survives_its_machine:
        yield (
            "storage",
            "efs_data",
            "it needs an efs and, below [secrets], a SIFU_DATABASE_URL of PostgreSQL.",
        )
    for name in sorted(set(template.settings) & set(template.secrets)):
        yield "settings", name, f"{name} also stands below [secrets]: keep one of them."


def _table(reading: _Reading, document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name, {})
    if isinstance(table, dict):
        return table
    reading.note("", name, f"{name} is a table: write [{name}] on a line of its own.")
    return {}


def _unknown(table: str, name: str, tables: Collection[str]) -> str:
    here = [each for each, spec in _KEYS.items() if spec.metadata["key"].table == table]
    if name in _KEYS:
        right = _KEYS[name].metadata["key"].table
        return f"{name} stands {f'below [{right}]' if right else 'at the top, before all tables'}."
    if not table:
        known = ", ".join(f"[{each}]" for each in (*sorted(tables), *_FREE))
        return f"there is no {name}; at the top are {', '.join(here)}; tables are {known}."
    return f"[{table}] has no {name}; it has {', '.join(here)}."


def _not_toml(problem: tomllib.TOMLDecodeError) -> str:
    # The parser's own words may end in a piece of the file, but never in more than a character.
    return f"this is not TOML: {str(problem).rstrip('.')}."


def _is_subnet(item: object) -> bool:
    return isinstance(item, str) and bool(_SUBNET.fullmatch(item))


def _shown(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value).lower()
