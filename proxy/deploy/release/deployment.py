"""One deployment, or one rollback, from the question to the end of the following.

Joins what the other modules do: ask what exists, plan, carry out, follow, explain. Promises:
`dry` changes nothing. Must not: print, or read the environment.
"""

from collections.abc import Callable
from dataclasses import dataclass

from proxy.core.clock import Clock
from proxy.deploy.release import survey
from proxy.deploy.release.addresses import Addresses, find_addresses
from proxy.deploy.release.aws_calls import Aws
from proxy.deploy.release.carrying_out import Hands, carry_out
from proxy.deploy.release.closing_words import describe_ending, describe_event, describe_plan
from proxy.deploy.release.failure_report import Inquiry, explain_failure
from proxy.deploy.release.following import Ending, Watch, follow
from proxy.deploy.release.history import find_way_back
from proxy.deploy.release.parameters import find_secrets
from proxy.deploy.release.plan import Wish, make_plan, plan_rollback
from proxy.deploy.release.progress import Outcome
from proxy.deploy.release.release_steps import bucket_name
from proxy.deploy.release.steps import Goal, Plan, Refusal
from proxy.deploy.release.template import Template


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs this: time, how long to wait (seconds), and where lines go."""

    clock: Clock
    sleep: Callable[[float], None]
    say: Callable[[str], None]
    limit: float
    dry: bool = False


def deploy(aws: Aws, wish: Wish, operator: Operator) -> bool:
    """Bring the environment to what is wished; return whether all is well."""
    operator.say(f"Looking at {wish.template.environment} in {aws.region}.")
    found = survey.find_all(aws, wish.template, wish.release)
    plan = make_plan(wish, found)
    return _perform(aws, plan, operator, find_addresses(wish.template, found.cname))


def roll_back(aws: Aws, template: Template, operator: Operator) -> bool:
    """Bring back the version that ran before; return whether all is well."""
    environment = survey.find_environment(aws, template.environment)
    if environment is None:
        refusal = Refusal(
            f"There is no environment {template.environment} in {aws.region}, so there is nothing "
            "to go back from."
        )
        return _perform(aws, refusal, operator, find_addresses(template, ""))
    versions = survey.find_versions(aws, environment.application)
    labels = survey.find_event_labels(aws, environment)
    plan = plan_rollback(environment, find_way_back(environment, versions, labels))
    return _perform(aws, plan, operator, find_addresses(template, environment.cname))


def _perform(aws: Aws, plan: Plan | Refusal, operator: Operator, addresses: Addresses) -> bool:
    if isinstance(plan, Refusal):
        operator.say(plan.sentence)
        return False
    for note in plan.notes:
        operator.say(f"Note: {note}")
    if operator.dry:
        for line in describe_plan(plan):
            operator.say(line)
        return True
    carry_out(plan.steps, Hands(aws, operator.clock, operator.sleep, operator.say))
    if plan.goal is None:
        return True
    return _follow(aws, plan, plan.goal, operator, addresses)


def _follow(aws: Aws, plan: Plan, goal: Goal, operator: Operator, addresses: Addresses) -> bool:
    secrets = find_secrets([step.parameters for step in plan.steps])
    operator.say(f"Following {goal.environment} until it runs {goal.label}.")
    watch = Watch(
        operator.clock,
        operator.sleep,
        operator.limit,
        lambda event: operator.say(describe_event(event, secrets)),
    )
    ending = follow(aws, goal, watch)
    reasons = _reasons(aws, goal, ending, secrets, operator)
    for line in describe_ending(ending, goal, addresses, reasons):
        operator.say(line)
    return ending.outcome is Outcome.DONE


def _reasons(
    aws: Aws, goal: Goal, ending: Ending, secrets: list[str], operator: Operator
) -> list[str]:
    if ending.outcome not in (Outcome.FAILED, Outcome.SETTLING):
        return []
    bucket = bucket_name(survey.find_account(aws))
    inquiry = Inquiry(goal.environment, bucket, ending, secrets)
    return explain_failure(aws, inquiry, operator.clock, operator.sleep)
