"""The only reader of the environment.

Promises: every problem is reported at once, as a sentence that names its setting; an unknown
`SIFU_*` name is a problem; secrets may come from a file (`…_FILE`) and are hidden in every
rendering. Must not: create files (but for `ensure_secret`), or be imported by `core`.
"""

import ipaddress
import os
import secrets as random_secrets
import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_args, get_origin

from proxy.core.errors import InvalidSettings
from proxy.core.gateways import gateway_problem
from proxy.core.hosts import is_origin
from proxy.core.policy import Workspaces

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
PREFIX = "SIFU_"
# Set by `sifu up` for the programs it starts; not settings, so they are not documented as such.
INTERNAL = frozenset({"SIFU_RUN", "SIFU_PYTHON", "SIFU_LOG_FOLDER"})


class Secret(str):
    """A value that does not show itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "[hidden]" if self else "''"


_NO_SECRET = Secret("")


def setting(description: str, default: Any = MISSING, *, factory: Any = MISSING) -> Any:
    """Declare a setting: what it means, and its default."""
    metadata = {"description": description}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One frozen object; its fields, lower-cased, are the settings without their prefix."""

    data: Path = setting("database, secrets, logs, generated supervisor files", Path("data"))
    notebooks: Path = setting("workspaces", Path("notebooks"))
    workspaces: Workspaces = setting(
        "`shared`: one Jupyter for everybody who may sign in; `per-user`: one each",
        Workspaces.SHARED,
    )
    spawner: str = setting("what starts servers: `supervised`", "supervised")
    bind: str = setting("address of both listeners", "127.0.0.1")
    front_port: int = setting("port of sign-in, home and control API", 3334)
    notebook_port: int = setting("port of the notebooks", 3335)
    front_url: str = setting("public origin of the front; default: from the port", "")
    notebook_url: str = setting("public origin of the notebooks; default: from the port", "")
    relay_workers: int = setting("relay processes", 1)
    database_url: Secret = setting("SQLAlchemy URL; default: SQLite in `SIFU_DATA`", _NO_SECRET)
    secret: Secret = setting(
        "signs passes; a comma list rotates (first signs, all verify); "
        "default: generated, kept in `SIFU_DATA`",
        _NO_SECRET,
    )
    admin: str = setting("name of the first account", "admin")
    admin_password: Secret = setting(
        "its password; without one, `sifu up` prints a one-time link", _NO_SECRET
    )
    lms_origins: tuple[str, ...] = setting(
        "origins that may frame us, separated by commas", factory=tuple
    )
    trusted_proxies: tuple[Network, ...] = setting(
        "networks whose `X-Forwarded-*` count",
        factory=lambda: (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")),
    )
    gateway_url: str = setting("kernels run on this Jupyter gateway", "")
    idle_timeout: int = setting("seconds after which an idle server is stopped; 0 = never", 7200)
    start_timeout: int = setting("seconds that a server may take to answer", 60)
    autosave_interval: int = setting("seconds between JupyterLab's autosaves", 30)
    notebook_environment: tuple[str, ...] = setting(
        "names of environment variables handed on to notebooks, separated by commas",
        factory=tuple,
    )
    log_level: str = setting("`DEBUG`, `INFO`, `WARNING` or `ERROR`", "INFO")
    logs: str = setting("where programs log: `files` (in `SIFU_DATA/logs`) or `stdout`", "files")

    @property
    def front_origin(self) -> str:
        return self.front_url or f"http://{self._host}:{self.front_port}"

    @property
    def notebook_origin(self) -> str:
        return self.notebook_url or f"http://{self._host}:{self.notebook_port}"

    def notebook_origin_for(self, owner: str) -> str:
        """The origin of one owner's notebooks, if `SIFU_NOTEBOOK_URL` holds `{owner}`."""
        return self.notebook_origin.replace("{owner}", owner or "sifu")

    @property
    def _host(self) -> str:
        if self.bind in {"0.0.0.0", "::", ""}:  # noqa: S104
            return "127.0.0.1"
        return f"[{self.bind}]" if ":" in self.bind else self.bind

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'sifu.db'}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The signing secrets, the current one first."""
        return tuple(part.strip() for part in self.secret.split(",") if part.strip())


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read `SIFU_*` from `environment` (default: the process's); raise `InvalidSettings`."""
    source = os.environ if environment is None else environment
    problems: list[str] = []
    values: dict[str, Any] = {}
    known = {PREFIX + spec.name.upper(): spec for spec in fields(Settings)}
    for name, text in sorted(source.items()):
        if not name.startswith(PREFIX) or name in INTERNAL:
            continue
        spec = known.get(name) or known.get(name.removesuffix("_FILE"))
        if spec is None or (name not in known and spec.type is not Secret):
            problems.append(f"{name} is not a setting of Sifu; see docs/settings.md.")
            continue
        if spec.name in values:
            problems.append(f"{name} and {name.removesuffix('_FILE')} are set: keep one of them.")
            continue
        try:
            values[spec.name] = _parse(spec, _from_file(text) if name not in known else text)
        except (ValueError, OSError) as problem:
            problems.append(f"{name}: {_sentence(problem)}")
    settings = Settings(**values)
    problems += _contradictions(settings)
    if problems:
        raise InvalidSettings(problems)
    data, notebooks = settings.data.absolute(), settings.notebooks.absolute()
    return replace(settings, data=data, notebooks=notebooks)


