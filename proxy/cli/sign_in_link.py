"""A link that signs one person in once; the store keeps a hash of its code."""

import secrets

from proxy.cli.installation import Installation
from proxy.core.credentials import hash_secret
from proxy.core.identity import User
from proxy.store import sign_in_links

LINK_LIFETIME = 24 * 3600.0


def make_sign_in_link(here: Installation, user: User, now: float) -> str:
    """Return a new link to front's sign-in page, good for `LINK_LIFETIME` seconds."""
    code = secrets.token_urlsafe(32)
    here.store.write_now(sign_in_links.create, hash_secret(code), user.id, now + LINK_LIFETIME)
    return f"{here.settings.front_origin}/sign-in?code={code}"
