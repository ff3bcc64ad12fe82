"""From somebody whom another service vouches for to an account of ours.

Promises: the rules of the provider decide first, and each time: who may not come in any more does
not; an account that was disabled here stays so, whatever the service says; the role follows the
service where the provider has rules for it, but the last administrator is never taken away; a
folder that is there already becomes nobody's because they are called like it. Must not: look at an
e-mail address to find an account.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from proxy.core.administration import problem_of_losing
from proxy.core.allow_rules import Admission, AllowRules, People, admit
from proxy.core.clock import Clock
from proxy.core.errors import Forbidden
from proxy.core.id_token import Profile
from proxy.core.identity import User
from proxy.store import identities, users
from proxy.store.database import Store
from proxy.store.identities import Subject

_NOT_LET_IN = (
    "You are signed in there, but this site does not let that account in. "
    "Ask whoever runs it to let you in."
)
_DISABLED = "Your account is disabled here. Ask whoever runs this site."


async def join(
    store: Store,
    provider: str,
    profile: Profile,
    rules: AllowRules,
    clock: Clock,
    *,
    homes: Path | None = None,
) -> User:
    """Return the account of this person; raises `Forbidden` with the reason if there is none.

    `homes` holds people's folders, each called by a slug (SIFU_NOTEBOOKS); None: there are none.
    """
    admission = admit(profile, rules)
    if admission is Admission.REFUSED:
        raise Forbidden(_NOT_LET_IN, detail="not_allowed")

    def has_files(slug: str) -> bool:
        return homes is not None and os.path.lexists(homes / slug)

    return await store.write(_join, provider, profile, admission, rules, clock(), has_files)


def _join(
    connection: Connection,
    provider: str,
    profile: Profile,
    admission: Admission,
    rules: AllowRules,
    now: float,
    has_files: Callable[[str], bool],
) -> User:
    who = Subject(provider, profile.issuer, profile.subject)
    is_admin = admission is Admission.ADMIN
    name = profile.name or profile.email.partition("@")[0]
    user = identities.find_or_add(
        connection, who, name, is_admin=is_admin, now=now, has_files=has_files
    )
    if user.is_disabled:
        raise Forbidden(_DISABLED, detail="disabled")
    has_roles = rules.admins != People()
    if user.is_admin == is_admin or not has_roles or _is_last(connection, user):
        return user
    users.set_admin(connection, user, is_admin=is_admin)
    return replace(user, is_admin=is_admin)


def _is_last(connection: Connection, user: User) -> bool:
    """Would nobody be left who may administrate?"""
    return problem_of_losing(users.list_all(connection), user) is not None
