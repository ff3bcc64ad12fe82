"""Signing in at GitHub: OAuth with PKCE, then GitHub is asked who it was.

Promises: the same way out and back as at an OpenID Connect issuer; the access token is used for
these few questions and forgotten. Must not: believe anything that came with the browser.
"""

from typing import Any, Final

from proxy.auth.asking import OpenClient, ask_json
from proxy.core.errors import Forbidden
from proxy.core.github import addresses_of, authorization_address, profile_of
from proxy.core.id_token import Profile
from proxy.core.oidc import Client, ClientSecretWay, token_request
from proxy.core.sign_in_flow import challenge_of, verifier_of

_NOT_BELIEVED: Final = "GitHub did not say who you are, so you are not signed in. Please try again."
_ORGANISATIONS: Final = "read:org"


class GitHub:
    """One GitHub: the public one, or a school's own."""

    def __init__(self, issuer: str, client: Client, open_client: OpenClient) -> None:
        self._issuer = issuer
        self._client = client
        self._open_client = open_client
        self._addresses = addresses_of(issuer)

    async def way_out(self, state: str, secret: str, flow_id: str) -> str:
        """Return where the browser signs in."""
        challenge = challenge_of(verifier_of(secret, flow_id))
        return authorization_address(
            self._addresses, self._client, state=state, challenge=challenge
        )

    async def redeem(self, code: str, secret: str, flow_id: str, said: str | None) -> Profile:
        """Return who signed in; raises `Forbidden` (with the word) or `UpstreamBroken`."""
        del said  # GitHub does not name itself.
        headers, form = token_request(
            ClientSecretWay.BODY, self._client, code=code, verifier=verifier_of(secret, flow_id)
        )
        # A refused code is answered with 200 too.
        granted = await ask_json(
            self._open_client, "POST", self._addresses.token, headers=headers, data=form
        )
        token = granted.get("access_token") if isinstance(granted, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise Forbidden(_NOT_BELIEVED, detail="no_token")
        user = await self._ask("/user", token)
        emails = await self._ask("/user/emails", token)
        wants_groups = _ORGANISATIONS in self._client.scopes
        organisations = await self._ask("/user/orgs?per_page=100", token) if wants_groups else []
        found = isinstance(user, dict) and isinstance(emails, list)
        if not found or not isinstance(organisations, list):
            raise Forbidden(_NOT_BELIEVED, detail="profile")
        profile = profile_of(self._issuer, user, emails, organisations)
        if profile is None:
            raise Forbidden(_NOT_BELIEVED, detail="profile")
        return profile

    async def _ask(self, path: str, token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
        return await ask_json(self._open_client, "GET", self._addresses.api + path, headers=headers)
