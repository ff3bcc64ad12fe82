"""Secrets: from the operator's environment to Secrets Manager, and from there to the machine.

Decides for each secret of a template which record it has, which call brings its value there, and
what the environment is told (an ARN, or the value itself where that was chosen). Must not: ask
for a value that is stored, or show one.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from proxy.deploy.release.environment_options import PROPERTIES, SECRETS
from proxy.deploy.release.found import Option, Standing, StoredSecret
from proxy.deploy.release.parameters import Hidden, Later
from proxy.deploy.release.steps import Step
from proxy.deploy.release.template import SecretSource, SecretWish, Template

_STORED = frozenset({SecretSource.STORE, SecretSource.STORE_IF_SET, SecretSource.GENERATE})


@dataclass(slots=True)
class SecretPlan:
    """What the secrets ask for: calls, options of the environment, words, and what is missing."""

    steps: list[Step] = field(default_factory=list)
    options: dict[Option, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GivenSecrets:
    """Values that the operator's environment has, and a maker of random ones."""

    values: Mapping[str, Hidden]
    generate: Callable[[], str]


def record_name(template: Template, name: str) -> str:
    """Return the name of a secret's record in Secrets Manager."""
    return f"{template.application}/{template.environment}/{name}"


def stored_names(template: Template) -> list[str]:
    """Return the secrets that have a record of ours."""
    return [name for name, wish in sorted(template.secrets.items()) if wish.source in _STORED]


def plan_secrets(
    template: Template,
    stored: Mapping[str, StoredSecret],
    given: GivenSecrets,
    current: Container[Option] = (),
) -> SecretPlan:
    """Return the plan for all secrets of a template; `current` are options that are set now."""
    plan = SecretPlan()
    for name, wish in sorted(template.secrets.items()):
        if wish.source is SecretSource.EXISTING:
            plan.options[SECRETS, name] = wish.arn
        elif wish.source is SecretSource.PROPERTY:
            _as_property(plan, name, given, is_set=(PROPERTIES, name) in current)
        else:
            record = stored.get(name, StoredSecret(Standing.ABSENT))
            _as_record(plan, _Wanted(name, record_name(template, name), wish), record, given)
    return plan


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    record: str
    wish: SecretWish


def _as_property(plan: SecretPlan, name: str, given: GivenSecrets, *, is_set: bool) -> None:
    plan.notes.append(
        f"{name} is a plain property of the environment: whoever may look at the environment's "
        f'configuration can read it. {name} = "store" in the template keeps it in Secrets Manager.'
    )
    if name in given.values:
        plan.options[PROPERTIES, name] = given.values[name]
    elif not is_set:
        plan.missing.append(name)


def _as_record(
    plan: SecretPlan, wanted: _Wanted, record: StoredSecret, given: GivenSecrets
) -> None:
    value = given.values.get(wanted.name)
    is_generated = wanted.wish.source is SecretSource.GENERATE
    if record.standing is Standing.BEING_DELETED and (value or is_generated):
        plan.steps.append(_restore(wanted))
    if record.standing is Standing.THERE or (
        record.standing is Standing.BEING_DELETED and (value or is_generated)
    ):
        plan.options[SECRETS, wanted.name] = record.arn
        if value is not None:
            plan.steps.append(_put(wanted, value))
    elif value is not None or is_generated:
        plan.steps.append(_create(wanted, value or Hidden(given.generate())))
        plan.options[SECRETS, wanted.name] = Later(
            wanted.record, f"the ARN of {wanted.record}, known once it is made"
        )
    elif wanted.wish.source is SecretSource.STORE:
        plan.missing.append(wanted.name)


def _create(wanted: _Wanted, value: Hidden) -> Step:
    return Step(
        f"Keep {wanted.name} in Secrets Manager as {wanted.record}.",
        "secretsmanager",
        "create_secret",
        {"Name": wanted.record, "Description": f"{wanted.name} of Sifu", "SecretString": value},
        keeps={wanted.record: "ARN"},
    )


def _put(wanted: _Wanted, value: Hidden) -> Step:
    return Step(
        f"Give {wanted.record} the value that {wanted.name} has here.",
        "secretsmanager",
        "put_secret_value",
        {"SecretId": wanted.record, "SecretString": value},
    )


def _restore(wanted: _Wanted) -> Step:
    return Step(
        f"Take back the deletion of {wanted.record}.",
        "secretsmanager",
        "restore_secret",
        {"SecretId": wanted.record},
    )
