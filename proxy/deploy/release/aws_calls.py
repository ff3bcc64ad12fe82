"""The one place that talks to AWS.

Promises: boto3 is loaded when the first client is made, never by an import of this module; calls
are repeated at a slower pace when AWS says that it is asked too often; every failure becomes an
`AwsRefused` with a sentence. Must not: decide anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from proxy.deploy.release.aws_refusals import (
    AwsRefused,
    FailedCall,
    explain_answer,
    explain_library,
)

# service, operation (boto3's names), parameters → the answer
Call = Callable[[str, str, Mapping[str, Any]], Mapping[str, Any]]
Clients = Callable[[str], Any]
ATTEMPTS = 8
_CONNECT_SECONDS = 10
_READ_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Aws:
    """A region and its services; `call` raises `AwsRefused`."""

    region: str
    clients: Clients
    _made: dict[str, Any] = field(default_factory=dict, repr=False)

    def call(
        self, service: str, operation: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Make one call; `service` and `operation` are boto3's names."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            if service not in self._made:
                self._made[service] = self.clients(service)
            answer: Mapping[str, Any] = getattr(self._made[service], operation)(**parameters)
        except ClientError as refused:
            error = refused.response.get("Error", {})
            code, message = str(error.get("Code", "")), str(error.get("Message", ""))
            raise explain_answer(FailedCall(service, operation, code, message)) from None
        except BotoCoreError as problem:
            raise explain_library(type(problem).__name__, str(problem)) from None
        return answer


def connect(region: str = "") -> Aws:
    """Prepare calls with the credentials that boto3 finds; asks AWS nothing yet.

    An empty region leaves the choice to boto3: AWS_DEFAULT_REGION, then the profile's.
    """
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise AwsRefused(
            "`sifu deploy` and `sifu doctor --aws` need boto3, which is not installed here: "
            "`make install`, or `pip install 'sifu-notebook[aws]'`."
        ) from None
    try:
        session = boto3.session.Session(region_name=region or None)
    except BotoCoreError as problem:
        raise explain_library(type(problem).__name__, str(problem)) from None
    if not session.region_name:
        raise explain_library("NoRegionError", "")
    config = Config(
        retries={"mode": "adaptive", "max_attempts": ATTEMPTS},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
    )
    return Aws(session.region_name, lambda service: session.client(service, config=config))


def walk_pages(
    call: Call, service: str, operation: str, parameters: Mapping[str, Any], *, most: int = 20
) -> list[Mapping[str, Any]]:
    """Return the answers of all pages, at most `most` of them."""
    pages = [call(service, operation, parameters)]
    while (token := pages[-1].get("NextToken")) and len(pages) < most:
        pages.append(call(service, operation, {**parameters, "NextToken": token}))
    return pages
