"""Which version of Beanstalk's platform is the newest one for us?

The branch is fixed, versions never are: they are asked for each time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from proxy.deploy.release.template import NEWEST

BRANCH = "Docker running on 64bit Amazon Linux 2023"


@dataclass(frozen=True, slots=True)
class Platform:
    """A version of the branch, with AWS's name for it."""

    version: str
    arn: str


def list_filters() -> list[dict[str, Any]]:
    """Return the filters for `list_platform_versions`."""
    return [
        {"Type": "PlatformBranchName", "Operator": "=", "Values": [BRANCH]},
        {"Type": "PlatformStatus", "Operator": "=", "Values": ["Ready"]},
    ]


def read_platforms(summaries: Iterable[Mapping[str, Any]]) -> list[Platform]:
    """Return the branch's versions, the newest first."""
    platforms = [
        Platform(str(each.get("PlatformVersion", "")), str(each["PlatformArn"]))
        for each in summaries
        if each.get("PlatformArn") and each.get("PlatformBranchName", BRANCH) == BRANCH
    ]
    return sorted(platforms, key=lambda each: version_key(each.version), reverse=True)


def choose_platform(platforms: list[Platform], wish: str) -> Platform | None:
    """Return the wished version, or the newest; None if there is none. Newest first, please."""
    fitting = [each for each in platforms if wish in (NEWEST, each.version)]
    return fitting[0] if fitting else None


def version_key(version: str) -> tuple[int, ...]:
    """Return a key by which 4.10.0 comes after 4.9.2."""
    return tuple(int(part) if part.isdigit() else -1 for part in version.split("."))
