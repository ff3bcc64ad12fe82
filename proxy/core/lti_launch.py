"""The claims of an LTI 1.3 launch, after its signature was verified: from a token to a launch.

Rules, in this order, and the first that is broken is the answer: (1) what every token must say
(`token_claims`), for an hour at most; (2) the nonce is the one of this browser's login; (3) the
deployment is one that was registered; (4) message type and version are ones that we speak; (5) a
subject, roles and a resource link, as the message needs them; (6) the target is one of our own
addresses for launches, whole and exactly; (7) parameters are short texts. Names of services and of
the place to return to are kept only if they are https addresses of the platform's own hosts.
"""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from proxy.core.addresses import is_secure_address
from proxy.core.token_claims import ClaimFault, fault_of_parties, fault_of_times, subject_of

LONGEST: Final = 3600.0
_LTI: Final = "https://purl.imsglobal.org/spec/lti/claim/"
_DEEP: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
_GRADES: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
_NAMES: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
_MOST_TEXT: Final = 255
_MOST_ROLES: Final = 100
_MOST_PARAMETERS: Final = 50
_MOST_PARAMETER: Final = 1024


class MessageType(Enum):
    """What a platform may ask for."""

    RESOURCE = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"


class LaunchFault(Enum):
    """Why a launch is refused, beyond what every token must say; the value is for events."""

    NONCE = "nonce"
    DEPLOYMENT = "deployment"
    MESSAGE_TYPE = "message_type"
    VERSION = "version"
    ANONYMOUS = "anonymous"
    ROLES = "roles"
    RESOURCE_LINK = "resource_link"
    TARGET = "target"
    PARAMETERS = "parameters"
    DEEP_LINKING = "deep_linking"


@dataclass(frozen=True, slots=True)
class Registration:
    """A platform as it was registered, and our addresses that it may launch."""

    issuer: str
    client: str
    deployments: Collection[str]
    targets: Collection[str]


@dataclass(frozen=True, slots=True)
class DeepLinking:
    """Where the choice goes back to; `data` comes back unread."""

    return_url: str
    data: str
    takes_many: bool


@dataclass(frozen=True, slots=True)
class GradeService:
    """`line_items` lists a course's columns, `line_item` is this link's; either may be empty."""

    scopes: frozenset[str]
    line_items: str
    line_item: str


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch that was found good; texts may be empty where a platform says nothing."""

    message: MessageType
    issuer: str
    client: str
    deployment: str
    subject: str
    roles: frozenset[str]
    target: str
    name: str = ""
    email: str = ""
    resource_link: str = ""
    context: str = ""
    context_title: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    deep_linking: DeepLinking | None = None
    grades: GradeService | None = None
    members_url: str = ""


Fault = ClaimFault | LaunchFault


def read_launch(
    claims: Mapping[str, Any], known: Registration, *, nonce: str, now: float
) -> Launch | Fault:
    """Return the launch that these verified claims ask for, or why it is refused."""
    fault = (
        fault_of_parties(claims, issuer=known.issuer, client=known.client)
        or fault_of_times(claims, now, longest=LONGEST)
        or _fault_of_flow(claims, known, nonce)
        or _fault_of_message(claims, known)
    )
    if fault is not None:
        return fault
    message = MessageType(claims[_LTI + "message_type"])
    context = _object(claims, _LTI + "context")
    return Launch(
        message=message,
        issuer=known.issuer,
        client=known.client,
        deployment=claims[_LTI + "deployment_id"],
        subject=subject_of(claims) or "",
        roles=frozenset(claims[_LTI + "roles"]),
        target=claims[_LTI + "target_link_uri"],
        name=_text(claims.get("name")) or _text(claims.get("given_name")),
        email=_text(claims.get("email")),
        resource_link=_text(_object(claims, _LTI + "resource_link").get("id")),
        context=_text(context.get("id")),
        context_title=_text(context.get("title")) or _text(context.get("label")),
        parameters=_object(claims, _LTI + "custom"),
        deep_linking=_deep_linking(claims) if message is MessageType.DEEP_LINKING else None,
        grades=_grades(claims),
        members_url=_address(_object(claims, _NAMES).get("context_memberships_url")),
    )


def _fault_of_flow(claims: Mapping[str, Any], known: Registration, nonce: str) -> Fault | None:
    said = claims.get("nonce")
    if not isinstance(said, str) or not nonce or not _same(said, nonce):
        return LaunchFault.NONCE
    deployment = claims.get(_LTI + "deployment_id")
    if not _text(deployment) or deployment not in known.deployments:
        return LaunchFault.DEPLOYMENT
    return None


def _fault_of_message(claims: Mapping[str, Any], known: Registration) -> Fault | None:
    if claims.get(_LTI + "message_type") not in [each.value for each in MessageType]:
        return LaunchFault.MESSAGE_TYPE
    if claims.get(_LTI + "version") != "1.3.0":
        return LaunchFault.VERSION
    if subject_of(claims) is None:
        return LaunchFault.ANONYMOUS if claims.get("sub") is None else ClaimFault.SUBJECT
    if not _are_roles(claims.get(_LTI + "roles")):
        return LaunchFault.ROLES
    return _fault_of_content(claims) or _fault_of_target(claims, known)


def _fault_of_content(claims: Mapping[str, Any]) -> Fault | None:
    if claims[_LTI + "message_type"] == MessageType.DEEP_LINKING.value:
        return None if _deep_linking(claims) else LaunchFault.DEEP_LINKING
    link = _object(claims, _LTI + "resource_link").get("id")
    return None if _text(link) else LaunchFault.RESOURCE_LINK


def _fault_of_target(claims: Mapping[str, Any], known: Registration) -> Fault | None:
    target = claims.get(_LTI + "target_link_uri")
    if not isinstance(target, str) or target not in known.targets:
        return LaunchFault.TARGET
    return None if _are_parameters(claims.get(_LTI + "custom")) else LaunchFault.PARAMETERS


def _are_roles(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= _MOST_ROLES
        and all(isinstance(each, str) and len(each) <= _MOST_TEXT for each in value)
    )


def _are_parameters(value: object) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and len(value) <= _MOST_PARAMETERS
        and all(
            isinstance(text, str) and len(text) <= _MOST_PARAMETER and text.isprintable()
            for pair in value.items()
            for text in pair
        )
    )


def _deep_linking(claims: Mapping[str, Any]) -> DeepLinking | None:
    """Return where to answer to, if links to us are among what the platform takes."""
    settings = _object(claims, _DEEP)
    types = settings.get("accept_types")
    return_url = _address(settings.get("deep_link_return_url"))
    data = settings.get("data", "")
    if not return_url or not isinstance(types, list) or "ltiResourceLink" not in types:
        return None
    if not isinstance(data, str):
        return None
    return DeepLinking(return_url, data, takes_many=settings.get("accept_multiple") is True)


def _grades(claims: Mapping[str, Any]) -> GradeService | None:
    service = _object(claims, _GRADES)
    scopes = service.get("scope")
    if not isinstance(scopes, list):
        return None
    named = frozenset(each for each in scopes[:_MOST_ROLES] if isinstance(each, str))
    found = GradeService(
        named, _address(service.get("lineitems")), _address(service.get("lineitem"))
    )
    return found if found.line_items or found.line_item else None


def _address(value: object) -> str:
    return value if is_secure_address(value) else ""


def _object(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, str) and len(value) <= _MOST_TEXT and value.isprintable():
        return value
    return ""


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(*(text.encode(errors="surrogatepass") for text in (one, other)))
