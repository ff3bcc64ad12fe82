import json

import boto3
import pytest
from moto import mock_aws

from proxy.deploy.release.found import Account, Found, Role, Roles
from proxy.deploy.release.role_steps import plan_roles, secret_arns, unknown_roles
from proxy.deploy.release.steps import Refusal
from proxy.deploy.release.template import SecretSource, SecretWish, Template

SERVICE, MACHINE = "aws-elasticbeanstalk-service-role", "aws-elasticbeanstalk-ec2-role"
WITH_SECRET = Template(secrets={"A": SecretWish(SecretSource.STORE)})
NOTHING = Roles(Role(SERVICE, False), Role(MACHINE, False), False, "", False)
ALL = Roles(Role(SERVICE, True), Role(MACHINE, True), True, MACHINE, True)


def found(roles, partition="aws"):
    account = Account("123456789012", "eu-central-1", partition)
    return Found(account, "", False, False, False, None, None, roles, [], "", True)


def planned(roles, template=WITH_SECRET, partition="aws"):
    return plan_roles(template, found(roles, partition), create=True)


def test_complete_roles_need_nothing():
    assert plan_roles(WITH_SECRET, found(ALL), create=False) == []
    assert planned(ALL) == []


def test_missing_roles_are_named_with_the_way_out():
    refusal = plan_roles(WITH_SECRET, found(NOTHING), create=False)
    assert isinstance(refusal, Refusal)
    assert SERVICE in refusal.sentence
    assert "--create-roles" in refusal.sentence


def test_a_profile_without_a_role_and_a_role_without_the_right_are_found():
    for roles in (
        Roles(Role(SERVICE, True), Role(MACHINE, True), True, "", None),
        Roles(Role(SERVICE, True), Role(MACHINE, True), True, MACHINE, False),
    ):
        assert isinstance(plan_roles(WITH_SECRET, found(roles), create=False), Refusal)


def test_without_secrets_the_machine_needs_no_right():
    roles = Roles(Role(SERVICE, True), Role(MACHINE, True), True, MACHINE, False)
    assert plan_roles(Template(), found(roles), create=False) == []


def test_what_may_not_be_looked_at_is_not_called_missing():
    roles = Roles(Role(SERVICE, None), Role(MACHINE, None), None, "", None)
    assert plan_roles(WITH_SECRET, found(roles), create=False) == []
    assert "may not look at IAM" in unknown_roles(roles)[0]
    assert unknown_roles(ALL) == []


def test_policies_that_somebody_chose_stay_as_they_are():
    mine = frozenset({"arn:aws:iam::123456789012:policy/mine"})
    roles = Roles(Role(SERVICE, True, mine), Role(MACHINE, False), False, "", False)
    operations = [(s.operation, s.parameters.get("RoleName")) for s in planned(roles)]
    assert ("attach_role_policy", SERVICE) not in operations
    assert ("create_role", MACHINE) in operations


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_arns_are_of_the_account_s_partition(partition):
    steps = planned(NOTHING, partition=partition)
    arns = [s.parameters["PolicyArn"] for s in steps if s.operation == "attach_role_policy"]
    assert all(arn.startswith(f"arn:{partition}:iam::aws:policy/") for arn in arns)


def test_the_machine_reads_our_secrets_and_those_that_are_named():
    template = Template(
        secrets={
            "A": SecretWish(SecretSource.STORE),
            "B": SecretWish(
                SecretSource.EXISTING, "arn:aws:secretsmanager:r:1:secret:b-AbCdEf:key"
            ),
            "C": SecretWish(SecretSource.EXISTING, "arn:aws:ssm:r:1:parameter/c"),
            "D": SecretWish(SecretSource.PROPERTY),
        }
    )
    assert len(secret_arns(template, Account("1", "r"))) == 3
    step = next(s for s in planned(NOTHING, template) if s.operation == "put_role_policy")
    secrets, parameters = json.loads(step.parameters["PolicyDocument"])["Statement"]
    assert "arn:aws:secretsmanager:r:1:secret:b-AbCdEf" in secrets["Resource"]
    assert parameters["Action"] == "ssm:GetParameter"


def test_amazon_has_the_policies_that_are_attached():
    steps = [s for s in planned(NOTHING) if s.operation == "attach_role_policy"]
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        session = boto3.session.Session("testing", "testing", region_name="us-east-1")
        iam = session.client("iam")
        for step in steps:
            assert iam.get_policy(PolicyArn=step.parameters["PolicyArn"])["Policy"]
