"""EC2 and both kinds of load balancer as botocore's Stubber has them."""

from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from proxy.deploy.release.aws_calls import Aws
from proxy.deploy.release.environment_options import PROPERTIES
from proxy.deploy.release.found import Environment
from proxy.deploy.release.network_facts import find_network

TYPE = ("aws:elasticbeanstalk:environment", "EnvironmentType")
BALANCER = ("aws:elasticbeanstalk:environment", "LoadBalancerType")
ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/awseb/1"

ALL = frozenset({80, 3334, 3335})


class Stubs:
    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._clients: dict[str, tuple[Any, Stubber]] = {}
        self.aws = Aws("eu-central-1", lambda service: self._find(service)[0])

    def _find(self, service):
        if service not in self._clients:
            session = boto3.session.Session("testing", "testing", region_name="eu-central-1")
            client = session.client(service)
            self._clients[service] = client, self._stack.enter_context(Stubber(client))
        return self._clients[service]

    def answer(self, service, operation, **response):
        self._find(service)[1].add_response(operation, response)

    def check(self):
        for _, stubber in self._clients.values():
            stubber.assert_no_pending_responses()


@pytest.fixture
def stubs():
    with ExitStack() as stack:
        yield Stubs(stack)


def environment(**options):
    return Environment(
        "e-1", "sifu", "sifu", "Ready", "Green", "one", "cname", "arn", options=options["options"]
    )


def resources(stubs, *balancers):
    stubs.answer(
        "elasticbeanstalk",
        "describe_environment_resources",
        EnvironmentResources={
            "Instances": [{"Id": "i-1"}],
            "LoadBalancers": [{"Name": each} for each in balancers],
        },
    )


def groups(stubs, *permissions):
    machine = {"InstanceId": "i-1", "SecurityGroups": [{"GroupId": "sg-machine"}]}
    stubs.answer("ec2", "describe_instances", Reservations=[{"Instances": [machine]}])
    group = {"GroupId": "sg-machine", "IpPermissions": list(permissions)}
    stubs.answer("ec2", "describe_security_groups", SecurityGroups=[group])


def permission(start, end, *, everybody=False, group="", protocol="tcp"):
    return {
        "IpProtocol": protocol,
        "FromPort": start,
        "ToPort": end,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}] if everybody else [],
        "UserIdGroupPairs": [{"GroupId": group}] if group else [],
    }


def test_without_a_load_balancer_people_reach_the_machine(stubs):
    resources(stubs)
    groups(stubs, permission(80, 80, everybody=True), permission(3334, 3335, everybody=True))
    found = find_network(stubs.aws, environment(options={TYPE: "SingleInstance"}))
    assert found.balancer == "none"
    assert [each.port for each in found.listeners] == [80, 3334, 3335]
    assert found.open_ports == found.world_ports == ALL
    stubs.check()


def test_with_one_port_only_that_is_looked_for(stubs):
    resources(stubs)
    groups(stubs, permission(80, 80, everybody=True))
    options = {TYPE: "SingleInstance", (PROPERTIES, "HOST_ONE_PORT"): "1"}
    found = find_network(stubs.aws, environment(options=options))
    assert [each.port for each in found.listeners] == [80]
    assert found.is_one_port


def test_an_application_load_balancer_is_looked_at_whole(stubs):
    resources(stubs, ARN)
    groups(
        stubs,
        permission(80, 80, group="sg-balancer"),
        permission(3334, 3335, group="sg-balancer"),
        permission(3335, 3335, everybody=True),
        permission(3334, 3334, everybody=True, protocol="udp"),
    )
    balancer = {"LoadBalancerArn": ARN, "SecurityGroups": ["sg-balancer"]}
    stubs.answer("elbv2", "describe_load_balancers", LoadBalancers=[balancer])
    idle = {"Key": "idle_timeout.timeout_seconds", "Value": "300"}
    stubs.answer("elbv2", "describe_load_balancer_attributes", Attributes=[idle])
    targets = [
        {"TargetGroupArn": f"t-{port}", "Port": port, "HealthCheckPath": path}
        for port, path in ((3334, "/healthz"), (3335, "/-/healthz"))
    ]
    stubs.answer("elbv2", "describe_target_groups", TargetGroups=targets)
    action = {"Type": "forward"}
    listeners = [
        {
            "Port": 3335,
            "Protocol": "HTTP",
            "DefaultActions": [action | {"TargetGroupArn": "t-3335"}],
        },
        {
            "Port": 3334,
            "Protocol": "HTTPS",
            "DefaultActions": [action | {"TargetGroupArn": "t-3334"}],
        },
        {"Port": 80, "Protocol": "HTTP", "DefaultActions": [{"Type": "redirect"}]},
    ]
    stubs.answer("elbv2", "describe_listeners", Listeners=listeners)
    for sticky, state in (("true", "healthy"), ("false", "unhealthy")):
        attribute = {"Key": "stickiness.enabled", "Value": sticky}
        stubs.answer("elbv2", "describe_target_group_attributes", Attributes=[attribute])
        health = [{"TargetHealth": {"State": state}}]
        stubs.answer("elbv2", "describe_target_health", TargetHealthDescriptions=health)
    found = find_network(
        stubs.aws, environment(options={TYPE: "LoadBalanced", BALANCER: "application"})
    )
    assert found.idle_timeout == 300
    assert [each.port for each in found.listeners] == [80, 3334, 3335]
    front, notebooks = found.listeners[1:]
    assert (front.is_encrypted, front.health_path, front.is_healthy) == (True, "/healthz", False)
    assert (notebooks.is_encrypted, notebooks.is_sticky, notebooks.is_healthy) == (
        False,
        True,
        True,
    )
    assert found.open_ports == ALL
    assert found.world_ports == frozenset({3335})
    stubs.check()


def test_a_classic_load_balancer_is_looked_at_whole(stubs):
    resources(stubs, "awseb-1")
    groups(stubs, permission(0, 65535, group="sg-balancer", protocol="-1"))
    listener = {"Protocol": "TCP", "LoadBalancerPort": 3335, "InstancePort": 3335}
    front = {"Protocol": "SSL", "LoadBalancerPort": 3334, "InstancePort": 3334}
    http = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}
    check = {
        "Target": "HTTP:80/healthz",
        "Interval": 10,
        "Timeout": 5,
        "UnhealthyThreshold": 5,
        "HealthyThreshold": 3,
    }
    balancer = {
        "LoadBalancerName": "awseb-1",
        "HealthCheck": check,
        "ListenerDescriptions": [{"Listener": each} for each in (listener, front, http)],
        "SecurityGroups": ["sg-balancer"],
    }
    stubs.answer("elb", "describe_load_balancers", LoadBalancerDescriptions=[balancer])
    settings = {"ConnectionSettings": {"IdleTimeout": 60}}
    stubs.answer("elb", "describe_load_balancer_attributes", LoadBalancerAttributes=settings)
    found = find_network(
        stubs.aws, environment(options={TYPE: "LoadBalanced", BALANCER: "classic"})
    )
    assert found.idle_timeout == 60
    assert [each.is_encrypted for each in found.listeners] == [False, True, False]
    assert [each.health_path for each in found.listeners] == ["/healthz", None, None]
    assert found.open_ports == ALL
    assert found.world_ports == frozenset()
    stubs.check()


def test_without_a_machine_nothing_is_known_of_its_ports(stubs):
    stubs.answer("elasticbeanstalk", "describe_environment_resources", EnvironmentResources={})
    found = find_network(stubs.aws, environment(options={TYPE: "SingleInstance"}))
    assert (found.open_ports, found.machines) == (None, 0)
