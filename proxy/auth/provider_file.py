"""The file that says who may vouch for people: from TOML to tables, or to everything wrong with it.

    [[oidc]]
    name = "school"                      # in addresses: /oidc/school/back
    title = "Sign in with your school account"
    issuer = "https://id.school.example/realms/all"
    client_id = "sifu"
    client_secret_file = "/run/secrets/school"
    allow = { domains = ["school.example"], groups = ["class-7"] }
    admins = { groups = ["operators"] }

    [[consumer]]                         # a portal that sends people here by signed links
    name = "portal"
    key_file = "/run/secrets/portal"
    courses = ["statistics"]

    [load_balancer]                      # AWS, with an `authenticate-…` rule before us
    signer = "arn:aws:elasticloadbalancing:…"
    client_id = "…"
    issuer = "https://…"
    networks = ["10.0.0.0/16"]
    allow = { everybody = true }

    [trusted_headers]                    # a proxy of yours that signs people in
    networks = ["10.0.0.5/32"]
    allow = { everybody = true }

Promises: every problem at once, with the place where it stands; a name that is not known, or a rule
that can let nobody in, is a problem. Must not: hold a secret (it stands in a file of its own,
or in the environment), or read one.
"""

import tomllib
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
    model_validator,
)

from proxy.core.addresses import is_secure_address
from proxy.core.allow_rules import AllowRules, People
from proxy.core.errors import InvalidSettings
from proxy.core.lti_roles import CourseRole
from proxy.core.portal_link import is_course

# What identities hold.
_MOST_ISSUER: Final = 255


def _secure(address: str) -> str:
    if not is_secure_address(address):
        raise ValueError("an https address, without spaces, is needed here")
    return address


def _course(name: str) -> str:
    if not is_course(name):
        raise ValueError("a course is one step of a path")
    return name


