"""The services that may vouch for people, ready to be used.

Promises: a provider without its secret, or a portal without its key, is a problem at the start and
not at somebody's sign-in; a secret is read once, from where the file says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from proxy.auth.asking import OpenClient
from proxy.auth.github import GitHub
from proxy.auth.key_sets import KeySet
from proxy.auth.load_balancer import LoadBalancer
from proxy.auth.oidc import Oidc
from proxy.auth.provider_file import (
    ConsumerTable,
    OidcTable,
    ProviderFile,
    read_provider_file,
)
from proxy.auth.trusted_headers import HeaderNames, TrustedHeaders
from proxy.auth.vouching import NamedVoucher, Vouching
from proxy.core.allow_rules import AllowRules
from proxy.core.clock import Clock
from proxy.core.errors import InvalidSettings
from proxy.core.github import PUBLIC
from proxy.core.id_token import Profile
from proxy.core.launch_link import Consumer
from proxy.core.load_balancer import Signer, keys_address
from proxy.core.oidc import Client
from proxy.settings import Settings, environment_value

LEAST_KEY_CHARACTERS: Final = 32
_SCOPES: Final = {"oidc": ("openid", "profile", "email"), "github": ("read:user", "user:email")}
ReadVariable = Callable[[str], str | None]


class SignInService(Protocol):
    """A way out of here, and back with somebody; `secret` is the browser's (`sign_in_flow`)."""

    async def way_out(self, state: str, secret: str, flow_id: str) -> str:
        """Return where the browser signs in; raises `UpstreamBroken`."""

    async def redeem(self, code: str, secret: str, flow_id: str, said: str | None) -> Profile:
        """Return who signed in; raises `Forbidden` with the word, or `UpstreamBroken`.

        `said` is the issuer that the browser brought back, if it did (RFC 9207).
        """


@dataclass(frozen=True, slots=True)
class SignInProvider:
    """A service with a name of its own in our addresses, and the rules of who comes in by it."""

    name: str
    title: str
    rules: AllowRules
    service: SignInService


@dataclass(frozen=True, slots=True)
class Portal:
    """One that signs links: by shared keys, or by those that it publishes."""

    consumer: Consumer
    keys: tuple[bytes, ...] = field(repr=False)
    published: KeySet | None = None


@dataclass(frozen=True, slots=True)
class ReadyProviders:
    """Everything that the file names; `services` and `portals` by their names."""

    services: Mapping[str, SignInProvider] = field(default_factory=dict)
    portals: Mapping[str, Portal] = field(default_factory=dict)
    vouching: Vouching = field(default_factory=Vouching)


class ProviderMaker:
    """Makes them of the file's tables, collecting what is missing."""

    def __init__(
        self,
        *,
        front_origin: str,
        open_client: OpenClient,
        clock: Clock,
        read_variable: ReadVariable,
    ) -> None:
        self._origin = front_origin
        self._open_client = open_client
        self._clock = clock
        self._read_variable = read_variable
        self._problems: list[str] = []

    def make(self, file: ProviderFile) -> ReadyProviders:
        """Return them; raises `InvalidSettings` with every secret that is missing."""
        made = ReadyProviders(
            {row.name: self._service(row) for row in file.oidc},
            {row.name: self._portal(row) for row in file.consumer},
            Vouching(tuple(self._vouchers(file))),
        )
        if self._problems:
            raise InvalidSettings(self._problems)
        return made

    def _service(self, row: OidcTable) -> SignInProvider:
        secret = self._read(row.client_secret_file, row.client_secret_env, f"“{row.name}”")
        client = Client(
            row.client_id,
            secret,
            f"{self._origin}/oidc/{row.name}/back",
            row.scopes or _SCOPES[row.kind],
        )
        title = row.title or f"Sign in with {row.name}"
        return SignInProvider(row.name, title, row.rules, self._speaker(row, client))

    def _speaker(self, row: OidcTable, client: Client) -> SignInService:
        if row.kind == "github":
            return GitHub(row.issuer or PUBLIC, client, self._open_client)
        return Oidc(
            row.issuer or "",
            client,
            self._open_client,
            self._clock,
            groups_claim=row.groups_claim,
            needs=_claims_needed(row),
        )

    def _portal(self, row: ConsumerTable) -> Portal:
        consumer = Consumer(row.name, row.courses, row.roles)
        if row.keys_url:
            return Portal(consumer, (), KeySet(row.keys_url, self._open_client, self._clock))
        text = self._read(row.key_file, row.key_env, f"“{row.name}”")
        keys = tuple(line.strip().encode() for line in text.splitlines() if line.strip())
        if any(len(key) < LEAST_KEY_CHARACTERS for key in keys):
            self._problems.append(
                f"A key of “{row.name}” is shorter than {LEAST_KEY_CHARACTERS} characters; "
                "`openssl rand -hex 32` makes one."
            )
        return Portal(consumer, keys)

    def _vouchers(self, file: ProviderFile) -> Sequence[NamedVoucher]:
        found: list[NamedVoucher] = []
        if (row := file.load_balancer) is not None:
            voucher = LoadBalancer(
                Signer(row.signer, row.client_id, row.issuer),
                row.networks,
                row.keys_url or keys_address(row.signer),
                self._open_client,
                self._clock,
                groups_claim=row.groups_claim,
            )
            found.append(NamedVoucher("load_balancer", row.rules, voucher))
        if (table := file.trusted_headers) is not None:
            names = HeaderNames(*(each.lower() for each in (table.user, table.email, table.groups)))
            headers = TrustedHeaders(names, table.networks)
            found.append(NamedVoucher("trusted_headers", table.rules, headers))
        return found

    def _read(self, file: str | None, variable: str | None, whose: str) -> str:
        """Return the secret, empty where there is none by intention or it cannot be read."""
        if variable:
            text = (self._read_variable(variable) or "").strip()
            if not text:
                self._problems.append(
                    f"The variable {variable} with the secret of {whose} is empty."
                )
            return text
        if not file:
            return ""
        try:
            text = Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as problem:
            self._problems.append(f"The secret of {whose} cannot be read: {problem}.")
            return ""
        if not text:
            self._problems.append(f"The file {file} with the secret of {whose} is empty.")
        return text


def _claims_needed(row: OidcTable) -> frozenset[str]:
    wanted = {"email": row.rules.asks_for_email, row.groups_claim: row.rules.asks_for_groups}
    return frozenset(claim for claim, is_wanted in wanted.items() if is_wanted)


def open_providers(settings: Settings, clock: Clock, open_client: OpenClient) -> ReadyProviders:
    """Read who may vouch for people; raises `InvalidSettings` with everything that is missing."""
    maker = ProviderMaker(
        front_origin=settings.front_origin,
        open_client=open_client,
        clock=clock,
        read_variable=environment_value,
    )
    file = read_provider_file(settings.provider_file, must_exist=bool(settings.providers))
    return maker.make(file)
