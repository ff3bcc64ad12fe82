from proxy.core.lti_tool_description import (
    CANVAS_PLACEMENTS,
    SCOPES,
    ToolAddresses,
    canvas_configuration,
    registration_request,
)

OWN = ToolAddresses("https://sifu.example.org:8443")
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


def test_every_address_is_below_our_origin() -> None:
    for address in (OWN.login, OWN.launch, OWN.keys, OWN.canvas, OWN.icon, OWN.invitation("x")):
        assert address.startswith("https://sifu.example.org:8443/")


def test_the_domain_has_no_port_for_platforms_compare_hosts() -> None:
    assert OWN.domain == "sifu.example.org"


def test_canvas_gets_what_it_requires() -> None:
    told = canvas_configuration(OWN)
    required = {"title", "description", "oidc_initiation_url", "target_link_uri", "public_jwk_url"}
    assert required <= told.keys()
    (extension,) = told["extensions"]
    assert extension["platform"] == "canvas.instructure.com"
    placements = extension["settings"]["placements"]
    assert [each["placement"] for each in placements] == ["link_selection", "assignment_selection"]
    assert {each["message_type"] for each in placements} == {"LtiDeepLinkingRequest"}


def test_the_registration_says_what_the_specification_demands() -> None:
    told = registration_request(OWN, ())
    assert told["application_type"] == "web"
    assert told["response_types"] == ["id_token"]
    assert set(told["grant_types"]) == {"implicit", "client_credentials"}
    assert told["token_endpoint_auth_method"] == "private_key_jwt"
    assert told["redirect_uris"] == [told[TOOL]["target_link_uri"]] == [OWN.launch]
    assert [each["type"] for each in told[TOOL]["messages"]] == [
        "LtiResourceLinkRequest",
        "LtiDeepLinkingRequest",
    ]


def test_no_more_is_asked_for_than_is_used() -> None:
    told = registration_request(OWN, ())
    assert not [scope for scope in SCOPES if "result" in scope]
    assert "email" not in told[TOOL]["claims"]
    assert told[TOOL]["custom_parameters"] == {}


def test_placements_are_named_only_where_the_platform_knows_them() -> None:
    choosing = registration_request(OWN, CANVAS_PLACEMENTS)[TOOL]["messages"][1]
    assert choosing["placements"] == list(CANVAS_PLACEMENTS)
    assert "placements" not in registration_request(OWN, ())[TOOL]["messages"][1]