def _not_everybody(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    if network.prefixlen == 0:
        raise ValueError("that is everybody: name the addresses of what stands before Sifu")
    return network


def _plain_issuer(address: str) -> str:
    if urlsplit(address).query or len(address) > _MOST_ISSUER:
        raise ValueError(f"an issuer has no query, and {_MOST_ISSUER} characters at most")
    return address


Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:-?[a-z0-9]){0,31}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[^\x00-\x1f]+$")]
Address = Annotated[str, AfterValidator(_secure)]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]
Texts = frozenset[Line]
Course = Annotated[str, AfterValidator(_course)]
Domain = Annotated[str, StringConstraints(pattern=r"^@?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]


Network = Annotated[IPv4Network | IPv6Network, AfterValidator(_not_everybody)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PeopleTable(_Table):
    """A set of people, by what a service says of them."""

    subjects: Texts = frozenset()
    emails: Texts = frozenset()
    domains: frozenset[Domain] = frozenset()
    groups: Texts = frozenset()

    def people(self) -> People:
        """Return them as the rules compare them."""
        return People(
            subjects=self.subjects,
            emails=frozenset(each.casefold() for each in self.emails),
            domains=frozenset(each.casefold().removeprefix("@") for each in self.domains),
            groups=self.groups,
        )


class AllowTable(PeopleTable):
    """Who may come in; without anything nobody."""

    everybody: StrictBool = False


class _Ruled(_Table):
    allow: AllowTable
    admins: PeopleTable = PeopleTable()

    @property
    def rules(self) -> AllowRules:
        """Who may come in, and who is an administrator."""
        return AllowRules(self.allow.everybody, self.allow.people(), self.admins.people())


class OidcTable(_Ruled):
    """An OpenID Connect issuer; or GitHub, whose OAuth has no ID tokens."""

    name: Name
    title: Line = ""
    kind: Literal["oidc", "github"] = "oidc"
    issuer: Annotated[Address, AfterValidator(_plain_issuer)] | None = None
    client_id: Line
    client_secret_file: Line | None = None
    client_secret_env: Line | None = None
    scopes: tuple[Line, ...] | None = None
    groups_claim: Line = "groups"

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.kind == "oidc" and self.issuer is None:
            raise ValueError("issuer is missing: write it exactly as the issuer itself does")
        if self.client_secret_file and self.client_secret_env:
            raise ValueError("client_secret_file and client_secret_env: keep one of them")
        problem = _problem_of_scopes(self.kind, self.scopes, self.rules)
        if problem:
            raise ValueError(problem)
        if self.kind == "github" and not (self.client_secret_file or self.client_secret_env):
            raise ValueError("GitHub wants a client secret: client_secret_file is missing")
        return self


class ConsumerTable(_Table):
    """A portal that sends people by signed links; without `courses` to any."""

    name: Name
    key_file: Line | None = None
    key_env: Line | None = None
    keys_url: Address | None = None
    courses: frozenset[Course] = frozenset()
    roles: frozenset[CourseRole] = frozenset({CourseRole.STUDENT})

    @model_validator(mode="after")
    def _has_one_key(self) -> Self:
        if sum(each is not None for each in (self.key_file, self.key_env, self.keys_url)) != 1:
            raise ValueError("it needs one of key_file, key_env and keys_url")
        return self


class _Vouching(_Ruled):
    networks: Annotated[tuple[Network, ...], Field(min_length=1)]


class LoadBalancerTable(_Vouching):
    """An application load balancer of AWS that signs people in before us."""

    signer: Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:elasticloadbalancing:")]
    client_id: Line
    issuer: Annotated[Address, AfterValidator(_plain_issuer)]
    keys_url: Address | None = None
    groups_claim: Line = "groups"


class TrustedHeadersTable(_Vouching):
    """A proxy that says who somebody is in headers of these names."""

    user: HeaderName = "Remote-User"
    # Without a name they are not looked at: a proxy may pass on a client's own.
    email: HeaderName | Literal[""] = ""
    groups: HeaderName | Literal[""] = ""

    @model_validator(mode="after")
    def _names_what_rules_ask_for(self) -> Self:
        if self.rules.asks_for_email and not self.email:
            raise ValueError("its rules ask for addresses: name the header in `email`")
        if self.rules.asks_for_groups and not self.groups:
            raise ValueError("its rules ask for groups: name the header in `groups`")
        return self


class ProviderFile(_Table):
    """Everything that the file names."""

    oidc: tuple[OidcTable, ...] = ()
    consumer: tuple[ConsumerTable, ...] = ()
    load_balancer: LoadBalancerTable | None = None
    trusted_headers: TrustedHeadersTable | None = None

    @model_validator(mode="after")
    def _names_are_different(self) -> Self:
        for names in ([row.name for row in self.oidc], [row.name for row in self.consumer]):
            if len(set(names)) < len(names):
                raise ValueError("two tables have one name: each needs its own")
        return self


def read_provider_file(path: Path, *, must_exist: bool = False) -> ProviderFile:
    """Return what the file says, nothing if it is not there; raises `InvalidSettings`."""
    if not must_exist and not path.exists():
        return ProviderFile()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidSettings([f"{path} cannot be read: {problem}."]) from problem
    try:
        return ProviderFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise InvalidSettings([f"{path} is no TOML: {problem}."]) from problem
    except ValidationError as problem:
        # Never the value: somebody may have written a secret where it does not belong.
        told = problem.errors(include_input=False, include_url=False, include_context=False)
        raise InvalidSettings(
            [_sentence(path, each["loc"], each["msg"]) for each in told]
        ) from None


def _problem_of_scopes(kind: str, scopes: tuple[str, ...] | None, rules: AllowRules) -> str | None:
    """Say what a provider will not tell that it is asked for."""
    if kind == "oidc" and scopes is not None and "openid" not in scopes:
        return "scopes: without `openid` there is no ID token"
    if kind == "github" and rules.asks_for_groups and "read:org" not in (scopes or ()):
        return "its rules ask for groups: scopes need `read:org` beside `read:user`, `user:email`"
    return None


def _sentence(path: Path, place: tuple[int | str, ...], message: str) -> str:
    # Tables are counted from one, as people count them.
    named = ".".join(str(step + 1) if isinstance(step, int) else step for step in place)
    return f"{path}: {named or 'the file'}: {message.removeprefix('Value error, ')}."
