"""What exists on AWS already: facts for the plan, gathered by `survey`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from proxy.deploy.release.platforms import Platform

Option = tuple[str, str]  # namespace, name


class Standing(Enum):
    """Where a secret's record is in its life."""

    ABSENT = "absent"
    THERE = "there"
    BEING_DELETED = "being deleted"


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A record of Secrets Manager; its value is never asked for."""

    standing: Standing
    arn: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """An application version; `status` is as AWS writes it: PROCESSED, PROCESSING, FAILED…"""

    label: str
    status: str
    created: float
    bucket: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment that was not terminated; moments are in seconds, by AWS's clock.

    `label` is the version that it has, `target` the one that its last change led to; `began` is
    the start of that change, `last_event` the newest event. `options` are all that AWS tells.
    """

    id: str
    name: str
    application: str
    status: str
    health: str
    label: str
    cname: str
    platform_arn: str
    target: str = ""
    began: float = 0.0
    last_event: float = 0.0
    description: str = ""
    options: Mapping[Option, str] = field(default_factory=dict, repr=False)

    @property
    def is_healthy(self) -> bool:
        return self.health == "Green"


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role; None where these credentials may not look."""

    name: str
    exists: bool | None
    attached: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Roles:
    """The two roles of an environment, and the instance profile that carries the second.

    `profile_role` is the role inside the profile ("" = the profile is empty);
    `reads_secrets` is None where that cannot be known.
    """

    service: Role
    machine: Role
    has_profile: bool | None
    profile_role: str
    reads_secrets: bool | None


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account, and where; `partition` is aws, aws-cn or aws-us-gov."""

    id: str
    region: str
    partition: str = "aws"


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that the plan depends on; `cname` is where the environment is, or will be."""

    account: Account
    bucket: str
    has_bucket: bool
    has_object: bool
    has_application: bool
    version: Version | None
    environment: Environment | None
    roles: Roles
    platforms: list[Platform]
    cname: str
    cname_is_free: bool
    secrets: Mapping[str, StoredSecret] = field(default_factory=dict)
