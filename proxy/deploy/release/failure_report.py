"""Why did a deployment fail? Asks AWS for everything that helps, and words it.

Promises: what AWS does not answer is left out, and the report comes all the same; known secrets
are taken out of every line. Must not: raise.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from proxy.core.clock import Clock
from proxy.deploy.release.aws_calls import Aws
from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.following import Ending
from proxy.deploy.release.parameters import redact

_EB = "elasticbeanstalk"
_LOG_SECONDS = 60.0
_POLL_SECONDS = 5.0
_LOG_BYTES = 512 * 1024
_LOG_LINES = 25
_TELLING = re.compile(r"error|fail|denied|not found|cannot|refus|no space|killed", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What the report is about; `secrets` are values that must not be shown."""

    environment: str
    bucket: str
    ending: Ending
    secrets: Sequence[str]


def explain_failure(
    aws: Aws, inquiry: Inquiry, clock: Clock, sleep: Callable[[float], None]
) -> list[str]:
    """Return lines: the failed events, what health reporting says, the end of the machine's log."""
    lines = [f"  {event.severity:<6} {event.message}" for event in inquiry.ending.failures]
    lines += [f"  health {cause}" for cause in _ask_health(aws, inquiry.environment)]
    log = _fetch_log(aws, inquiry, clock, sleep)
    if log:
        lines += ["", "From the machine's log:", *(f"  {line}" for line in choose_lines(log))]
    return [redact(line, inquiry.secrets) for line in lines]


def choose_lines(log: str) -> list[str]:
    """Return the lines of a log that are likely to tell the reason: at most 25, in their order."""
    lines = [line.rstrip() for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if _TELLING.search(line)]
    return [line[:300] for line in (telling or lines)[-_LOG_LINES:]]


def _ask_health(aws: Aws, environment: str) -> Iterator[str]:
    names = {"EnvironmentName": environment}
    with suppress(AwsRefused):
        answer = aws.call(
            _EB, "describe_environment_health", {**names, "AttributeNames": ["Causes"]}
        )
        yield from (str(cause) for cause in answer.get("Causes", []))
    with suppress(AwsRefused):
        parameters = {**names, "AttributeNames": ["Causes", "Deployment"]}
        answer = aws.call(_EB, "describe_instances_health", parameters)
        for machine in answer.get("InstanceHealthList", []):
            yield from (f"{machine['InstanceId']}: {cause}" for cause in machine.get("Causes", []))


def _fetch_log(aws: Aws, inquiry: Inquiry, clock: Clock, sleep: Callable[[float], None]) -> str:
    """Have the machine put the end of its logs into the bucket, and read it there."""
    names = {"EnvironmentName": inquiry.environment, "InfoType": "tail"}
    try:
        aws.call(_EB, "request_environment_info", names)
        deadline = clock() + _LOG_SECONDS
        while clock() < deadline:
            sleep(_POLL_SECONDS)
            answer = aws.call(_EB, "retrieve_environment_info", names)
            for info in answer.get("EnvironmentInfo", []):
                return _read_object(aws, inquiry.bucket, str(info["Message"]))
    except (AwsRefused, OSError, KeyError):
        return ""
    return ""


def _read_object(aws: Aws, bucket: str, url: str) -> str:
    """Read what a signed address of the bucket leads to, with our own credentials."""
    parts = urlsplit(url)
    key = unquote(parts.path).lstrip("/")
    if not (parts.hostname or "").startswith(f"{bucket}."):
        key = key.removeprefix(f"{bucket}/")
    answer = aws.call("s3", "get_object", {"Bucket": bucket, "Key": key})
    text: bytes = answer["Body"].read(_LOG_BYTES)
    return text.decode(errors="replace")
