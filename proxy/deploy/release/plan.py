"""What exists and what is wanted → the steps from the one to the other.

Pure, so that an interrupted deployment is taken up by asking again what exists and planning anew:
what is there already needs no step. Refusals are values.
"""

from dataclasses import dataclass

from proxy.deploy.release.addresses import find_addresses
from proxy.deploy.release.environment_options import list_options
from proxy.deploy.release.environment_steps import EnvironmentWish, plan_creation, plan_update
from proxy.deploy.release.found import Environment, Found
from proxy.deploy.release.history import WayBack, describe_return, never_took_hold
from proxy.deploy.release.release_steps import Release, plan_release
from proxy.deploy.release.role_steps import plan_roles, unknown_roles
from proxy.deploy.release.secret_steps import GivenSecrets, SecretPlan, plan_secrets
from proxy.deploy.release.steps import Goal, Plan, Refusal, Step
from proxy.deploy.release.template import Template

_CHANGING = frozenset({"Launching", "Updating"})
# The goal's moment comes after it, and AWS's clock ticks in milliseconds.
_TICK = 0.001


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator wants: a template, a bundle, secrets, and what may be done for it."""

    template: Template
    release: Release
    secrets: GivenSecrets
    may_create_roles: bool = False
    may_replace_machine: bool = False


def make_plan(wish: Wish, found: Found) -> Plan | Refusal:
    """Return what has to be done, in order, or why nothing can be done."""
    environment = found.environment
    if environment is not None:
        if environment.application != wish.template.application:
            return Refusal(
                f"An environment {environment.name} exists in the application "
                f"{environment.application}, and names are unique in an account and region: "
                "choose another name."
            )
        if environment.status != "Ready":
            return _while_changing(environment, wish.release.label)
    roles = plan_roles(wish.template, found, create=wish.may_create_roles)
    if isinstance(roles, Refusal):
        return roles
    current = environment.options if environment else {}
    secrets = plan_secrets(wish.template, found.secrets, wish.secrets, current)
    if secrets.missing:
        return _ask_for(secrets.missing)
    release = plan_release(wish.template.application, wish.release, found)
    if isinstance(release, Refusal):
        return release
    ending = _plan_environment(wish, found, secrets)
    if isinstance(ending, Refusal):
        return ending
    steps = (*roles, *secrets.steps, *_needed(release, ending, wish), *ending.steps)
    notes = (*unknown_roles(found.roles), *secrets.notes, *ending.notes)
    return Plan(steps, ending.goal, notes)


def plan_rollback(environment: Environment, way: WayBack | None) -> Plan | Refusal:
    """Return the call that brings back the version that ran before; settings stay as they are."""
    if environment.status != "Ready":
        return Refusal(
            f"The environment {environment.name} is {environment.status.lower()}: wait until that "
            "has ended, then run the command again."
        )
    if way is None and never_took_hold(environment):
        return Refusal(
            f"{environment.name} runs {environment.label}, which ran well before: the change after "
            "it did not take hold. Nothing was changed."
        )
    if way is None:
        return Refusal(
            f"There is no version to go back to: {environment.name} runs {environment.label}, and "
            "no other one is known that ran before it. Nothing was changed."
        )
    step = Step(
        f"Go back from {environment.label} to {way.label}, {way.source}.",
        "elasticbeanstalk",
        "update_environment",
        {
            "EnvironmentName": environment.name,
            "VersionLabel": way.label,
            "Description": describe_return(environment),
        },
    )
    notes = ("The environment's settings stay as they are; only the version changes.",)
    return Plan((step,), Goal(environment.name, way.label, environment.last_event), notes)


def _while_changing(environment: Environment, label: str) -> Plan | Refusal:
    """Somebody, perhaps this command before it was interrupted, is changing the environment."""
    doing = environment.status.lower()
    if environment.status in _CHANGING and environment.target == label:
        note = f"{environment.name} is {doing} already, with {label}: following that."
        return Plan((), Goal(environment.name, label, environment.began - _TICK), (note,))
    towards = f", with {environment.target}" if environment.target else ""
    return Refusal(
        f"The environment {environment.name} is {doing}{towards}: somebody else is at work. Run "
        "the command again when that has ended; nothing was changed."
    )


def _plan_environment(wish: Wish, found: Found, secrets: SecretPlan) -> Plan | Refusal:
    addresses = find_addresses(wish.template, found.cname)
    options = {**list_options(wish.template, addresses), **secrets.options}
    environment_wish = EnvironmentWish(
        wish.template,
        wish.release.label,
        options,
        may_replace=wish.may_replace_machine,
        secrets_changed=bool(secrets.steps),
    )
    if found.environment is None:
        return plan_creation(environment_wish, found)
    return plan_update(environment_wish, found, found.environment)


def _needed(release: list[Step], ending: Plan, wish: Wish) -> list[Step]:
    """A version that no environment is going to run is not uploaded."""
    runs_it = any(
        step.parameters.get("VersionLabel") == wish.release.label for step in ending.steps
    )
    return release if runs_it else []


def _ask_for(missing: list[str]) -> Refusal:
    names = " and ".join(missing)
    return Refusal(
        f"{names} must be given the first time: set {'it' if len(missing) == 1 else 'them'} in "
        "your environment (`read -rs NAME && export NAME` keeps it out of the shell's history) "
        "and run the command again. Later runs need no values."
    )
