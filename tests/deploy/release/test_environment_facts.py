import boto3
import pytest

from proxy.core.aws_diagnosis import SecretState
from proxy.deploy.release import environment_facts as facts
from proxy.deploy.release.deployment import deploy
from proxy.deploy.release.environment_options import PROPERTIES, SECRETS
from proxy.deploy.release.survey import find_environment
from tests.deploy.conftest import REGION
from tests.deploy.fake_beanstalk import refuse


@pytest.fixture
def deployed(world):
    assert deploy(world.aws, world.wish(), world.operator())
    world.calls.clear()
    return world


def look(world):
    return find_environment(world.aws, "sifu-test")


def test_health_comes_with_its_causes(deployed):
    found = facts.find_health(deployed.aws, look(deployed))
    assert (found.status, found.health) == ("Ready", "Green")
    assert found.causes


def test_basic_health_reporting_has_no_causes(deployed):
    environment = look(deployed)

    def interrupt(when, operation):
        if (when, operation) == ("before", "describe_environment_health"):
            refuse("InvalidRequestException", "Not enhanced.")

    deployed.interrupt = interrupt
    assert facts.find_health(deployed.aws, environment).causes == ()


def test_the_platform_is_compared_with_the_newest(deployed):
    found = facts.find_platform(deployed.aws, look(deployed))
    assert found.branch == found.wanted_branch
    assert (found.version, found.newest) == ("4.10.0", "4.10.0")


def test_addresses_are_what_the_environment_is_told(deployed):
    found = facts.find_addresses(look(deployed))
    assert found.front == f"http://{found.cname}:3334"


def test_secrets_are_looked_for_and_never_read(deployed):
    found = facts.find_secrets(deployed.aws, look(deployed))
    assert dict(found.states) == {
        "SIFU_ADMIN_PASSWORD": SecretState.THERE,
        "SIFU_SECRET": SecretState.THERE,
    }
    assert found.may_be_read is True
    assert "get_secret_value" not in [name for _, name, _ in deployed.calls]


def test_each_state_of_a_secret_is_seen(deployed):
    boto3.client("secretsmanager", region_name=REGION).delete_secret(
        SecretId="sifu/sifu-test/SIFU_SECRET"
    )
    boto3.client("ssm", region_name=REGION).put_parameter(Name="/mine", Value="x", Type="String")
    options = deployed.beanstalk.find("sifu-test").options
    prefix = f"arn:aws:ssm:{REGION}:123456789012:parameter"
    options[SECRETS, "HERE"] = f"{prefix}/mine"
    options[SECRETS, "GONE"] = f"{prefix}/gone"
    options[SECRETS, "LOST"] = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:no-AbCdEf:key"
    options[PROPERTIES, "DEPLOYMENT_TOKEN"] = "ghp_x"
    deployed.may_read = "implicitDeny"
    found = facts.find_secrets(deployed.aws, look(deployed))
    assert dict(found.states) == {
        "SIFU_ADMIN_PASSWORD": SecretState.THERE,
        "SIFU_SECRET": SecretState.BEING_DELETED,
        "HERE": SecretState.THERE,
        "GONE": SecretState.ABSENT,
        "LOST": SecretState.ABSENT,
    }
    assert found.in_the_open == ["DEPLOYMENT_TOKEN"]
    assert found.may_be_read is False