def ensure_secret(settings: Settings) -> Settings:
    """Give the settings a signing secret: their own, or the one kept 0600 in `SIFU_DATA`."""
    if settings.secret:
        return settings
    for level in (*reversed(settings.data.parents), settings.data):
        level.mkdir(mode=0o700, exist_ok=True)  # `parents=True` would leave them to the umask
    path = settings.data / "secret"
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(random_secrets.token_urlsafe(32))
        try:
            os.link(fresh, path)  # refuses to replace: two starts at once agree on one secret
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return replace_setting(settings, secret=Secret(path.read_text().strip()))


def replace_setting(settings: Settings, **changes: Any) -> Settings:
    """Return a copy with other values."""
    return replace(settings, **changes)


def effective(settings: Settings) -> dict[str, str]:
    """Every setting as text, by its environment name, secrets hidden; for `sifu check`."""
    return {
        PREFIX + spec.name.upper(): _render(getattr(settings, spec.name))
        for spec in fields(Settings)
    }


def as_environment(settings: Settings) -> dict[str, str]:
    """The settings as variables from which `read_settings` makes the same object."""
    defaults = Settings()
    return {
        PREFIX + spec.name.upper(): str.__str__(value) if isinstance(value, Secret) else text
        for spec in fields(Settings)
        for value in [getattr(settings, spec.name)]
        for text in [_render(value)]
        # What was emptied on purpose must stay empty: no trusted proxies, say.
        if text or value != getattr(defaults, spec.name)
    }


def environment_value(name: str) -> str | None:
    """Read one variable that is not a setting (`PATH`, or what `sifu up` hands down)."""
    return os.environ.get(name)


def _parse(spec: Field[Any], text: str) -> Any:
    text = text.strip()
    if spec.type is int:
        return _whole_number(text)
    if spec.type is Workspaces:
        return _one_of(text, Workspaces)
    if spec.type is Path:
        return _path(text)
    if get_origin(spec.type) is tuple:
        item = get_args(spec.type)[0]
        parts = [part.strip() for part in text.split(",") if part.strip()]
        is_network = isinstance(item, types.UnionType)
        return tuple(ipaddress.ip_network(part) if is_network else part for part in parts)
    return Secret(text) if spec.type is Secret else text


def _whole_number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"“{text}” is not a whole number.")
    return int(text)


def _one_of(text: str, kind: type[Workspaces]) -> Workspaces:
    if text not in {choice.value for choice in kind}:
        choices = " or ".join(f"`{choice.value}`" for choice in kind)
        raise ValueError(f"“{text}” is not {choices}.")
    return kind(text)


def _path(text: str) -> Path:
    # supervisord's configuration has no way to quote these.
    if not text or any(char in text for char in '%;"\n\r\0'):
        raise ValueError("a folder's name may not be empty or hold any of % ; \" or a line break.")
    return Path(text).expanduser()


def _from_file(name: str) -> str:
    return Path(name.strip()).read_text().strip()


def _contradictions(settings: Settings) -> list[str]:
    return [*_bad_origins(settings), *_bad_numbers(settings), *_bad_choices(settings)]


def _bad_origins(settings: Settings) -> Iterator[str]:
    named = {
        "SIFU_FRONT_URL": [settings.front_url],
        "SIFU_NOTEBOOK_URL": [settings.notebook_url.replace("{owner}", "owner")],
        "SIFU_LMS_ORIGINS": settings.lms_origins,
    }
    for name, origins in named.items():
        for origin in origins:
            if origin and not is_origin(origin):
                yield (
                    f"{name}: “{origin}” is not an origin such as https://notebooks.example.org "
                    "(lower case, no path, no slash at the end)."
                )


def _bad_numbers(settings: Settings) -> Iterator[str]:
    for name in ("front_port", "notebook_port"):
        if not 1 <= getattr(settings, name) <= 65535:
            yield f"{PREFIX}{name.upper()}: a port is a number from 1 to 65535."
    if settings.front_port == settings.notebook_port:
        yield "SIFU_FRONT_PORT and SIFU_NOTEBOOK_PORT must be two different ports."
    if not 1 <= settings.relay_workers <= 64:
        yield "SIFU_RELAY_WORKERS: a number from 1 to 64."
    if settings.start_timeout < 1:
        yield "SIFU_START_TIMEOUT: at least 1 second."


def _bad_choices(settings: Settings) -> Iterator[str]:
    choices = {
        "spawner": ("supervised",),
        "logs": ("files", "stdout"),
        "log_level": ("DEBUG", "INFO", "WARNING", "ERROR"),
    }
    for name, allowed in choices.items():
        if (value := getattr(settings, name)) not in allowed:
            listed = " or ".join(f"`{choice}`" for choice in allowed)
            yield f"{PREFIX}{name.upper()}: “{value}” is not {listed}."
    if settings.gateway_url and (problem := gateway_problem(settings.gateway_url)):
        yield f"SIFU_GATEWAY_URL: {problem}"
    if any(len(part) < 32 for part in settings.secrets):
        yield "SIFU_SECRET: each secret needs 32 characters or more."


def _render(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    if isinstance(value, Workspaces):
        return value.value
    return repr(value) if isinstance(value, Secret) and value else str(value)


def _sentence(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return f"the file cannot be read ({problem.strerror})."
    return str(problem)
