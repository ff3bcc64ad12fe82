"""What we say to a learning platform: claims and bodies, word for word as the specifications want.

LTI Deep Linking 2.0, LTI Security Framework 1.0 (a client assertion, RFC 7523), Assignment and
Grade Services 2.0. Rules. (1) Time and random texts are passed in. (2) What a platform gave us to
return goes back as it came. (3) A time of a score has milliseconds, and a later score of the same
work a later time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

# Whose clock is behind ours refuses what is dated later than now: Open edX by a second already.
SKEW: Final = 30
ASSERTION_SECONDS: Final = 60
RESPONSE_SECONDS: Final = 300
LINE_ITEM_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
LINE_ITEMS_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
MEMBERS_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
# A later score of the same work is later by this at least, seconds.
TICK: Final = 0.001
_LTI: Final = "https://purl.imsglobal.org/spec/lti/claim/"
_DEEP: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/"
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class LinkChoice:
    """A link that a teacher chose; `most` is the best score, None if it does not count."""

    course: str
    notebook: str
    title: str
    most: float | None = None


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """A score as it is told: whose (the platform's own name for them), and when it was made."""

    subject: str
    given: float
    most: float
    comment: str
    made: float


def deep_linking_claims(
    choices: Sequence[LinkChoice],
    *,
    issuer: str,
    client: str,
    deployment: str,
    data: str,
    launch_url: str,
    nonce: str,
    now: float,
) -> dict[str, Any]:
    """Return the claims of the answer to a deep-linking request; `issuer` is the platform's."""
    claims = {
        "iss": client,
        "aud": issuer,
        "iat": int(now) - SKEW,
        "exp": int(now) + RESPONSE_SECONDS,
        "nonce": nonce,
        _LTI + "deployment_id": deployment,
        _LTI + "message_type": "LtiDeepLinkingResponse",
        _LTI + "version": "1.3.0",
        _DEEP + "content_items": [_content_item(choice, launch_url) for choice in choices],
    }
    return claims | ({_DEEP + "data": data} if data else {})


def _content_item(choice: LinkChoice, launch_url: str) -> dict[str, Any]:
    custom = {"course": choice.course, "notebook": choice.notebook}
    item: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": choice.title,
        "url": launch_url,
        "custom": {name: text for name, text in custom.items() if text},
    }
    if choice.most is not None:
        item["lineItem"] = {"scoreMaximum": choice.most, "label": choice.title}
    return item


def assertion_claims(client: str, audience: str, *, jti: str, now: float) -> dict[str, Any]:
    """Return the claims by which we ask for an access token (RFC 7523, 3; LTI Security 4.1.1)."""
    issued = int(now)
    return {
        "iss": client,
        "sub": client,
        "aud": audience,
        "iat": issued - SKEW,
        "exp": issued + ASSERTION_SECONDS,
        "jti": jti,
    }


def token_form(assertion: str, scopes: Sequence[str]) -> dict[str, str]:
    """Return the form of that request."""
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION_TYPE,
        "client_assertion": assertion,
        "scope": " ".join(scopes),
    }


def line_item_body(
    label: str, *, most: float, resource_link: str, course: str, notebook: str
) -> dict[str, Any]:
    """Return the column that we ask the platform to make for a link."""
    return {
        "label": label,
        "scoreMaximum": most,
        "resourceLinkId": resource_link,
        "resourceId": f"{course}/{notebook}"[:255],
        "tag": "sifu",
    }


def score_body(report: ScoreReport) -> dict[str, Any]:
    """Return a score that is final, as far as we know."""
    return {
        "userId": report.subject,
        "scoreGiven": report.given,
        "scoreMaximum": report.most,
        "comment": report.comment,
        "timestamp": timestamp(report.made),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }


def timestamp(at: float) -> str:
    """Write a time with its milliseconds, in UTC (ISO 8601)."""
    moment = datetime.fromtimestamp(round(at, 3), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment_after(last: float | None, now: float) -> float:
    """Return when a score was made, in whole milliseconds, and after the one before."""
    earliest = now if last is None else max(now, last + TICK)
    return round(earliest, 3)


def scores_address(line_item: str) -> str:
    """Return where the scores of a column are posted; its query stays (AGS 2.0, 3.3)."""
    parts = urlsplit(line_item)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))


def with_query(address: str, more: Mapping[str, str]) -> str:
    """Return the address with these parameters beside its own."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name not in more]
    return urlunsplit(parts._replace(query=urlencode([*kept, *more.items()])))
