"""What an operator wants on AWS: one environment, as a saved template says it.

Declares every key of a template: its table, what may stand there, its default, what it is for.
Must not: read files or ask AWS.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from enum import StrEnum
from typing import Any

from proxy.deploy.bundle.assembly import LoadBalancer

NEWEST = "newest"
SECRET_NAMES = frozenset(
    {
        "DEPLOYMENT_TOKEN",
        "DEPLOYMENT_KEY",
        "SIFU_ADMIN_PASSWORD",
        "SIFU_DATABASE_URL",
        "SIFU_SECRET",
    }
)


class SecretSource(StrEnum):
    """Where the value of a secret comes from, and where it is kept."""

    STORE = "store"
    STORE_IF_SET = "store-if-set"
    GENERATE = "generate"
    PROPERTY = "property"
    EXISTING = "existing"


@dataclass(frozen=True, slots=True)
class SecretWish:
    """How one secret is handed to the environment; `arn` is of an existing secret or parameter."""

    source: SecretSource
    arn: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """What may stand at a key: `pattern` must match all of a text; `says` is for the operator."""

    table: str
    says: str
    pattern: re.Pattern[str] | None = None


def key(table: str, says: str, default: Any = MISSING, *, pattern: str = "") -> Any:
    """Declare a key; `default` may be a value or a type without arguments, such as `dict`."""
    metadata = {"key": Key(table, says, re.compile(pattern) if pattern else None)}
    if isinstance(default, type):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


_ENVIRONMENT_NAME = "[A-Za-z0-9][A-Za-z0-9-]{2,38}[A-Za-z0-9]"
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One environment; fields are keys of the template, except those of the last three tables."""

    application: str = key("", "1 to 100 characters without /", "sifu", pattern="[^/]{1,100}")
    environment: str = key(
        "",
        "4 to 40 letters, digits and hyphens, no hyphen first or last",
        "sifu",
        pattern=_ENVIRONMENT_NAME,
    )
    region: str = key(
        "",
        "a region such as eu-central-1, or empty: AWS_REGION or the profile's",
        "",
        pattern="|[a-z]{2}(?:-[a-z]+)+-[0-9]",
    )
    address: str = key(
        "",
        "the first part of ….elasticbeanstalk.com: 4 to 63 lower-case letters, digits and hyphens; "
        "empty: made from the environment's name",
        "",
        pattern="|[a-z0-9][a-z0-9-]{2,61}[a-z0-9]",
    )
    domain: str = key(
        "",
        "a host name of yours that leads to the environment, such as sifu.example.org, or empty",
        "",
        pattern=f"|{_HOST}",
    )
    platform: str = key(
        "machine",
        f'"{NEWEST}", or a version of the branch “Docker running on 64bit Amazon Linux 2023” '
        "such as 4.5.0",
        NEWEST,
        pattern=rf"{NEWEST}|[0-9]+(?:\.[0-9]+){{2}}",
    )
    instance_type: str = key(
        "machine",
        "an EC2 instance type such as t3.medium",
        "t3.medium",
        pattern=r"[a-z0-9-]+\.[a-z0-9-]+",
    )
    disk: int = key("machine", "the disk of the machine in GB, 10 to 16384", 30)
    key_pair: str = key(
        "machine", "the name of an EC2 key pair for ssh, or empty", "", pattern="[^\n]*"
    )
    load_balancer: LoadBalancer = key(  # noqa: RUF009 (declares a field, as `field` does)
        "network", "none, application or classic", LoadBalancer.NONE
    )
    certificate: str = key(
        "network",
        "the ARN of a certificate in ACM or IAM, or empty for plain http",
        "",
        pattern=r"|arn:aws[a-z-]*:(?:acm|iam):[^\s]+",
    )
    one_port: bool = key("network", "true: one address for all; false: ports 3334 and 3335", False)
    vpc: str = key("network", "a VPC's id, or empty: the default VPC", "", pattern="|vpc-[0-9a-f]+")
    subnets: tuple[str, ...] = key("network", "ids of subnets for the machine", tuple)
    load_balancer_subnets: tuple[str, ...] = key(
        "network", "ids of two or more subnets for the load balancer", tuple
    )
    service_role: str = key(
        "roles",
        "the name of an IAM role",
        "aws-elasticbeanstalk-service-role",
        pattern=r"[\w+=,.@-]{1,64}",
    )
    instance_profile: str = key(
        "roles",
        "the name of an instance profile",
        "aws-elasticbeanstalk-ec2-role",
        pattern=r"[\w+=,.@-]{1,128}",
    )
    efs: str = key(
        "storage",
        "the id of an EFS file system (fs-…) that keeps the notebooks, or empty: the disk",
        "",
        pattern="|fs-[0-9a-f]+",
    )
    efs_data: bool = key(
        "storage",
        "true: /data is kept on EFS too, which needs PostgreSQL; false: on the disk",
        False,
    )
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretWish] = field(default_factory=dict)
    options: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def survives_its_machine(self) -> bool:
        """Are notebooks and accounts elsewhere than on the machine's own disk?"""
        return bool(self.efs) and "SIFU_DATABASE_URL" in self.secrets

    @property
    def scheme(self) -> str:
        return "https" if self.certificate else "http"
