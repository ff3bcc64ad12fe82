"""A message of a git service that somebody pushed: is it genuine, and is it about our branch?

One secret a course, for whatever service sends: `whsec_` and base64.

    GitHub, Gitea, Forgejo   X-Hub-Signature-256: sha256=<hex HMAC of the body>, key: the secret
    GitLab                   X-Gitlab-Token: the secret itself
    GitLab, signing token    webhook-signature: v1,<base64 HMAC of `id.timestamp.body`>, as Standard
                             Webhooks has it; key: the base64 part decoded, or the secret as it is

Promises: every comparison takes as long, right or wrong; a signature that is wrong is not made good
by another one. A message that comes again does no harm: it asks to look whether there is something
new, and says nothing that is believed beside.
"""

import base64
import hmac
import json
from binascii import Error
from collections.abc import Mapping
from enum import Enum
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qs

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
_LEEWAY: Final = 300.0
_MOST_DIGITS: Final = 12
_BRANCH: Final = "refs/heads/"
_TAG: Final = "refs/tags/"


class Wish(Enum):
    """What a genuine message asks for."""

    UPDATE = "update"
    NOTHING = "nothing"  # about another branch, or no push


def make_secret(random: bytes) -> str:
    """Return a secret made of these bytes."""
    return PREFIX + base64.b64encode(random).decode()


def is_genuine(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> bool:
    """Was it sent by who knows the secret? `headers` is asked whatever their case."""
    key = secret.encode()
    if (signature := headers.get("X-Hub-Signature-256")) is not None:
        wanted = "sha256=" + hmac.new(key, body, sha256).hexdigest()
        return _is_same(wanted, signature)
    if (signature := headers.get("webhook-signature")) is not None:
        return _is_standard(headers, signature, body, secret, now)
    return _is_same(secret, headers.get("X-Gitlab-Token", ""))


def read_wish(headers: Mapping[str, str], body: bytes, branch: str) -> Wish:
    """Return what a genuine message asks for; `branch` of the course, empty: the default one."""
    kind = headers.get("X-GitHub-Event") or headers.get("X-Gitlab-Event", "")
    if kind not in {"push", "Push Hook", "Tag Push Hook"}:
        return Wish.NOTHING
    about = _payload(headers, body)
    ref = about.get("ref")
    if not isinstance(ref, str):
        return Wish.NOTHING
    wanted = branch or _default_branch(about)
    # A service that does not say which its default branch is gets the benefit of the doubt.
    if not wanted:
        return Wish.UPDATE if ref.startswith(_BRANCH) else Wish.NOTHING
    return Wish.UPDATE if ref in {_BRANCH + wanted, _TAG + wanted} else Wish.NOTHING


def _is_standard(
    headers: Mapping[str, str], signatures: str, body: bytes, secret: str, now: float
) -> bool:
    stamp = headers.get("webhook-timestamp", "")
    is_number = stamp.isascii() and stamp.isdigit() and len(stamp) <= _MOST_DIGITS
    if not is_number or abs(int(stamp) - now) > _LEEWAY:
        return False
    signed = f"{headers.get('webhook-id', '')}.{stamp}.".encode(errors="replace") + body
    found = False
    for key in _standard_keys(secret):
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
        for given in signatures.split(" ", 8)[:8]:
            found = _is_same(wanted, given) or found
    return found


def _standard_keys(secret: str) -> list[bytes]:
    try:
        return [base64.b64decode(secret.removeprefix(PREFIX), validate=True), secret.encode()]
    except (Error, ValueError):
        return [secret.encode()]


def _payload(headers: Mapping[str, str], body: bytes) -> Mapping[str, object]:
    """Return what was sent, as JSON or as a form with JSON in it; nothing if it is neither."""
    try:
        text = body.decode()
        if headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            text = parse_qs(text, max_num_fields=8).get("payload", [""])[0]
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _default_branch(about: Mapping[str, object]) -> str:
    for key in ("repository", "project"):
        found = about.get(key)
        if isinstance(found, dict) and isinstance(found.get("default_branch"), str):
            return str(found["default_branch"])
    return ""


def _is_same(wanted: str, given: str) -> bool:
    return hmac.compare_digest(wanted.encode(), given.encode(errors="replace"))
