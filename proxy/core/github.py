"""Who somebody is at GitHub, whose OAuth has no ID tokens: from its answers to a profile.

Rules. (1) The number of the account is the subject: a login name may be given up and taken by
somebody else. (2) Only the primary e-mail address counts, and only if GitHub verified it.
(3) Organisations are groups, by their login names. (4) What is not as expected is nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from proxy.core.id_token import Profile
from proxy.core.oidc import Client

PUBLIC: Final = "https://github.com"
_MOST_TEXT: Final = 256
_MOST_GROUPS: Final = 100


@dataclass(frozen=True, slots=True)
class GitHubAddresses:
    """Of github.com, or of a GitHub Enterprise Server."""

    authorization: str
    token: str
    api: str


def addresses_of(issuer: str) -> GitHubAddresses:
    """Return where this GitHub is asked what."""
    site = issuer.rstrip("/")
    api = "https://api.github.com" if site == PUBLIC else f"{site}/api/v3"
    return GitHubAddresses(f"{site}/login/oauth/authorize", f"{site}/login/oauth/access_token", api)


def authorization_address(
    addresses: GitHubAddresses, client: Client, *, state: str, challenge: str
) -> str:
    """Return where the browser goes to sign in."""
    wanted = {
        "client_id": client.id,
        "redirect_uri": client.redirect,
        "scope": " ".join(client.scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "allow_signup": "false",
    }
    return f"{addresses.authorization}?{urlencode(wanted)}"


def profile_of(
    issuer: str, user: Mapping[str, Any], emails: Sequence[Any], organisations: Sequence[Any]
) -> Profile | None:
    """Return who it is, or None if the answers do not say."""
    number, login = user.get("id"), _text(user.get("login"))
    if isinstance(number, bool) or not isinstance(number, int) or number <= 0 or not login:
        return None
    primary: Mapping[str, Any] = next(filter(_is_primary, emails), {})
    named = [each for each in organisations[:_MOST_GROUPS] if isinstance(each, dict)]
    return Profile(
        issuer=issuer,
        subject=str(number),
        name=login,
        email=_text(primary.get("email")),
        is_email_verified=primary.get("verified") is True,
        groups=frozenset(filter(None, (_text(each.get("login")) for each in named))),
    )


def _is_primary(entry: object) -> bool:
    return isinstance(entry, dict) and entry.get("primary") is True


def _text(value: object) -> str:
    if isinstance(value, str) and len(value) <= _MOST_TEXT and value.isprintable():
        return value
    return ""
