"""Looks at an environment for `sifu doctor --aws`.

Must not: change anything, ask for a secret's value, or judge (`core.aws_diagnosis` does).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proxy.core.aws_diagnosis import HealthFacts, PlatformFacts, SecretFacts, SecretState
from proxy.core.aws_network_diagnosis import AddressFacts
from proxy.deploy.release.aws_calls import Aws
from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.environment_options import PROPERTIES, SECRETS
from proxy.deploy.release.found import Environment, Option
from proxy.deploy.release.platforms import BRANCH
from proxy.deploy.release.role_survey import may_read
from proxy.deploy.release.survey import find_platforms
from proxy.deploy.release.template import SECRET_NAMES

_EB = "elasticbeanstalk"
_PROFILE: Option = ("aws:autoscaling:launchconfiguration", "IamInstanceProfile")
_ABSENT = frozenset({"ResourceNotFoundException", "ParameterNotFound"})


@dataclass(frozen=True, slots=True)
class Role:
    """The role inside the environment's instance profile."""

    name: str
    arn: str


def find_health(aws: Aws, environment: Environment) -> HealthFacts:
    parameters = {"EnvironmentName": environment.name, "AttributeNames": ["Causes"]}
    try:
        causes = aws.call(_EB, "describe_environment_health", parameters).get("Causes", [])
    except AwsRefused as refused:
        if refused.code != "InvalidRequestException":  # basic health reporting has no causes
            raise
        causes = []
    return HealthFacts(environment.status, environment.health, environment.label, tuple(causes))


def find_platform(aws: Aws, environment: Environment) -> PlatformFacts:
    if not environment.platform_arn:
        return PlatformFacts("a platform without a name", "", "", "", BRANCH)
    named = {"PlatformArn": environment.platform_arn}
    described = aws.call(_EB, "describe_platform_version", named)["PlatformDescription"]
    platforms = find_platforms(aws)
    return PlatformFacts(
        branch=str(described.get("PlatformBranchName", described.get("PlatformName", ""))),
        state=str(described.get("PlatformBranchLifecycleState", "")),
        version=str(described.get("PlatformVersion", "")),
        newest=platforms[0].version if platforms else "",
        wanted_branch=BRANCH,
    )


def find_addresses(environment: Environment) -> AddressFacts:
    options = environment.options
    front, notebooks = (
        options.get((PROPERTIES, name), "") for name in ("SIFU_FRONT_URL", "SIFU_NOTEBOOK_URL")
    )
    return AddressFacts(front, notebooks, environment.cname)


def find_secrets(aws: Aws, environment: Environment) -> SecretFacts:
    stored = {name: arn for (space, name), arn in environment.options.items() if space == SECRETS}
    in_the_open = [
        name
        for (space, name), value in sorted(environment.options.items())
        if space == PROPERTIES and name in SECRET_NAMES and value
    ]
    states = [(name, _find_state(aws, arn)) for name, arn in sorted(stored.items())]
    role = _find_role(aws, environment.options.get(_PROFILE, "")) if stored else None
    arns = [arn for arn in stored.values() if ":secretsmanager:" in arn]
    may = may_read(aws, role.arn, arns) if role and arns else None
    return SecretFacts(states, in_the_open, may, role.name if role else "")


def _find_state(aws: Aws, arn: str) -> SecretState:
    try:
        answer = _describe(aws, arn)
    except AwsRefused as refused:
        return SecretState.ABSENT if refused.code in _ABSENT else SecretState.UNKNOWN
    return SecretState.BEING_DELETED if answer.get("DeletedDate") else SecretState.THERE


def _describe(aws: Aws, arn: str) -> Mapping[str, Any]:
    if ":ssm:" in arn:
        name = arn.partition(":parameter")[2]
        filters = [{"Key": "Name", "Values": [name, name.lstrip("/")]}]
        found = aws.call("ssm", "describe_parameters", {"ParameterFilters": filters})
        if not found.get("Parameters"):
            raise AwsRefused("There is no such parameter.", code="ParameterNotFound")
        return {}
    secret = ":".join(arn.split(":")[:7])  # Beanstalk takes ARN:key as well
    return aws.call("secretsmanager", "describe_secret", {"SecretId": secret})


def _find_role(aws: Aws, profile: str) -> Role | None:
    try:
        name = profile.rpartition("/")[2]
        answer = aws.call("iam", "get_instance_profile", {"InstanceProfileName": name})
    except AwsRefused:
        return None
    inside = answer["InstanceProfile"]["Roles"]
    return Role(str(inside[0]["RoleName"]), str(inside[0]["Arn"])) if inside else None
