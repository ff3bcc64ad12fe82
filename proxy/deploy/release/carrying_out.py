"""Carries out the steps of a plan, one after the other.

Promises: each step is said before it is made; waits are bounded; what is interrupted here is
taken up by a new plan. Must not: decide what to do.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from proxy.core.clock import Clock
from proxy.deploy.release.aws_calls import Aws
from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.parameters import find_secrets, redact, resolve
from proxy.deploy.release.steps import Step, Then

# IAM is one for all regions; what it was told is known everywhere after some seconds.
ROLES_SECONDS = 15.0
PROCESSING_SECONDS = 300.0
_POLL_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Hands:
    """What carrying out needs: AWS, time, and where to say what is being done."""

    aws: Aws
    clock: Clock
    sleep: Callable[[float], None]
    say: Callable[[str], None]


def carry_out(steps: tuple[Step, ...], hands: Hands) -> None:
    """Make every call; raise `AwsRefused` at the first that AWS refuses."""
    answers: dict[str, str] = {}
    for step in steps:
        hands.say(step.says)
        answer = _make(step, answers, hands.aws)
        answers |= {name: str(answer[member]) for name, member in step.keeps.items()}
        if step.then is Then.ROLES_SPREAD:
            hands.sleep(ROLES_SECONDS)
        elif step.then is Then.VERSION_PROCESSED:
            _await_version(step, hands)


def _make(step: Step, answers: Mapping[str, str], aws: Aws) -> Mapping[str, Any]:
    with ExitStack() as files:
        parameters = resolve(step.parameters, answers, files)
        try:
            return aws.call(step.service, step.operation, parameters)
        except AwsRefused as refused:
            # AWS quotes the value that it does not like.
            told = redact(refused.public, find_secrets(step.parameters))
            raise AwsRefused(told, code=refused.code) from None


def _await_version(step: Step, hands: Hands) -> None:
    label = step.parameters.get("VersionLabel") or step.parameters["VersionLabels"][0]
    names = {"ApplicationName": step.parameters["ApplicationName"], "VersionLabels": [label]}
    deadline = hands.clock() + PROCESSING_SECONDS
    while True:
        found = hands.aws.call("elasticbeanstalk", "describe_application_versions", names)
        status = next((str(each["Status"]) for each in found["ApplicationVersions"]), "")
        if status == "PROCESSED":
            return
        if status == "FAILED":
            raise AwsRefused(_why_failed(label, hands.aws), code="VersionFailed")
        if hands.clock() >= deadline:
            raise AwsRefused(
                f"Elastic Beanstalk has not processed the version {label} within "
                f"{PROCESSING_SECONDS / 60:.0f} minutes: run the command again.",
                code="Timeout",
            )
        hands.sleep(_POLL_SECONDS)


def _why_failed(label: str, aws: Aws) -> str:
    answer = aws.call(
        "elasticbeanstalk", "describe_events", {"VersionLabel": label, "MaxRecords": 20}
    )
    grave = [
        each for each in answer.get("Events", []) if each.get("Severity") in ("ERROR", "FATAL")
    ]
    reason = str(grave[0]["Message"]).rstrip(".") if grave else "its events do not say why"
    return (
        f"Elastic Beanstalk cannot use the bundle of {label}: {reason}. `sifu bundle --check` "
        "looks for what may be wrong."
    )
