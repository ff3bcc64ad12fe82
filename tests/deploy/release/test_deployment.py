"""Whole deployments against AWS as tests have it."""

import json

import boto3
import pytest

from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.deployment import deploy, roll_back
from proxy.deploy.release.environment_options import PROPERTIES, SECRETS
from tests.deploy.conftest import ACCOUNT, BUCKET, PASSWORD, REGION, TEMPLATE, World, read

ONE, TWO = b"bundle one", b"bundle two"


def first(world: World) -> bool:
    return deploy(world.aws, world.wish(), world.operator())


def settle(world: World) -> None:
    """A deployed environment, and the calls forgotten."""
    assert first(world), world.output
    world.calls.clear()
    world.lines.clear()


def test_the_first_deployment_makes_everything_and_ends_with_the_addresses(world):
    assert first(world), world.output
    environment = world.beanstalk.find("sifu-test")
    assert environment.health == "Green"
    assert environment.platform.endswith("/4.10.0")
    objects = boto3.client("s3", region_name=REGION).list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [each["Key"] for each in objects] == [f"sifu/{world.release(ONE).sha256}.zip"]
    assert f"http://{environment.cname}:3334" in world.output
    assert f"http://{environment.cname}:3335" in world.output
    assert environment.options[PROPERTIES, "SIFU_FRONT_URL"] == f"http://{environment.cname}:3334"
    assert "createEnvironment is starting." in world.output


def test_secrets_go_to_secrets_manager_and_the_environment_gets_their_arns(world):
    assert first(world)
    store = boto3.client("secretsmanager", region_name=REGION)
    value = store.get_secret_value(SecretId="sifu/sifu-test/SIFU_ADMIN_PASSWORD")
    assert value["SecretString"] == PASSWORD
    options = world.beanstalk.find("sifu-test").options
    assert options[SECRETS, "SIFU_ADMIN_PASSWORD"] == value["ARN"]
    assert (PROPERTIES, "SIFU_ADMIN_PASSWORD") not in options
    assert (SECRETS, "DEPLOYMENT_TOKEN") not in options
    generated = store.get_secret_value(SecretId="sifu/sifu-test/SIFU_SECRET")
    assert options[SECRETS, "SIFU_SECRET"] == generated["ARN"]


def test_no_secret_is_printed_and_none_is_asked_for(world):
    assert first(world)
    assert PASSWORD not in world.output
    assert "generated-" not in world.output
    assert "get_secret_value" not in [name for _, name, _ in world.calls]


