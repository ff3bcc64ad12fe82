"""The IAM roles of an environment: which are missing, and the calls that make them.

Two roles: Beanstalk's own (the service role), and the machine's, carried by an instance profile.
"""

import json
from collections.abc import Iterator, Sequence

from proxy.deploy.release.found import Account, Found, Role, Roles
from proxy.deploy.release.secret_steps import record_name
from proxy.deploy.release.steps import Refusal, Step, Then
from proxy.deploy.release.template import SecretSource, Template

SECRETS_POLICY = "sifu-read-secrets"
_SERVICE_POLICIES = (
    "service-role/AWSElasticBeanstalkEnhancedHealth",
    "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
)
_MACHINE_POLICIES = ("AWSElasticBeanstalkWebTier",)
_HOW = (
    "Let `sifu deploy --create-roles` make what is missing, or make it by hand as "
    "docs/deploy-aws.md says (a person who may change IAM has to)."
)


def plan_roles(template: Template, found: Found, *, create: bool) -> list[Step] | Refusal:
    """Return the calls that make the roles complete, or why nothing can be done without them."""
    missing = list(_missing(template, found))
    if not missing:
        return []
    if not create:
        return Refusal(f"{' '.join(missing)} {_HOW}")
    return list(_create(template, found))


def unknown_roles(roles: Roles) -> list[str]:
    """Return notes about what these credentials may not look at."""
    if None in (roles.service.exists, roles.has_profile):
        return ["These credentials may not look at IAM, so the roles were not checked."]
    if roles.reads_secrets is None:
        return ["These credentials may not ask IAM whether the machine may read its secrets."]
    return []


def secret_arns(template: Template, account: Account) -> list[str]:
    """Return what the machine must be allowed to read; empty if the template has no secrets."""
    prefix = f"arn:{account.partition}:secretsmanager:{account.region}:{account.id}:secret:"
    ours = record_name(template, "*")
    wishes = template.secrets.values()
    arns = [wish.arn for wish in wishes if wish.source is SecretSource.EXISTING]
    if any(wish.source not in (SecretSource.EXISTING, SecretSource.PROPERTY) for wish in wishes):
        arns.insert(0, f"{prefix}{ours}")
    return arns


def _missing(template: Template, found: Found) -> Iterator[str]:
    roles = found.roles
    if roles.service.exists is False:
        yield f"The role {roles.service.name}, with which Elastic Beanstalk acts, does not exist."
    if roles.has_profile is False:
        yield f"The instance profile {template.instance_profile} does not exist."
    elif roles.has_profile and not roles.profile_role:
        yield f"The instance profile {template.instance_profile} has no role in it."
    elif roles.reads_secrets is False and secret_arns(template, found.account):
        yield f"The role {roles.machine.name} may not read the environment's secrets."


def _create(template: Template, found: Found) -> Iterator[Step]:
    roles, account = found.roles, found.account
    if roles.service.exists is not None:
        service = _trust("elasticbeanstalk.amazonaws.com", external_id="elasticbeanstalk")
        yield from _role(roles.service, service, _SERVICE_POLICIES, account)
    if roles.has_profile is None:
        return
    if roles.machine.exists is not None:
        ending = ".cn" if account.partition == "aws-cn" else ""
        machine = _trust(f"ec2.amazonaws.com{ending}")
        yield from _role(roles.machine, machine, _MACHINE_POLICIES, account)
    name = roles.machine.name
    if arns := secret_arns(template, account):
        yield Step(
            f"Let the role {name} read the environment's secrets.",
            "iam",
            "put_role_policy",
            {
                "RoleName": name,
                "PolicyName": SECRETS_POLICY,
                "PolicyDocument": _allow_reading(arns),
            },
        )
    yield from _profile(template, roles)


def _role(role: Role, trust: str, policies: Sequence[str], account: Account) -> Iterator[Step]:
    if not role.exists:
        yield Step(
            f"Make the role {role.name}.",
            "iam",
            "create_role",
            {"RoleName": role.name, "AssumeRolePolicyDocument": trust},
        )
    arns = [f"arn:{account.partition}:iam::aws:policy/{policy}" for policy in policies]
    if role.attached - set(arns):
        return  # it has policies that somebody chose: they stay as they are
    for arn in arns:
        if arn not in role.attached:
            yield Step(
                f"Give {role.name} the policy {arn.rpartition('/')[2]}.",
                "iam",
                "attach_role_policy",
                {"RoleName": role.name, "PolicyArn": arn},
            )


def _profile(template: Template, roles: Roles) -> Iterator[Step]:
    name = {"InstanceProfileName": template.instance_profile}
    if not roles.has_profile:
        yield Step(
            f"Make the instance profile {template.instance_profile}.",
            "iam",
            "create_instance_profile",
            name,
        )
    if not roles.profile_role:
        yield Step(
            f"Put the role {roles.machine.name} into it.",
            "iam",
            "add_role_to_instance_profile",
            {**name, "RoleName": roles.machine.name},
            then=Then.ROLES_SPREAD,
        )


def _trust(principal: str, *, external_id: str = "") -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": "sts:AssumeRole",
    }
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _allow_reading(arns: Sequence[str]) -> str:
    secrets = sorted({_without_key(arn) for arn in arns if ":secretsmanager:" in arn})
    parameters = sorted(arn for arn in arns if ":ssm:" in arn)
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resources}
        for action, resources in (
            ("secretsmanager:GetSecretValue", secrets),
            ("ssm:GetParameter", parameters),
        )
        if resources
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _without_key(arn: str) -> str:
    """Beanstalk takes `ARN:key` for one key of a JSON secret; IAM knows the ARN alone."""
    return ":".join(arn.split(":")[:7])
