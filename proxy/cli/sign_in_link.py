"""A link that signs one person in once; the store keeps a hash of its code."""

from proxy.auth.links import write_link
from proxy.core.credentials import RandomText
from proxy.core.identity import User
from proxy.settings import Settings
from proxy.store.database import Store


def make_sign_in_link(
    store: Store, settings: Settings, user: User, *, until: float, random_text: RandomText
) -> str:
    """Return a new link to front's sign-in page, good until `until` (UTC seconds)."""
    code = store.write_now(write_link, user.id, until=until, random_text=random_text)
    return f"{settings.front_origin}/sign-in?code={code}"