def test_the_machine_s_role_may_read_this_environment_s_secrets_only(world):
    assert first(world)
    iam = boto3.client("iam", region_name=REGION)
    policy = iam.get_role_policy(
        RoleName="aws-elasticbeanstalk-ec2-role", PolicyName="sifu-read-secrets"
    )["PolicyDocument"]
    policy = policy if isinstance(policy, dict) else json.loads(policy)
    (statement,) = policy["Statement"]
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:sifu/sifu-test/*"
    assert statement["Resource"] == [arn]
    profile = iam.get_instance_profile(InstanceProfileName="aws-elasticbeanstalk-ec2-role")
    assert len(profile["InstanceProfile"]["Roles"]) == 1


def test_without_roles_nothing_is_changed_and_the_way_is_told(world):
    assert not deploy(world.aws, world.wish(may_create_roles=False), world.operator())
    assert "--create-roles" in world.output
    assert world.changes == []


def test_a_missing_secret_is_asked_for_before_anything_is_changed(world):
    assert not deploy(world.aws, world.wish(secrets={}), world.operator())
    assert "SIFU_ADMIN_PASSWORD must be given" in world.output
    assert world.changes == []


def test_the_same_again_changes_nothing(world):
    settle(world)
    assert deploy(world.aws, world.wish(secrets={}), world.operator())
    assert world.changes == []
    assert "healthy" in world.output


def test_an_update_uploads_the_new_bundle_and_sends_what_changed(world):
    settle(world)
    template = read(TEMPLATE + '[settings]\nSIFU_WORKSPACES = "per-user"\n')
    wish = world.wish(TWO, template=template, secrets={})
    assert deploy(world.aws, wish, world.operator()), world.output
    assert world.changes == ["put_object", "create_application_version", "update_environment"]
    sent = next(params for _, name, params in world.calls if name == "update_environment")
    assert sent["VersionLabel"] == world.release(TWO).label
    assert sent["Description"] == f"Sifu; ran well before: {world.release(ONE).label}"
    assert [each["OptionName"] for each in sent["OptionSettings"]] == ["SIFU_WORKSPACES"]
    assert "createEnvironment is starting." not in world.output


def test_a_bundle_that_lies_there_is_not_uploaded_again(world):
    settle(world)
    assert deploy(world.aws, world.wish(TWO, secrets={}), world.operator())
    world.calls.clear()
    assert deploy(world.aws, world.wish(ONE, secrets={}), world.operator())
    assert world.changes == ["update_environment"]


def test_a_new_value_of_a_secret_alone_restarts_the_environment(world):
    settle(world)
    assert deploy(world.aws, world.wish(secrets={"SIFU_ADMIN_PASSWORD": "new"}), world.operator())
    assert world.changes == ["put_secret_value", "restart_app_server"]


def test_a_secret_that_was_a_property_does_not_stay_behind(world):
    settle(world)
    options = world.beanstalk.find("sifu-test").options
    options[PROPERTIES, "DEPLOYMENT_TOKEN"] = "old"
    wish = world.wish(secrets={"DEPLOYMENT_TOKEN": "ghp_secret"})
    assert deploy(world.aws, wish, world.operator())
    assert (PROPERTIES, "DEPLOYMENT_TOKEN") not in options
    assert options[SECRETS, "DEPLOYMENT_TOKEN"].startswith("arn:")
    assert "ghp_secret" not in world.output


def test_a_plain_property_is_possible_and_warned_of(world):
    template = read(TEMPLATE.replace('"store-if-set"', '"property"'))
    wish = world.wish(
        template=template, secrets={"SIFU_ADMIN_PASSWORD": PASSWORD, "DEPLOYMENT_TOKEN": "ghp_x"}
    )
    assert deploy(world.aws, wish, world.operator())
    assert world.beanstalk.find("sifu-test").options[PROPERTIES, "DEPLOYMENT_TOKEN"] == "ghp_x"
    assert "plain property" in world.output
    assert "ghp_x" not in world.output


def test_a_deleted_secret_is_taken_back(world):
    settle(world)
    store = boto3.client("secretsmanager", region_name=REGION)
    store.delete_secret(SecretId="sifu/sifu-test/SIFU_SECRET")
    assert deploy(world.aws, world.wish(secrets={}), world.operator()), world.output
    assert "restore_secret" in world.changes
    assert "DeletedDate" not in store.describe_secret(SecretId="sifu/sifu-test/SIFU_SECRET")


@pytest.mark.parametrize("is_there", [False, True], ids=["first", "update"])
def test_a_dry_run_prints_every_call_and_changes_nothing(world, is_there):
    if is_there:
        settle(world)
    wish = world.wish(TWO, secrets={"SIFU_ADMIN_PASSWORD": PASSWORD, "DEPLOYMENT_TOKEN": "ghp_x"})
    assert deploy(world.aws, wish, world.operator(dry=True))
    assert world.changes == []
    printed = world.output
    assert ("update_environment(" if is_there else "create_environment(") in printed
    assert "s3.put_object(" in printed
    assert "[hidden]" in printed
    assert PASSWORD not in printed
    assert "ghp_x" not in printed
    assert "nothing was changed" in printed


def test_a_dry_run_announces_exactly_the_calls_that_are_made(world):
    deploy(world.aws, world.wish(), world.operator(dry=True))
    announced = [
        line.strip().rstrip("(").partition(".")[2] for line in world.lines if line.endswith("(")
    ]
    assert first(world)
    assert world.changes == announced


def test_a_failure_says_why_and_how_to_go_back(world):
    settle(world)
    key = "resources/environments/logs/tail/e-0/i-1/TailLogs.txt"
    log = f"all fine\nERROR: docker build failed with {PASSWORD}\n"
    boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key=key, Body=log.encode())
    world.beanstalk.log_url = f"https://{BUCKET}.s3.{REGION}.amazonaws.com/{key}?X-Amz-Signature=1"
    world.beanstalk.outcome = "bad"
    assert not deploy(world.aws, world.wish(TWO), world.operator())
    assert "Failed to deploy application." in world.output
    assert "Application deployment failed" in world.output
    assert "docker build failed with [hidden]" in world.output
    assert "sifu deploy sifu-test --rollback" in world.output
    assert f"has {world.release(ONE).label} still" in world.output


def test_a_rollback_after_a_failure_brings_back_what_ran_well(world):
    settle(world)
    world.beanstalk.outcome = "bad"
    assert not deploy(world.aws, world.wish(TWO, secrets={}), world.operator())
    world.beanstalk.outcome = "good"
    world.calls.clear()
    assert roll_back(world.aws, read(), world.operator()), world.output
    environment = world.beanstalk.find("sifu-test")
    assert (environment.label, environment.health) == (world.release(ONE).label, "Green")
    world.lines.clear()
    world.beanstalk.find("sifu-test").description = f"Sifu; ran well before: {environment.label}"
    world.calls.clear()
    assert not roll_back(world.aws, read(), world.operator())
    assert "did not take hold" in world.output
    assert world.changes == []


def test_after_a_failure_the_next_run_tries_again(world):
    world.beanstalk.outcome = "bad"
    assert not first(world)
    world.beanstalk.outcome = "good"
    world.calls.clear()
    assert first(world)
    assert "update_environment" in world.changes
    assert "put_object" not in world.changes


def test_the_rollback_brings_back_what_ran_well_before(world):
    settle(world)
    assert deploy(world.aws, world.wish(TWO, secrets={}), world.operator())
    world.calls.clear()
    assert roll_back(world.aws, read(), world.operator()), world.output
    assert world.changes == ["update_environment"]
    assert world.beanstalk.find("sifu-test").label == world.release(ONE).label
    assert "as the environment's description says" in world.output


def test_a_second_rollback_does_not_go_forth_again(world):
    settle(world)
    assert deploy(world.aws, world.wish(TWO, secrets={}), world.operator())
    assert roll_back(world.aws, read(), world.operator())
    world.calls.clear()
    assert not roll_back(world.aws, read(), world.operator())
    assert world.changes == []
    assert "no version to go back to" in world.output


def test_a_rollback_without_an_environment_is_said_plainly(world):
    assert not roll_back(world.aws, read(), world.operator())
    assert "There is no environment sifu-test" in world.output


def test_the_rollback_can_be_rehearsed(world):
    settle(world)
    assert deploy(world.aws, world.wish(TWO, secrets={}), world.operator())
    world.calls.clear()
    assert roll_back(world.aws, read(), world.operator(dry=True))
    assert world.changes == []
    assert f"Go back from {world.release(TWO).label} to {world.release(ONE).label}" in world.output


def test_an_environment_that_gets_the_same_version_is_followed(world):
    settle(world)
    environment = world.beanstalk.find("sifu-test")
    world.beanstalk.begin(environment, "Environment update", environment.label)
    world.clock.advance(20)
    assert deploy(world.aws, world.wish(secrets={}), world.operator())
    assert world.changes == []
    assert "following that" in world.output
    assert "Environment update is starting." in world.output


def test_an_environment_that_gets_another_version_is_left_alone(world):
    settle(world)
    environment = world.beanstalk.find("sifu-test")
    world.beanstalk.begin(environment, "Environment update", "sifu-9.9.9-of-somebody")
    assert not deploy(world.aws, world.wish(TWO, secrets={}), world.operator())
    assert not roll_back(world.aws, read(), world.operator())
    assert world.changes == []
    assert "sifu-9.9.9-of-somebody" in world.output


def test_an_environment_of_another_application_is_left_alone(world):
    settle(world)
    template = read('application = "other"\n' + TEMPLATE)
    assert not deploy(world.aws, world.wish(template=template), world.operator())
    assert world.changes == []
    assert "choose another name" in world.output


def test_the_wait_ends_and_says_how_to_go_on(world):
    world.beanstalk.outcome = "never"
    start = world.clock()
    assert not deploy(world.aws, world.wish(), world.operator(limit=600.0))
    assert world.clock() - start < 700
    assert "--timeout" in world.output


def test_a_new_version_that_stays_unwell_is_told_with_its_causes(world):
    world.beanstalk.outcome = "sick"
    assert not first(world)
    assert "its health is Yellow" in world.output
    assert "i-1: No data." in world.output


def test_a_bundle_that_beanstalk_cannot_process_is_told_and_replaced_later(world):
    world.beanstalk.version_outcome = "FAILED"
    with pytest.raises(AwsRefused, match="sifu bundle --check"):
        first(world)
    world.beanstalk.version_outcome = "PROCESSED"
    world.calls.clear()
    assert first(world), world.output
    assert "delete_application_version" in world.changes


def test_a_change_that_loses_the_disk_needs_a_word(world):
    settle(world)
    template = read(TEMPLATE.replace("t3.medium", "t3.large"))
    wish = world.wish(template=template, secrets={})
    assert not deploy(world.aws, wish, world.operator())
    assert "--replace-machine" in world.output
    assert world.changes == []
    wish = world.wish(template=template, secrets={}, may_replace_machine=True)
    assert deploy(world.aws, wish, world.operator())
    assert (
        world.beanstalk.find("sifu-test").options["aws:ec2:instances", "InstanceTypes"]
        == "t3.large"
    )


def test_the_machine_that_cannot_read_its_secrets_is_found_beforehand(world):
    settle(world)
    world.may_read = "implicitDeny"
    wish = world.wish(TWO, secrets={}, may_create_roles=False)
    assert not deploy(world.aws, wish, world.operator())
    assert "may not read the environment's secrets" in world.output
    assert world.changes == []


def test_an_address_that_is_taken_is_told(world):
    world.beanstalk.taken.add("mine-mine.eu-central-1.elasticbeanstalk.com")
    template = read('address = "mine-mine"\n' + TEMPLATE)
    assert not deploy(world.aws, world.wish(template=template), world.operator())
    assert "taken by somebody else" in world.output
    assert world.changes == []


def count_changes(world: World) -> int:
    assert first(world)
    return len(world.changes)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(18))
def test_interrupted_at_any_call_the_next_run_takes_up(world, when, number):
    made = 0

    def interrupt(moment, operation):
        nonlocal made
        is_change = not operation.startswith(
            ("describe_", "list_", "get_", "head_", "check_", "simulate_")
        )
        if moment == when and is_change:
            made += 1
            if made == number + 1:
                raise KeyboardInterrupt

    world.interrupt = interrupt
    try:
        finished = first(world)
    except KeyboardInterrupt:
        finished = False
    else:
        assert number >= len(world.changes), "the number of calls has grown: raise the range"
    world.interrupt = lambda moment, operation: None
    world.clock.advance(7)
    assert first(world), world.output
    assert finished or world.beanstalk.find("sifu-test").label == world.release(ONE).label
    assert world.changes.count("create_environment") <= 2
    assert len(world.beanstalk.environments) == 1
    assert {name: len(set(arns)) for name, arns in world.attached.items()} == {
        "aws-elasticbeanstalk-service-role": 2,
        "aws-elasticbeanstalk-ec2-role": 1,
    }
    options = world.beanstalk.find("sifu-test").options
    assert {name for space, name in options if space == SECRETS} == {
        "SIFU_ADMIN_PASSWORD",
        "SIFU_SECRET",
    }
