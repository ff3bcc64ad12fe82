"""A link that signs one person in once; the store keeps a hash of its code."""

from proxy.core.credentials import SECRET_BYTES, RandomText, hash_secret
from proxy.core.identity import User
from proxy.settings import Settings
from proxy.store import sign_in_links
from proxy.store.database import Store


def make_sign_in_link(
    store: Store, settings: Settings, user: User, *, until: float, random_text: RandomText
) -> str:
    """Return a new link to front's sign-in page, good until `until` (UTC seconds)."""
    code = random_text(SECRET_BYTES)
    store.write_now(sign_in_links.create, hash_secret(code), user.id, until)
    return f"{settings.front_origin}/sign-in?code={code}"
