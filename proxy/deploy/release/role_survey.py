"""Which IAM roles are there, and may the machine read its secrets?

Promises: credentials that may not look at IAM learn “unknown” (None), and the deployment goes on.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from proxy.deploy.release.aws_calls import Aws
from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.found import Account, Role, Roles
from proxy.deploy.release.role_steps import secret_arns
from proxy.deploy.release.template import Template

_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})
_ABSENT = "NoSuchEntity"


def find_roles(aws: Aws, template: Template, account: Account) -> Roles:
    """Return what can be known of both roles."""
    profile = _ask(
        lambda: aws.call(
            "iam", "get_instance_profile", {"InstanceProfileName": template.instance_profile}
        )
    )
    inside = profile["InstanceProfile"]["Roles"] if profile else []
    role = str(inside[0]["RoleName"]) if inside else ""
    service = _find_role(aws, template.service_role)
    # A profile that Beanstalk's console makes has the name of its role.
    machine = _find_role(aws, role or template.instance_profile)
    arns = [arn for arn in secret_arns(template, account) if ":secretsmanager:" in arn]
    reads = may_read(aws, str(inside[0]["Arn"]), arns) if inside else None
    if profile == {}:
        reads = False
    return Roles(service, machine, None if profile is None else bool(profile), role, reads)


def _find_role(aws: Aws, name: str) -> Role:
    answer = _ask(lambda: aws.call("iam", "get_role", {"RoleName": name}))
    if not answer:
        return Role(name, None if answer is None else False)
    attached = _ask(lambda: aws.call("iam", "list_attached_role_policies", {"RoleName": name}))
    policies = (attached or {}).get("AttachedPolicies", [])
    return Role(name, True, frozenset(str(each["PolicyArn"]) for each in policies))


def may_read(aws: Aws, role: str, arns: Sequence[str]) -> bool | None:
    """May the role (its ARN) read all these secrets? None: we may not know."""
    if not arns:
        return True
    parameters = {
        "PolicySourceArn": role,
        "ActionNames": ["secretsmanager:GetSecretValue"],
        "ResourceArns": [arn.replace("*", "any-name") for arn in arns],
    }
    answer = _ask(lambda: aws.call("iam", "simulate_principal_policy", parameters))
    if not answer:
        return None
    return all(each["EvalDecision"] == "allowed" for each in answer["EvaluationResults"])


def _ask(ask: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the answer, {} if there is no such thing, None if we may not know."""
    try:
        return ask()
    except AwsRefused as refused:
        if refused.code == _ABSENT:
            return {}
        if refused.code in _DENIED:
            return None
        raise
