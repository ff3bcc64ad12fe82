"""The only reader of the environment.

Promises: every problem is reported at once, as a sentence that names its setting; an unknown
`SIFU_*` name is a problem; secrets may come from a file (`…_FILE`). Must not: create files
(but for `ensure_secret`).
"""

import os
import secrets as random_secrets
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from proxy.core.errors import InvalidSettings
from proxy.settings.contradictions import find_contradictions
from proxy.settings.declaration import PREFIX, Secret, Settings
from proxy.settings.values import from_file, parse, render

# Set by `sifu up` for the programs it starts; not settings, so they are not documented as such.
INTERNAL = frozenset({"SIFU_RUN", "SIFU_PASSAGE", "SIFU_PYTHON", "SIFU_LOG_FOLDER"})


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
            values[spec.name] = parse(spec, from_file(text) if name not in known else text)
        except (ValueError, OSError) as problem:
            problems.append(f"{name}: {_sentence(problem)}")
    settings = Settings(**values)
    problems += find_contradictions(settings)
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
        PREFIX + spec.name.upper(): render(getattr(settings, spec.name))
        for spec in fields(Settings)
    }


def as_environment(settings: Settings) -> dict[str, str]:
    """The settings as variables from which `read_settings` makes the same object."""
    defaults = Settings()
    return {
        PREFIX + spec.name.upper(): str.__str__(value) if isinstance(value, Secret) else text
        for spec in fields(Settings)
        for value in [getattr(settings, spec.name)]
        for text in [render(value)]
        # What was emptied on purpose must stay empty: no trusted proxies, say.
        if text or value != getattr(defaults, spec.name)
    }


def environment_value(name: str) -> str | None:
    """Read one variable that is not a setting (`PATH`, or what `sifu up` hands down)."""
    return os.environ.get(name)


def _sentence(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return f"the file cannot be read ({problem.strerror})."
    return str(problem)
