"""What we tell a learning platform about ourselves, whichever way it is registered.

Rules. (1) There is one address for launches, and platforms send everything there, requests to
choose a notebook too. (2) We ask for what is used and no more: a name, which becomes the account's
name; grades are written, never read; the list of members. (3) Nothing here depends on a platform's
secrets, so it may be shown to anybody.
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

TITLE: Final = "Sifu"
DESCRIPTION: Final = "Opens Jupyter notebooks, each person's own copy of them."
CHOOSE_LABEL: Final = "Choose a notebook"
SCOPES: Final = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
# Where a teacher puts links in Canvas: into a module, and behind an assignment.
CANVAS_PLACEMENTS: Final = ("link_selection", "assignment_selection")


@dataclass(frozen=True, slots=True)
class ToolAddresses:
    """Our addresses, below the front's `origin`."""

    origin: str

    @property
    def login(self) -> str:
        """Where a platform begins (OpenID Connect third-party initiated login)."""
        return f"{self.origin}/lti/login"

    @property
    def launch(self) -> str:
        """Where launches arrive: the target of every link, and the only redirect address."""
        return f"{self.origin}/lti/launch"

    @property
    def keys(self) -> str:
        """Where our public keys are."""
        return f"{self.origin}/lti/keys"

    @property
    def canvas(self) -> str:
        """Where Canvas reads its configuration of us."""
        return f"{self.origin}/lti/config.json"

    @property
    def icon(self) -> str:
        """A picture of us."""
        return f"{self.origin}/static/icon.svg"

    @property
    def domain(self) -> str:
        """Our host, without a port: platforms compare it with the hosts of links."""
        return urlsplit(self.origin).hostname or ""

    def invitation(self, code: str) -> str:
        """Where a platform that was invited registers itself."""
        return f"{self.origin}/lti/register?invite={code}"


def canvas_configuration(own: ToolAddresses) -> dict[str, Any]:
    """Return the JSON behind an LTI developer key of Canvas (“Enter URL”)."""
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "oidc_initiation_url": own.login,
        "target_link_uri": own.launch,
        "public_jwk_url": own.keys,
        "scopes": list(SCOPES),
        "extensions": [
            {
                "domain": own.domain,
                "tool_id": "sifu",
                "platform": "canvas.instructure.com",
                "privacy_level": "name_only",
                "settings": {
                    "text": TITLE,
                    "icon_url": own.icon,
                    "selection_width": 800,
                    "selection_height": 800,
                    "placements": [_canvas_placement(name, own) for name in CANVAS_PLACEMENTS],
                },
            }
        ],
        "custom_fields": {},
    }


def registration_request(own: ToolAddresses, placements: tuple[str, ...]) -> dict[str, Any]:
    """Return what registers us (LTI Dynamic Registration 1.0, 3.5).

    `placements` are those of the platform at which a notebook can be chosen; they may be none.
    """
    choosing: dict[str, Any] = {
        "type": "LtiDeepLinkingRequest",
        "target_link_uri": own.launch,
        "label": CHOOSE_LABEL,
    }
    if placements:
        choosing["placements"] = list(placements)
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": own.login,
        "redirect_uris": [own.launch],
        "client_name": TITLE,
        "jwks_uri": own.keys,
        "logo_uri": own.icon,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(SCOPES),
        "https://purl.imsglobal.org/spec/lti-tool-configuration": {
            "domain": own.domain,
            "description": DESCRIPTION,
            "target_link_uri": own.launch,
            "custom_parameters": {},
            "claims": ["iss", "sub", "name", "given_name", "family_name"],
            "messages": [{"type": "LtiResourceLinkRequest"}, choosing],
            "https://canvas.instructure.com/lti/privacy_level": "name_only",
            "https://canvas.instructure.com/lti/tool_id": "sifu",
        },
    }


def _canvas_placement(name: str, own: ToolAddresses) -> dict[str, Any]:
    return {
        "placement": name,
        "message_type": "LtiDeepLinkingRequest",
        "target_link_uri": own.launch,
        "text": CHOOSE_LABEL,
    }
