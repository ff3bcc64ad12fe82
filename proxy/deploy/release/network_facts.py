"""How requests reach an environment's machine: load balancer, listeners, security groups.

For `sifu doctor --aws`. Must not: change anything, or judge.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from proxy.core.aws_network_diagnosis import HEALTH_PATHS, Listener, NetworkFacts
from proxy.deploy.release.aws_calls import Aws
from proxy.deploy.release.environment_options import PROPERTIES
from proxy.deploy.release.found import Environment

_TYPE = ("aws:elasticbeanstalk:environment", "EnvironmentType")
_BALANCER = ("aws:elasticbeanstalk:environment", "LoadBalancerType")
_ENCRYPTED = frozenset({"HTTPS", "SSL", "TLS"})
_EVERYBODY = frozenset({"0.0.0.0/0", "::/0"})


def find_network(aws: Aws, environment: Environment) -> NetworkFacts:
    """Return what is known; an environment without a load balancer listens on its machine."""
    named = {"EnvironmentId": environment.id}
    resources = aws.call("elasticbeanstalk", "describe_environment_resources", named)
    resources = resources["EnvironmentResources"]
    machines = [str(each["Id"]) for each in resources.get("Instances", [])]
    balancers = [str(each["Name"]) for each in resources.get("LoadBalancers", [])]
    permissions = _find_permissions(aws, machines)
    kind = _kind(environment, balancers)
    if kind == "none":
        return _without_balancer(environment, machines, permissions)
    look = _look_at_classic if kind == "classic" else _look_at_application
    listeners, idle, groups = look(aws, balancers[0])
    return NetworkFacts(
        balancer=kind,
        listeners=tuple(sorted(listeners, key=lambda each: each.port)),
        idle_timeout=idle,
        open_ports=_reachable(permissions, groups),
        world_ports=_reachable(permissions, frozenset()),
        is_one_port=_is_one_port(environment),
        machines=len(machines),
    )


def _kind(environment: Environment, balancers: Sequence[str]) -> str:
    if not balancers or environment.options.get(_TYPE) == "SingleInstance":
        return "none"
    return environment.options.get(_BALANCER, "classic")


def _is_one_port(environment: Environment) -> bool:
    return environment.options.get((PROPERTIES, "HOST_ONE_PORT"), "0") == "1"


def _without_balancer(
    environment: Environment,
    machines: Sequence[str],
    permissions: list[Mapping[str, Any]] | None,
) -> NetworkFacts:
    open_ports = _reachable(permissions, frozenset())
    is_one_port = _is_one_port(environment)
    ports = [80] if is_one_port else sorted(HEALTH_PATHS)
    return NetworkFacts(
        balancer="none",
        listeners=tuple(Listener(port, is_encrypted=False, target_port=port) for port in ports),
        idle_timeout=None,
        open_ports=open_ports,
        world_ports=open_ports,
        is_one_port=is_one_port,
        machines=len(machines),
    )


def _look_at_application(aws: Aws, arn: str) -> tuple[list[Listener], int | None, frozenset[str]]:
    named = {"LoadBalancerArn": arn}
    balancers = aws.call("elbv2", "describe_load_balancers", {"LoadBalancerArns": [arn]})
    groups = frozenset(balancers["LoadBalancers"][0].get("SecurityGroups", []))
    attributes = _attributes(aws.call("elbv2", "describe_load_balancer_attributes", named))
    targets = {
        str(each["TargetGroupArn"]): each
        for each in aws.call("elbv2", "describe_target_groups", named)["TargetGroups"]
    }
    listeners = [
        _application_listener(aws, each, targets)
        for each in aws.call("elbv2", "describe_listeners", named)["Listeners"]
    ]
    idle = attributes.get("idle_timeout.timeout_seconds")
    return listeners, int(idle) if idle else None, groups


def _application_listener(
    aws: Aws, listener: Mapping[str, Any], targets: Mapping[str, Mapping[str, Any]]
) -> Listener:
    actions = listener.get("DefaultActions", [])
    arn = next((str(each["TargetGroupArn"]) for each in actions if "TargetGroupArn" in each), "")
    port, is_encrypted = int(listener["Port"]), listener["Protocol"] in _ENCRYPTED
    if arn not in targets:
        return Listener(port, is_encrypted, port)
    named = {"TargetGroupArn": arn}
    attributes = _attributes(aws.call("elbv2", "describe_target_group_attributes", named))
    health = aws.call("elbv2", "describe_target_health", named)["TargetHealthDescriptions"]
    states = {str(each["TargetHealth"]["State"]) for each in health}
    return Listener(
        port,
        is_encrypted,
        int(targets[arn]["Port"]),
        health_path=str(targets[arn].get("HealthCheckPath", "")),
        is_sticky=attributes.get("stickiness.enabled") == "true",
        is_healthy="healthy" in states,
    )


def _look_at_classic(aws: Aws, name: str) -> tuple[list[Listener], int | None, frozenset[str]]:
    named = {"LoadBalancerNames": [name]}
    balancer = aws.call("elb", "describe_load_balancers", named)["LoadBalancerDescriptions"][0]
    attributes = aws.call("elb", "describe_load_balancer_attributes", {"LoadBalancerName": name})
    settings = attributes["LoadBalancerAttributes"].get("ConnectionSettings", {})
    asked_port, path = _classic_health(str(balancer["HealthCheck"]["Target"]))
    listeners = [
        Listener(
            int(each["Listener"]["LoadBalancerPort"]),
            each["Listener"]["Protocol"] in _ENCRYPTED,
            int(each["Listener"]["InstancePort"]),
            health_path=path if int(each["Listener"]["InstancePort"]) == asked_port else None,
        )
        for each in balancer["ListenerDescriptions"]
    ]
    groups = frozenset(balancer.get("SecurityGroups", []))
    return listeners, settings.get("IdleTimeout"), groups


def _classic_health(target: str) -> tuple[int, str | None]:
    """`HTTP:80/healthz` → the port and the path; a TCP check has none."""
    _, _, rest = target.partition(":")
    port, slash, path = rest.partition("/")
    return int(port or 0), f"/{path}" if slash else None


def _find_permissions(aws: Aws, machines: Sequence[str]) -> list[Mapping[str, Any]] | None:
    """Return the incoming rules of all the machines' security groups."""
    if not machines:
        return None
    answer = aws.call("ec2", "describe_instances", {"InstanceIds": list(machines)})
    groups = sorted(
        {
            str(group["GroupId"])
            for reservation in answer["Reservations"]
            for machine in reservation["Instances"]
            for group in machine.get("SecurityGroups", [])
        }
    )
    if not groups:
        return None
    found = aws.call("ec2", "describe_security_groups", {"GroupIds": groups})["SecurityGroups"]
    return [permission for group in found for permission in group.get("IpPermissions", [])]


def _reachable(
    permissions: Iterable[Mapping[str, Any]] | None, groups: frozenset[str]
) -> frozenset[int] | None:
    """Return which of our ports may be reached by everybody, or from these security groups."""
    if permissions is None:
        return None
    return frozenset(
        port
        for permission in permissions
        if set(_sources(permission)) & (_EVERYBODY if not groups else _EVERYBODY | groups)
        for port in HEALTH_PATHS
        if _covers(permission, port)
    )


def _sources(permission: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(each["CidrIp"]) for each in permission.get("IpRanges", []))
    yield from (str(each["CidrIpv6"]) for each in permission.get("Ipv6Ranges", []))
    yield from (str(each["GroupId"]) for each in permission.get("UserIdGroupPairs", []))


def _covers(permission: Mapping[str, Any], port: int) -> bool:
    if permission["IpProtocol"] == "-1":
        return True
    is_tcp = permission["IpProtocol"] in ("tcp", "6")
    return is_tcp and permission.get("FromPort", 0) <= port <= permission.get("ToPort", 65535)


def _attributes(answer: Mapping[str, Any]) -> dict[str, str]:
    return {str(each["Key"]): str(each["Value"]) for each in answer["Attributes"]}
