from typing import Any

import pytest

from proxy.core.lti_platform import PlatformEntry
from proxy.core.lti_registration import (
    PlatformDescription,
    Registered,
    entry_of,
    may_ask,
    read_platform,
    read_registered,
    words_of,
)

OWN = "https://sifu.example.org"
ADDRESS = "https://moodle.example.org/mod/lti/openid-configuration.php"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"


def document(**changes: Any) -> dict[str, Any]:
    good = {
        "issuer": "https://moodle.example.org",
        "authorization_endpoint": "https://moodle.example.org/mod/lti/auth.php",
        "token_endpoint": "https://moodle.example.org/mod/lti/token.php",
        "jwks_uri": "https://moodle.example.org/mod/lti/certs.php",
        "registration_endpoint": "https://moodle.example.org/mod/lti/openid-registration.php",
        PLATFORM: {
            "product_family_code": "Moodle",
            "messages_supported": ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"],
        },
    }
    return good | changes


def described(**changes: Any) -> PlatformDescription:
    found = read_platform(document(**changes), ADDRESS, OWN)
    assert isinstance(found, PlatformDescription), found
    return found


def test_a_platform_is_read() -> None:
    found = described(authorization_server="https://moodle.example.org")
    assert found.issuer == "https://moodle.example.org"
    assert found.registration.endswith("openid-registration.php")
    assert (found.audience, found.family) == ("https://moodle.example.org", "moodle")


@pytest.mark.parametrize(
    "issuer",
    [
        "https://other.example.org",
        "https://moodle.example.org.evil.example",
        "https://evil.example/moodle.example.org",
        "https://moodle.example.org:8443",
        "https://moodle.example.org@evil.example",
        "http://moodle.example.org",
        "moodle.example.org",
        "",
        None,
        ["https://moodle.example.org"],
        "https://canvas.instructure.com",
    ],
)
def test_an_issuer_of_another_host_is_not_believed(issuer: object) -> None:
    assert isinstance(read_platform(document(issuer=issuer), ADDRESS, OWN), str)


def test_an_issuer_below_its_host_is_its_own() -> None:
    assert described(issuer="https://MOODLE.example.org/school").issuer.endswith("/school")


def test_canvas_is_read_as_its_documentation_describes_it() -> None:
    """Its address holds the token, its server is a bare host, and it names no deployment."""
    host = "https://canvas.instructure.com"
    told = {
        "issuer": host,
        "authorization_endpoint": f"{host}/api/lti/authorize_redirect",
        "registration_endpoint": f"{host}/api/lti/registrations",
        "jwks_uri": f"{host}/login/oauth2/jwks",
        "token_endpoint": f"{host}/login/oauth2/token",
        "authorization_server": "canvas.instructure.com",
        PLATFORM: {
            "product_family_code": "canvas",
            "version": "vCloud",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest", "placements": ["account_navigation"]},
                {
                    "type": "LtiDeepLinkingRequest",
                    "placements": ["assignment_selection", "link_selection"],
                },
            ],
        },
    }
    address = f"{host}/api/lti/security/openid-configuration?registration_token=x.y.z"
    found = read_platform(told, address, OWN)
    assert isinstance(found, PlatformDescription)
    assert (found.family, found.audience) == ("canvas", "")
    assert found.placements == ("link_selection", "assignment_selection")
    assert read_registered({"client_id": "10000000000001", TOOL: {}}) == Registered(
        "10000000000001", ""
    )


@pytest.mark.parametrize("stage", ["", "beta.", "test."])
def test_canvas_in_the_cloud_speaks_for_its_issuer_at_another_host_of_its_own(stage: str) -> None:
    issuer = f"https://canvas.{stage}instructure.com"
    own = f"https://sso.{stage}canvaslms.com/api/lti/security/openid-configuration"
    found = read_platform(document(issuer=issuer), own, OWN)
    assert isinstance(found, PlatformDescription)
    other = f"https://sso.{stage}canvaslms.com.evil.example/openid-configuration"
    assert isinstance(read_platform(document(issuer=issuer), other, OWN), str)
    assert isinstance(read_platform(document(), own, OWN), str)


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"]
)
@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        7,
        "http://moodle.example.org/x",
        "http://127.0.0.1:9000/x",
        "https://localhost/x",
        "https://user:word@moodle.example.org/",
        "https://moodle.example.org/#x",
        "ftp://moodle.example.org/",
        "https://moodle.example.org/a b",
        "https://" + "x" * 3000,
    ],
)
def test_an_address_that_is_none_of_a_platform_is_refused_by_name(
    name: str, address: object
) -> None:
    told = read_platform(document(**{name: address}), ADDRESS, OWN)
    assert isinstance(told, str)
    assert name in told


def test_programs_on_this_machine_are_asked_only_in_a_trial_on_this_machine() -> None:
    assert may_ask("http://127.0.0.1:9000/x", "http://127.0.0.1:3334")
    for address in ("http://127.0.0.1:9000/x", "https://[::1]/x", "https://LOCALHOST/x"):
        assert not may_ask(address, OWN)


@pytest.mark.parametrize("about", [None, [], "moodle", {"messages_supported": {"a": "b"}}, {}])
def test_what_it_says_beyond_that_may_be_anything(about: object) -> None:
    assert described(**{PLATFORM: about}).placements == ()


def test_placements_are_those_that_we_and_the_platform_know() -> None:
    messages = [
        {"type": "LtiResourceLinkRequest", "placements": ["course_navigation", 7]},
        {"type": "LtiDeepLinkingRequest", "placements": ["assignment_selection", "x"]},
        {"placements": "link_selection"},
        None,
    ]
    found = described(**{PLATFORM: {"messages_supported": messages}})
    assert found.placements == ("assignment_selection",)


@pytest.mark.parametrize("server", [None, 7, "", "canvas.instructure.com", "http://x.example"])
def test_an_audience_that_is_no_address_is_left_to_the_token_address(server: object) -> None:
    assert described(authorization_server=server).audience == ""


@pytest.mark.parametrize("deployment", [None, 7, ""])
def test_a_deployment_may_be_left_to_the_administrator(deployment: object) -> None:
    answer = {"client_id": "c", TOOL: {"deployment_id": deployment}}
    registered = read_registered(answer)
    assert registered == Registered("c", "")
    entry = entry_of(described(), Registered("c", ""), "Moodle")
    assert isinstance(entry, PlatformEntry)
    assert entry.deployments == ()


@pytest.mark.parametrize("answer", [{}, {"client_id": ""}, {"client_id": 7}, {"client_id": None}])
def test_an_answer_without_a_client_is_none(answer: dict[str, object]) -> None:
    assert isinstance(read_registered(answer), str)


@pytest.mark.parametrize(
    "registered", [Registered("a\nb", "1"), Registered("c" * 256, "1"), Registered("c", "1\u202e")]
)
def test_names_that_would_deceive_are_not_kept(registered: Registered) -> None:
    assert isinstance(entry_of(described(), registered, "Moodle"), str)


def test_what_a_platform_says_is_one_bounded_line() -> None:
    assert words_of(b"  token_already_used\r\n\x1b[31m ") == "token_already_used [31m"
    assert words_of(b"\xff\xfe") != ""
    assert words_of(b"") == ""
    assert len(words_of(b"x" * 100_000)) <= 300
