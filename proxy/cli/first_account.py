"""The first account, and the way in that `sifu up` prints.

Promises: an installation without accounts gets one administrator; one that has any is left as it
is, but for a password where its administrator has none yet. The link works once, for an hour.
"""

from proxy.auth.passwords import hash_password
from proxy.cli.sign_in_link import make_sign_in_link
from proxy.core.credentials import RandomText
from proxy.core.identity import User
from proxy.settings import Settings
from proxy.store import users
from proxy.store.database import Store

LINK_SECONDS = 3600.0


def way_in(store: Store, settings: Settings, *, now: float, random_text: RandomText) -> str:
    """Return the address at which the administrator signs in."""
    page = f"{settings.front_origin}/sign-in"
    user = _administrator(store, settings, now)
    if settings.admin_password or user is None:
        return page
    return make_sign_in_link(
        store, settings, user, until=now + LINK_SECONDS, random_text=random_text
    )


def _administrator(store: Store, settings: Settings, now: float) -> User | None:
    known = store.read_now(users.list_all)
    if not known:
        hashed = hash_password(settings.admin_password) if settings.admin_password else None
        return store.write_now(
            users.add, settings.admin, is_admin=True, password_hash=hashed, now=now
        )
    administrators = [user for user in known if user.is_admin]
    named = [user for user in administrators if user.name == settings.admin]
    if named and settings.admin_password and not named[0].has_password:
        hashed = hash_password(settings.admin_password)
        store.write_now(users.set_password, named[0], hashed, now)
    return next(iter(named or administrators), None)
