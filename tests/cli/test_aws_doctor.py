import sys

import pytest

from proxy.cli.aws_doctor import examine_aws
from proxy.core.errors import NotFound
from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.deployment import deploy
from tests.deploy.conftest import world as world
from tests.deploy.fake_beanstalk import refuse


@pytest.fixture
def deployed(world):
    assert deploy(world.aws, world.wish(), world.operator())
    world.calls.clear()
    return world


def examine(world, name="sifu-test"):
    return {each.area: each for each in examine_aws(name, "", lambda region: world.aws)}


def test_every_area_is_judged_and_nothing_is_changed(deployed):
    found = examine(deployed)
    assert list(found) == ["health", "platform", "network", "addresses", "secrets"]
    assert found["health"].findings == ()
    assert found["secrets"].findings == ()
    assert deployed.changes == []


def test_an_area_that_may_not_be_looked_at_does_not_hide_the_others(deployed):
    def interrupt(when, operation):
        if (when, operation) == ("before", "describe_environment_resources"):
            refuse("AccessDenied", "You may not.")

    deployed.interrupt = interrupt
    found = examine(deployed)
    (finding,) = found["network"].findings
    assert not finding.is_problem
    assert "You may not" in finding.remedy
    assert "secrets" in found


def test_an_environment_that_is_not_there_is_told(world):
    with pytest.raises(NotFound, match="There is no environment sifu in eu-central-1"):
        examine(world, "")


def test_if_nothing_may_be_looked_at_it_is_one_sentence(world):
    world.interrupt = lambda when, operation: refuse("ExpiredToken", "")
    with pytest.raises(AwsRefused, match="run out"):
        examine(world)


def test_doctor_takes_a_name_or_none(sifu, monkeypatch):
    asked = []
    # The package's attribute of that name is the command.
    module = sys.modules["proxy.cli.doctor"]

    def ask(name, region):
        asked.append((name, region))
        return []

    monkeypatch.setattr(module, "examine_aws", ask)
    assert sifu("doctor", "--aws").exit_code == 0
    assert sifu("doctor", "--aws", "mine", "--region", "eu-west-1").exit_code == 0
    assert asked == [("", ""), ("mine", "eu-west-1")]
