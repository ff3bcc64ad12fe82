"""A good launch, and every way in which one may be bad: for the decision and for real requests."""

from typing import Any, Final

NOW: Final = 1_800_000_000.0
ISSUER: Final = "https://lms.example.org"
CLIENT: Final = "client-7"
NONCE: Final = "a-nonce-of-this-login"
TARGET: Final = "https://sifu.example.org/lti/launch"
LTI: Final = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
GRADES: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NAMES: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
MEMBER: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership"
# Takes a claim away.
GONE: Final = object()

Changes = dict[str, Any]


def good_claims(now: float = NOW) -> dict[str, Any]:
    return {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "person-1",
        "nonce": NONCE,
        "iat": now,
        "exp": now + 300,
        "name": "Ann Lee",
        "email": "ann@example.org",
        LTI + "message_type": "LtiResourceLinkRequest",
        LTI + "version": "1.3.0",
        LTI + "deployment_id": "1",
        LTI + "target_link_uri": TARGET,
        LTI + "roles": [f"{MEMBER}#Learner"],
        LTI + "resource_link": {"id": "link-1"},
        LTI + "context": {"id": "course-1", "title": "Statistics"},
        LTI + "custom": {"notebook": "week 1/means.ipynb"},
    }


def changed(changes: Changes, now: float = NOW) -> dict[str, Any]:
    claims = good_claims(now) | changes
    return {name: value for name, value in claims.items() if value is not GONE}


def deep_linking(**changes: Any) -> Changes:
    settings = {
        "deep_link_return_url": f"{ISSUER}/return",
        "accept_types": ["ltiResourceLink", "link"],
        "accept_presentation_document_targets": ["iframe"],
        "data": "opaque",
    }
    return {LTI + "message_type": "LtiDeepLinkingRequest", DEEP: settings | changes}


