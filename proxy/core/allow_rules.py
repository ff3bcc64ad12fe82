"""Who of those that another service vouches for may come in here, and as what.

Rules. (1) No rule lets nobody in. (2) An e-mail address counts only if the service verified it, and
is compared whole, or by its domain, without regard to case; one with two `@` is none. (3) Groups
and subjects are compared exactly. (4) Whoever is an administrator by a rule may come in by it too.
"""

from dataclasses import dataclass, field
from enum import Enum

from proxy.core.id_token import Profile


@dataclass(frozen=True, slots=True)
class People:
    """A set of people by what a service says of them."""

    subjects: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def has(self, profile: Profile) -> bool:
        """Is this one of them?"""
        if profile.subject in self.subjects or profile.groups & self.groups:
            return True
        address = profile.email.casefold() if profile.is_email_verified else ""
        name, _, domain = address.partition("@")
        if not name or not domain or "@" in domain:
            return False
        return address in self.emails or domain in self.domains


@dataclass(frozen=True, slots=True)
class AllowRules:
    """Of one provider; addresses and domains are written without capitals."""

    everybody: bool = False
    people: People = field(default_factory=People)
    admins: People = field(default_factory=People)

    @property
    def asks_for_email(self) -> bool:
        """Does a rule need to know somebody's address?"""
        return any(each.emails or each.domains for each in (self.people, self.admins))

    @property
    def asks_for_groups(self) -> bool:
        """Does a rule need to know somebody's groups?"""
        return bool(self.people.groups or self.admins.groups)


class Admission(Enum):
    """What the rules say."""

    REFUSED = "refused"
    USER = "user"
    ADMIN = "admin"


def admit(profile: Profile, rules: AllowRules) -> Admission:
    """Decide for one who was vouched for."""
    if rules.admins.has(profile):
        return Admission.ADMIN
    may = rules.everybody or rules.people.has(profile)
    return Admission.USER if may else Admission.REFUSED
