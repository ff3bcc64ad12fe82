"""What AWS or its library refuses → one sentence that says what to do.

Pure: takes the names that botocore gives to its failures, so that it need not be loaded here.
"""

import re
from dataclasses import dataclass

from proxy.core.errors import SifuError

_ROLES = "docs/deploy-aws.md lists the permissions that `sifu deploy` needs"
_SIGN_IN = "sign in again (`aws sso login`, or new keys) and run the command again"
_NO_CREDENTIALS = (
    "AWS credentials are needed and none were found: set AWS_PROFILE to a profile of "
    "~/.aws/config, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_BAD_KEYS = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "AuthFailure"}
)
_TOO_FAST = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown"})
_LIBRARY = {
    "NoCredentialsError": _NO_CREDENTIALS,
    "PartialCredentialsError": f"half of the AWS credentials is missing; {_NO_CREDENTIALS}",
    "CredentialRetrievalError": f"the AWS credentials could not be fetched: {_SIGN_IN}",
    "UnauthorizedSSOTokenError": f"the AWS sign-in has run out: {_SIGN_IN}",
    "SSOTokenLoadError": f"the AWS profile needs a sign-in first: {_SIGN_IN}",
    "TokenRetrievalError": f"the AWS sign-in has run out: {_SIGN_IN}",
    "LoginRefreshRequired": f"the AWS sign-in has run out: {_SIGN_IN}",
    "NoRegionError": (
        "no AWS region is chosen: set AWS_REGION, give --region, or write region into the template"
    ),
    "ConnectTimeoutError": "AWS does not answer: check this machine's network and proxies",
    "ReadTimeoutError": "AWS does not answer in time: run the command again, it takes up from here",
    "ConnectionClosedError": "AWS closed the connection: run the command again",
    "ProxyConnectionError": "the proxy of HTTPS_PROXY cannot be reached",
    "SSLError": "the certificate of AWS cannot be verified; a proxy may need AWS_CA_BUNDLE",
}


class AwsRefused(SifuError):
    """A call to AWS failed; `code` is AWS's name for the reason."""

    status = 502
    title = "AWS refused that"

    def __init__(self, public: str = "", *, code: str = "", detail: str = "") -> None:
        super().__init__(public, detail=detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class FailedCall:
    """A call, and what AWS answered instead of a result."""

    service: str
    operation: str
    code: str
    message: str


def explain_answer(failed: FailedCall) -> AwsRefused:
    """Return the error for an answer of AWS that is not a result."""
    action = f"{failed.service}.{failed.operation}"
    message = _one_line(failed.message)
    if failed.code in _DENIED:
        sentence = f"AWS does not allow {action} to these credentials ({message}): {_ROLES}"
    elif failed.code in _EXPIRED:
        sentence = f"The AWS credentials have run out: {_SIGN_IN}"
    elif failed.code in _BAD_KEYS:
        sentence = f"AWS does not know these credentials ({failed.code}): {_SIGN_IN}"
    elif failed.code in _TOO_FAST:
        sentence = f"AWS is asked too often ({action}): wait a minute and run the command again"
    elif failed.code == "OptInRequired":
        sentence = f"This AWS account is not signed up for {failed.service}, or not in this region"
    elif failed.code == "RequestTimeTooSkewed":
        sentence = "This machine's clock is wrong, and AWS takes no requests from it: set the clock"
    else:
        sentence = f"AWS refused {action} ({failed.code}): {message}"
    return AwsRefused(f"{sentence.rstrip('.')}.", code=failed.code)


def explain_library(kind: str, message: str) -> AwsRefused:
    """Return the error for a failure before any answer; `kind` is botocore's class of it."""
    if kind == "ProfileNotFound":
        sentence = f"{_one_line(message)}: `aws configure list-profiles` shows those that exist"
    elif kind == "EndpointConnectionError":
        sentence = (
            f"AWS cannot be reached ({_one_line(message)}): check the region's name and this "
            "machine's network"
        )
    elif kind in _LIBRARY:
        sentence = _LIBRARY[kind]
    else:
        sentence = f"The call to AWS failed ({kind}): {_one_line(message)}"
    return AwsRefused(f"{sentence[0].upper()}{sentence[1:].rstrip('.')}.", code=kind)


def _one_line(message: str) -> str:
    return re.sub(r"\s+", " ", message).strip().rstrip(".:")[:400]
