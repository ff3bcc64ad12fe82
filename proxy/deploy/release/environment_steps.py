"""The call that makes an environment, or the one that changes it: only what differs.

Promises: a change that would give the environment a new machine, and with it lose what is on the
old one's disk, is refused unless the operator said that it may happen or the files are on EFS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proxy.deploy.release.addresses import choose_prefix
from proxy.deploy.release.environment_options import (
    PROPERTIES,
    SECRETS,
    as_settings,
    replaces_machine,
)
from proxy.deploy.release.found import Environment, Found, Option
from proxy.deploy.release.history import describe
from proxy.deploy.release.parameters import Hidden
from proxy.deploy.release.platforms import BRANCH, Platform, choose_platform
from proxy.deploy.release.steps import Goal, Plan, Refusal, Step
from proxy.deploy.release.template import NEWEST, Template

_TYPE = ("aws:elasticbeanstalk:environment", "EnvironmentType")
_EFS = (PROPERTIES, "HOST_EFS_ID")
_BALANCER = ("aws:elasticbeanstalk:environment", "LoadBalancerType")


@dataclass(frozen=True, slots=True)
class EnvironmentWish:
    """The version and the options that an environment shall have."""

    template: Template
    label: str
    options: Mapping[Option, Any]
    may_replace: bool
    secrets_changed: bool


def plan_creation(wish: EnvironmentWish, found: Found) -> Plan | Refusal:
    """Return the call that makes the environment."""
    template = wish.template
    if not found.cname_is_free:
        return Refusal(
            f"{found.cname} is taken by somebody else: choose another `address` in the template."
        )
    platform = choose_platform(found.platforms, template.platform)
    if platform is None:
        return _no_platform(template, found)
    step = Step(
        f"Make the environment {template.environment}: {BRANCH}, version {platform.version}.",
        "elasticbeanstalk",
        "create_environment",
        {
            "ApplicationName": template.application,
            "EnvironmentName": template.environment,
            "Description": describe(None, wish.label),
            "CNAMEPrefix": choose_prefix(template, found.account.id),
            "PlatformArn": platform.arn,
            "VersionLabel": wish.label,
            "OptionSettings": as_settings(wish.options),
        },
    )
    return Plan((step,), Goal(template.environment, wish.label, 0.0))


def plan_update(wish: EnvironmentWish, found: Found, environment: Environment) -> Plan | Refusal:
    """Return the call that brings an environment to what is wished, if it is not there yet."""
    current = environment.options
    changed = {each: new for each, new in wish.options.items() if _differs(current, each, new)}
    if (refusal := _forbid(wish, changed, current)) is not None:
        return refusal
    platform = _newer_platform(wish, found, environment)
    notes = _notes(wish, environment, platform)
    goal = Goal(environment.name, wish.label, environment.last_event)
    parameters = {**_version(wish, environment), **_changes(wish, changed, current)}
    if wish.may_replace and platform is not None:
        parameters["PlatformArn"] = platform.arn
    if parameters:
        names = {"EnvironmentName": environment.name}
        says = f"Update the environment {environment.name}."
        step = Step(says, "elasticbeanstalk", "update_environment", {**names, **parameters})
        return Plan((step,), goal, notes)
    if wish.secrets_changed:
        return Plan((_restart(environment),), goal, notes)
    nothing = f"{environment.name} runs {wish.label} with these settings already, and is healthy."
    return Plan((), None, (nothing, *notes))


def _version(wish: EnvironmentWish, environment: Environment) -> dict[str, Any]:
    """An environment that is not well gets its version once more."""
    if environment.label == wish.label and environment.is_healthy:
        return {}
    return {"VersionLabel": wish.label, "Description": describe(environment, wish.label)}


def _changes(
    wish: EnvironmentWish, changed: Mapping[Option, Any], current: Mapping[Option, str]
) -> dict[str, Any]:
    lists = {
        "OptionSettings": as_settings(changed),
        "OptionsToRemove": _moved(wish.options, current),
    }
    return {name: rows for name, rows in lists.items() if rows}


def _forbid(
    wish: EnvironmentWish, changed: Mapping[Option, Any], current: Mapping[Option, str]
) -> Refusal | None:
    if (refusal := _other_balancer(wish, current)) is not None:
        return refusal
    if _EFS in changed and not wish.may_replace:
        return Refusal(
            f"Notebooks move to {wish.template.efs}: those on the machine's disk are not lost, but "
            "nobody sees them any more. Copy them first (docs/deploy-aws.md says how), then run "
            "the command again with --replace-machine."
        )
    losses = [each for each in changed if replaces_machine(each) and each in current]
    if not losses or wish.may_replace or wish.template.survives_its_machine:
        return None
    return _would_lose([f"{name} ({namespace})" for namespace, name in losses])


def _differs(current: Mapping[Option, str], option: Option, value: object) -> bool:
    plain = value.value if isinstance(value, Hidden) else value
    return current.get(option) != plain


def _other_balancer(wish: EnvironmentWish, current: Mapping[Option, str]) -> Refusal | None:
    there, wanted = current.get(_BALANCER), wish.options.get(_BALANCER)
    if current.get(_TYPE) != "LoadBalanced" or wanted is None or there in (None, wanted):
        return None
    return Refusal(
        f"The environment has a load balancer of type {there}, and Elastic Beanstalk cannot make "
        f"it {wanted}: deploy a second environment with another name, move over, terminate this."
    )


def _would_lose(losses: list[str]) -> Refusal:
    return Refusal(
        f"A change of {', '.join(losses)} gives the environment a new machine, and what is on the "
        "disk of the present one is lost: notebooks, accounts. Save them first (docs/deploy-aws.md "
        "says how), then run the command again with --replace-machine."
    )


def _moved(wanted: Mapping[Option, Any], current: Mapping[Option, str]) -> list[dict[str, str]]:
    """A variable that becomes a secret must not stay behind as a property, nor the reverse."""
    other = {PROPERTIES: SECRETS, SECRETS: PROPERTIES}
    return [
        {"Namespace": other[namespace], "OptionName": name}
        for namespace, name in sorted(wanted)
        if namespace in other and (other[namespace], name) in current
    ]


def _newer_platform(
    wish: EnvironmentWish, found: Found, environment: Environment
) -> Platform | None:
    chosen = choose_platform(found.platforms, wish.template.platform)
    return chosen if chosen and chosen.arn != environment.platform_arn else None


def _notes(
    wish: EnvironmentWish, environment: Environment, platform: Platform | None
) -> tuple[str, ...]:
    notes = []
    if platform is not None and not wish.may_replace:
        notes.append(
            f"The platform can be brought to version {platform.version} with --replace-machine: "
            "the environment gets a new machine then."
        )
    strangers = sorted(
        name
        for namespace, name in environment.options
        if namespace in (PROPERTIES, SECRETS)
        and name.startswith("SIFU_")
        and not {(PROPERTIES, name), (SECRETS, name)} & set(wish.options)
    )
    if strangers:
        notes.append(
            f"Set in the environment, not in the template, left alone: {', '.join(strangers)}."
        )
    return tuple(notes)


def _restart(environment: Environment) -> Step:
    return Step(
        f"Restart Sifu in {environment.name}, so that it reads its secrets anew.",
        "elasticbeanstalk",
        "restart_app_server",
        {"EnvironmentName": environment.name},
    )


def _no_platform(template: Template, found: Found) -> Refusal:
    if template.platform == NEWEST or not found.platforms:
        return Refusal(
            f"{found.account.region} offers no version of “{BRANCH}”: choose another region."
        )
    offered = ", ".join(each.version for each in found.platforms[:5])
    return Refusal(
        f"There is no version {template.platform} of “{BRANCH}” in {found.account.region}; there "
        f"are {offered}. Write one of them into the template, or “{NEWEST}”."
    )
