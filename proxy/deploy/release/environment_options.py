"""A template as Elastic Beanstalk's options: namespace and name → value.

Says what concerns the machine, the network, the certificate and the variables. Listeners,
processes, health checks and security groups are in the bundle (`ebextensions/`). What is said
here wins over that, so it says again only what files would be lost without.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from proxy.deploy.bundle.assembly import LoadBalancer
from proxy.deploy.release.addresses import FRONT_PORT, NOTEBOOK_PORT, Addresses
from proxy.deploy.release.found import Option
from proxy.deploy.release.template import Template

PROPERTIES = "aws:elasticbeanstalk:application:environment"
SECRETS = "aws:elasticbeanstalk:application:environmentsecrets"
_LAUNCH = "aws:autoscaling:launchconfiguration"
_ENVIRONMENT = "aws:elasticbeanstalk:environment"
_VPC = "aws:ec2:vpc"
_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
# A change of these gives the environment a new machine, and the disk of the old one is gone.
_REPLACING = frozenset(
    {
        ("aws:ec2:instances", "InstanceTypes"),
        (_ENVIRONMENT, "EnvironmentType"),
        (_LAUNCH, "EC2KeyName"),
        (_LAUNCH, "IamInstanceProfile"),
        (_LAUNCH, "ImageId"),
        (_LAUNCH, "RootVolumeSize"),
        (_LAUNCH, "RootVolumeType"),
        (_LAUNCH, "SecurityGroups"),
        (_VPC, "AssociatePublicIpAddress"),
        (_VPC, "Subnets"),
        (_VPC, "VPCId"),
    }
)


def list_options(template: Template, addresses: Addresses) -> dict[Option, str]:
    """Return every option but the secrets', which need ARNs; the template's own ones win."""
    options: dict[Option, str] = {}
    options.update(_capacity(template))
    options.update(_network(template))
    options.update(_listeners(template))
    properties = {
        "SIFU_FRONT_URL": addresses.front,
        "SIFU_NOTEBOOK_URL": addresses.notebooks,
        **dict(_storage(template)),
        **template.settings,
    }
    options.update({(PROPERTIES, name): value for name, value in properties.items()})
    options.update(template.options)
    return options


def replaces_machine(option: Option) -> bool:
    """Does a change of this option replace the machine?"""
    return option in _REPLACING


def as_settings(options: Mapping[Option, Any]) -> list[dict[str, Any]]:
    """Return options in the shape of the API, in a fixed order."""
    return [
        {"Namespace": namespace, "OptionName": name, "Value": value}
        for (namespace, name), value in sorted(options.items(), key=lambda each: each[0])
    ]


def _capacity(template: Template) -> Iterator[tuple[Option, str]]:
    yield ("aws:ec2:instances", "InstanceTypes"), template.instance_type
    # Servers live on one machine, and two machines would not know of each other's.
    yield ("aws:autoscaling:asg", "MinSize"), "1"
    yield ("aws:autoscaling:asg", "MaxSize"), "1"
    yield (_LAUNCH, "IamInstanceProfile"), template.instance_profile
    yield (_LAUNCH, "RootVolumeSize"), str(template.disk)
    # gp3 also makes Beanstalk use a launch template: accounts made since October 2024 may not
    # make launch configurations.
    yield (_LAUNCH, "RootVolumeType"), "gp3"
    if template.key_pair:
        yield (_LAUNCH, "EC2KeyName"), template.key_pair
    # The other policies start a second machine, whose disk is empty.
    yield ("aws:elasticbeanstalk:command", "DeploymentPolicy"), "AllAtOnce"


def _network(template: Template) -> Iterator[tuple[Option, str]]:
    yield (_ENVIRONMENT, "ServiceRole"), template.service_role
    if template.load_balancer is LoadBalancer.NONE:
        yield (_ENVIRONMENT, "EnvironmentType"), "SingleInstance"
    else:
        yield (_ENVIRONMENT, "EnvironmentType"), "LoadBalanced"
        yield (_ENVIRONMENT, "LoadBalancerType"), template.load_balancer.value
    if template.vpc:
        yield (_VPC, "VPCId"), template.vpc
        yield (_VPC, "Subnets"), ",".join(template.subnets)
        # Without a NAT gateway a machine reaches the internet by an address of its own.
        yield (_VPC, "AssociatePublicIpAddress"), "true"
    if template.load_balancer_subnets and template.load_balancer is not LoadBalancer.NONE:
        yield (_VPC, "ELBSubnets"), ",".join(template.load_balancer_subnets)


def _storage(template: Template) -> Iterator[tuple[str, str]]:
    """Yield what the bundle's mounting of EFS wants to know."""
    if template.efs:
        yield "HOST_EFS_ID", template.efs
        if template.efs_data:
            yield "HOST_EFS_DATA", "1"


def _listeners(template: Template) -> Iterator[tuple[Option, str]]:
    """Yield what one port and a certificate change in the listeners that the bundle makes."""
    if template.load_balancer is LoadBalancer.NONE:
        return
    is_application = template.load_balancer is LoadBalancer.APPLICATION
    kind = "aws:elbv2:listener" if is_application else "aws:elb:listener"
    if template.one_port:
        for port in (FRONT_PORT, NOTEBOOK_PORT):
            yield (f"{kind}:{port}", "ListenerEnabled"), "false"
    if not template.certificate:
        return
    for port in (443,) if template.one_port else (FRONT_PORT, NOTEBOOK_PORT):
        encrypt = _encrypt_application if is_application else _encrypt_classic
        for name, value in encrypt(template.certificate, port):
            yield (f"{kind}:{port}", name), value


def _encrypt_application(certificate: str, _port: int) -> Iterator[tuple[str, str]]:
    yield "ListenerEnabled", "true"
    yield "Protocol", "HTTPS"
    yield "SSLCertificateArns", certificate
    yield "SSLPolicy", _TLS_POLICY


def _encrypt_classic(certificate: str, port: int) -> Iterator[tuple[str, str]]:
    """An HTTP listener of a classic load balancer does not carry websockets; SSL and TCP do."""
    yield "ListenerEnabled", "true"
    yield "ListenerProtocol", "SSL"
    yield "InstanceProtocol", "TCP"
    yield "InstancePort", "80" if port == 443 else str(port)
    yield "SSLCertificateId", certificate
