"""What is wrong with an environment on Elastic Beanstalk: facts in, sentences out.

Health, platform and secrets; `aws_network_diagnosis` judges how people reach it.
`deploy.environment_facts` gathers. What could not be looked at is None and is not judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from proxy.core.diagnosis import Examination, Finding

_ENDING = frozenset({"Deprecated", "Retired", "Retiring"})


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """What Beanstalk says of the environment; `causes` are its own sentences."""

    status: str
    health: str
    label: str
    causes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """The environment's platform; `newest` is the newest version of our branch."""

    branch: str
    state: str
    version: str
    newest: str
    wanted_branch: str


class SecretState(Enum):
    """What is known of a secret without asking for its value."""

    THERE = "there"
    ABSENT = "absent"
    BEING_DELETED = "being deleted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SecretFacts:
    """States of the secrets by variable; which of them stand in the open; may they be read?"""

    states: Sequence[tuple[str, SecretState]]
    in_the_open: Sequence[str]
    may_be_read: bool | None
    role: str = ""


def examine_health(facts: HealthFacts) -> Examination:
    findings = []
    if facts.status != "Ready":
        findings.append(
            Finding(
                f"The environment is {facts.status.lower()}.",
                "Wait until that has ended: `sifu deploy` follows it.",
                is_problem=False,
            )
        )
    if facts.health != "Green":
        causes = " ".join(f"{cause.rstrip('.')}." for cause in facts.causes)
        findings.append(
            Finding(
                f"Its health is {facts.health or 'unknown'}. {causes}".strip(),
                "The events and logs say more (docs/deploy-aws.md); "
                "`sifu deploy --rollback` brings back the version before.",
                is_problem=facts.health not in ("Grey", ""),
            )
        )
    return Examination("health", f"{facts.label} runs and is healthy.", tuple(findings))


def examine_platform(facts: PlatformFacts) -> Examination:
    findings: list[Finding] = []
    if facts.branch != facts.wanted_branch:
        findings.append(
            Finding(
                f"The platform is “{facts.branch}”; Sifu's hooks are made for "
                f"“{facts.wanted_branch}”.",
                "Deploy a second environment with `sifu deploy NAME` and move over to it.",
            )
        )
    elif facts.state in _ENDING:
        findings.append(
            Finding(
                f"Amazon calls the platform “{facts.branch}” {facts.state.lower()}.",
                "Look for a newer Sifu: its hooks have to know the platform that follows.",
            )
        )
    elif facts.newest and facts.version != facts.newest:
        findings.append(
            Finding(
                f"Version {facts.version} of the platform is not the newest: {facts.newest} is.",
                "`sifu deploy --replace-machine` brings it, with a new machine: save first what "
                "is only on the disk of the old one.",
                is_problem=False,
            )
        )
    return Examination("platform", f"{facts.branch}, version {facts.version}.", tuple(findings))


def examine_secrets(facts: SecretFacts) -> Examination:
    findings = [
        Finding(
            f"{name} is {_absence(state)}, so the machine cannot start with it.",
            f"Set {name} in your environment and run `sifu deploy` again.",
        )
        for name, state in facts.states
        if state in (SecretState.ABSENT, SecretState.BEING_DELETED)
    ]
    if facts.may_be_read is False:
        findings.append(
            Finding(
                f"The role {facts.role} may not read the environment's secrets.",
                "`sifu deploy --create-roles` allows it, or somebody who may change IAM does.",
            )
        )
    findings += [
        Finding(
            f"{name} is a plain property: whoever may see the configuration can read it.",
            f'Write {name} = "store" below [secrets] of the template, and deploy again.',
            is_problem=False,
        )
        for name in facts.in_the_open
    ]
    return Examination("secrets", "Every secret is where the machine finds it.", tuple(findings))


def _absence(state: SecretState) -> str:
    return "about to be deleted" if state is SecretState.BEING_DELETED else "not stored anywhere"