# What is wrong, and the word for it. Times are relative to `NOW` and moved by `bad_launches`.
_PARTIES: Final[list[tuple[Changes, str]]] = [
    ({"iss": "https://evil.example"}, "issuer"),
    ({"iss": ISSUER + "/"}, "issuer"),
    ({"iss": ISSUER.upper()}, "issuer"),
    ({"iss": ISSUER + ".evil.example"}, "issuer"),
    ({"iss": "https://lms.example"}, "issuer"),
    ({"iss": [ISSUER]}, "issuer"),
    ({"iss": None}, "issuer"),
    ({"iss": GONE}, "issuer"),
    ({"aud": "client-8"}, "audience"),
    ({"aud": CLIENT + "0"}, "audience"),
    ({"aud": CLIENT.upper()}, "audience"),
    ({"aud": []}, "audience"),
    ({"aud": None}, "audience"),
    ({"aud": GONE}, "audience"),
    ({"aud": {CLIENT: 1}}, "audience"),
    ({"aud": [[CLIENT]]}, "audience"),
    ({"aud": ["client-8"]}, "audience"),
    ({"aud": [CLIENT, "client-8"]}, "authorized_party"),
    ({"aud": [CLIENT, "client-8"], "azp": "client-8"}, "authorized_party"),
    ({"azp": "client-8"}, "authorized_party"),
    ({"azp": ""}, "authorized_party"),
    ({"azp": [CLIENT]}, "authorized_party"),
]
_TIMES: Final[list[tuple[Changes, str]]] = [
    ({"exp": GONE}, "times"),
    ({"iat": GONE}, "times"),
    ({"exp": "1800000300"}, "times"),
    ({"exp": True}, "times"),
    ({"exp": -1}, "times"),
    ({"exp": 2**60}, "times"),
    ({"exp": []}, "times"),
    ({"iat": None}, "times"),
    ({"nbf": "soon"}, "times"),
    ({"iat": NOW - 400, "exp": NOW - 61}, "expired"),
    ({"iat": NOW - 90_000, "exp": NOW - 86_400}, "expired"),
    ({"iat": NOW + 62}, "early"),
    ({"iat": NOW + 86_400, "exp": NOW + 86_500}, "early"),
    ({"nbf": NOW + 62}, "early"),
    ({"exp": NOW + 3602}, "lifetime"),
    ({"exp": NOW + 10**8}, "lifetime"),
]
_FLOW: Final[list[tuple[Changes, str]]] = [
    ({"nonce": GONE}, "nonce"),
    ({"nonce": ""}, "nonce"),
    ({"nonce": None}, "nonce"),
    ({"nonce": "of-another-login"}, "nonce"),
    ({"nonce": NONCE + " "}, "nonce"),
    ({"nonce": NONCE.upper()}, "nonce"),
    ({"nonce": [NONCE]}, "nonce"),
    ({"nonce": NONCE + "\ud800"}, "nonce"),
    ({LTI + "deployment_id": GONE}, "deployment"),
    ({LTI + "deployment_id": ""}, "deployment"),
    ({LTI + "deployment_id": "2"}, "deployment"),
    ({LTI + "deployment_id": 1}, "deployment"),
    ({LTI + "deployment_id": ["1"]}, "deployment"),
    ({LTI + "deployment_id": "1\x00"}, "deployment"),
    ({LTI + "deployment_id": "1" * 256}, "deployment"),
]
_MESSAGE: Final[list[tuple[Changes, str]]] = [
    ({LTI + "message_type": GONE}, "message_type"),
    ({LTI + "message_type": ""}, "message_type"),
    ({LTI + "message_type": "LtiSubmissionReviewRequest"}, "message_type"),
    ({LTI + "message_type": "ltiresourcelinkrequest"}, "message_type"),
    ({LTI + "message_type": ["LtiResourceLinkRequest"]}, "message_type"),
    ({LTI + "message_type": {}}, "message_type"),
    ({LTI + "version": GONE}, "version"),
    ({LTI + "version": "LTI-1p0"}, "version"),
    ({LTI + "version": "1.3"}, "version"),
    ({LTI + "version": 1.3}, "version"),
    ({"sub": GONE}, "anonymous"),
    ({"sub": None}, "anonymous"),
    ({"sub": ""}, "subject"),
    ({"sub": 7}, "subject"),
    ({"sub": ["person-1"]}, "subject"),
    ({"sub": "a" * 256}, "subject"),
    ({"sub": "person-1\x00"}, "subject"),
    ({"sub": "persön-1"}, "subject"),
    ({LTI + "roles": GONE}, "roles"),
    ({LTI + "roles": None}, "roles"),
    ({LTI + "roles": f"{MEMBER}#Instructor"}, "roles"),
    ({LTI + "roles": [7]}, "roles"),
    ({LTI + "roles": {"Instructor": True}}, "roles"),
    ({LTI + "roles": ["x"] * 101}, "roles"),
    ({LTI + "roles": ["x" * 256]}, "roles"),
    ({LTI + "resource_link": GONE}, "resource_link"),
    ({LTI + "resource_link": {}}, "resource_link"),
    ({LTI + "resource_link": {"id": ""}}, "resource_link"),
    ({LTI + "resource_link": {"id": 1}}, "resource_link"),
    ({LTI + "resource_link": "link-1"}, "resource_link"),
    ({LTI + "resource_link": {"id": "x" * 256}}, "resource_link"),
]
_TARGET: Final[list[tuple[Changes, str]]] = [
    ({LTI + "target_link_uri": GONE}, "target"),
    ({LTI + "target_link_uri": ""}, "target"),
    ({LTI + "target_link_uri": [TARGET]}, "target"),
    ({LTI + "target_link_uri": "https://evil.example/lti/launch"}, "target"),
    ({LTI + "target_link_uri": TARGET + "/"}, "target"),
    ({LTI + "target_link_uri": TARGET + "?next=//evil.example"}, "target"),
    ({LTI + "target_link_uri": TARGET.replace("https", "http")}, "target"),
    ({LTI + "target_link_uri": "https://sifu.example.org@evil.example/lti/launch"}, "target"),
    ({LTI + "target_link_uri": "javascript:alert(1)"}, "target"),
    ({LTI + "custom": "notebook=a"}, "parameters"),
    ({LTI + "custom": ["a"]}, "parameters"),
    ({LTI + "custom": {"notebook": 7}}, "parameters"),
    ({LTI + "custom": {"notebook": ["a"]}}, "parameters"),
    ({LTI + "custom": {"notebook": None}}, "parameters"),
    ({LTI + "custom": {"notebook": "a\x00b"}}, "parameters"),
    ({LTI + "custom": {"notebook": "a\nb"}}, "parameters"),
    ({LTI + "custom": {"note\x07book": "a"}}, "parameters"),
    ({LTI + "custom": {"notebook": "a" * 1025}}, "parameters"),
    ({LTI + "custom": {f"p{number}": "" for number in range(51)}}, "parameters"),
    (deep_linking() | {DEEP: GONE}, "deep_linking"),
    (deep_linking() | {DEEP: []}, "deep_linking"),
    (deep_linking(deep_link_return_url=None), "deep_linking"),
    (deep_linking(deep_link_return_url="http://lms.example.org/return"), "deep_linking"),
    (deep_linking(deep_link_return_url="javascript:alert(1)"), "deep_linking"),
    (deep_linking(deep_link_return_url="https://a@evil.example/"), "deep_linking"),
    (deep_linking(deep_link_return_url="https://[::1"), "deep_linking"),
    (deep_linking(deep_link_return_url="https:///return"), "deep_linking"),
    (deep_linking(accept_types=["link"]), "deep_linking"),
    (deep_linking(accept_types="ltiResourceLink"), "deep_linking"),
    (deep_linking(data=7), "deep_linking"),
]


def bad_launches(now: float = NOW) -> list[tuple[dict[str, Any], str]]:
    """Return claims that are good but for one thing, each with the word for its refusal."""
    rows = [*_PARTIES, *_TIMES, *_FLOW, *_MESSAGE, *_TARGET]
    return [(changed(_moved(changes, now), now), word) for changes, word in rows]


def _moved(changes: Changes, now: float) -> Changes:
    return {
        name: value + now - NOW if isinstance(value, float) and value > 10**9 else value
        for name, value in changes.items()
    }
