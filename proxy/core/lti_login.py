"""A platform begins a launch: what its first request may say, and where the browser goes with it.

(1EdTech Security Framework 5.1.1, LTI Client Side postMessages.) Rules. (1) Nothing of it is
signed, so nothing of it is believed: it only chooses one of the platforms that are registered here.
(2) A parameter that comes twice, is too long or is not printable is refused; those that we do not
know are not looked at. (3) The target is our one address for launches, whole and exactly. (4) The
browser goes to the address of the platform's registration, to no other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import urlencode, urlsplit

from proxy.core.lti_platform import Platform, PlatformEntry

_MOST_HINT: Final = 4096
# Each with the most characters that it may have.
_LIMITS: Final = {
    "iss": 255,
    "login_hint": _MOST_HINT,
    "target_link_uri": 2048,
    "client_id": 255,
    "lti_deployment_id": 255,
    "lti_message_hint": _MOST_HINT,
    "lti_storage_target": 64,
}
_FRAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_PORTS: Final = {"http": 80, "https": 443}


class LoginFault(Enum):
    """Why a login is refused; the value is the word in events."""

    DOUBLED = "doubled"
    PARAMETER = "login_parameter"
    ISSUER = "no_issuer"
    LOGIN_HINT = "no_login_hint"
    TARGET = "login_target"
    STORAGE = "storage_target"
    PLATFORM = "platform"
    CLIENT = "client"
    DEPLOYMENT = "login_deployment"


@dataclass(frozen=True, slots=True)
class LoginAsk:
    """What a platform asks; texts may be empty but for the first two.

    `storage` names the frame that keeps data for us (`_parent` for the page around us).
    """

    issuer: str
    login_hint: str
    client: str = ""
    deployment: str = ""
    message_hint: str = ""
    storage: str = ""


def read_login(pairs: Sequence[tuple[str, str]], target: str) -> LoginAsk | LoginFault:
    """Read the parameters in their order, as they came; `target` is our address for launches."""
    known = [(name, text) for name, text in pairs if name in _LIMITS]
    said = dict(known)
    if len(said) != len(known):
        return LoginFault.DOUBLED
    if any(len(text) > _LIMITS[name] or not text.isprintable() for name, text in known):
        return LoginFault.PARAMETER
    return _fault_of(said, target) or LoginAsk(
        issuer=said["iss"],
        login_hint=said["login_hint"],
        client=said.get("client_id", ""),
        deployment=said.get("lti_deployment_id", ""),
        message_hint=said.get("lti_message_hint", ""),
        storage=said.get("lti_storage_target", ""),
    )


def _fault_of(said: dict[str, str], target: str) -> LoginFault | None:
    if not said.get("iss"):
        return LoginFault.ISSUER
    if not said.get("login_hint"):
        return LoginFault.LOGIN_HINT
    if said.get("target_link_uri") != target:
        return LoginFault.TARGET
    storage = said.get("lti_storage_target", "")
    return LoginFault.STORAGE if storage and not _FRAME.fullmatch(storage) else None


def choose_platform(platforms: Sequence[Platform], ask: LoginAsk) -> Platform | LoginFault:
    """Return the one platform that this is, of those of its issuer (and client, if it says so)."""
    if not platforms:
        return LoginFault.PLATFORM
    if len(platforms) > 1:
        return LoginFault.CLIENT
    is_known = not ask.deployment or ask.deployment in platforms[0].entry.deployments
    return platforms[0] if is_known else LoginFault.DEPLOYMENT


def parameters_of(ask: LoginAsk, target: str, *, with_storage: bool = True) -> dict[str, str]:
    """Return the parameters with which the same login begins once more."""
    said = {
        "iss": ask.issuer,
        "login_hint": ask.login_hint,
        "target_link_uri": target,
        "client_id": ask.client,
        "lti_deployment_id": ask.deployment,
        "lti_message_hint": ask.message_hint,
        "lti_storage_target": ask.storage if with_storage else "",
    }
    return {name: text for name, text in said.items() if text}


def authorization_address(
    entry: PlatformEntry, ask: LoginAsk, *, target: str, state: str, nonce: str
) -> str:
    """Return where the browser is signed in by the platform (Security Framework 5.1.1.2)."""
    wanted = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": entry.client,
        "redirect_uri": target,
        "login_hint": ask.login_hint,
        "state": state,
        "nonce": nonce,
    }
    if ask.message_hint:
        wanted["lti_message_hint"] = ask.message_hint
    joint = "&" if urlsplit(entry.authorization).query else "?"
    return entry.authorization + joint + urlencode(wanted)


def origin_of(address: str) -> str:
    """Return the origin of a registered address, as browsers write it."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host
    is_default = parts.port is None or parts.port == _PORTS[parts.scheme]
    return f"{parts.scheme}://{name}" if is_default else f"{parts.scheme}://{name}:{parts.port}"
