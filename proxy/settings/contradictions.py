"""Settings that cannot be meant, alone or together.

Promises: a sentence each, with the name of the setting. Must not: touch the machine.
"""

from collections.abc import Iterator

from proxy.core.gateways import gateway_problem
from proxy.core.hosts import is_origin
from proxy.settings.declaration import PREFIX, Settings


def find_contradictions(settings: Settings) -> list[str]:
    """Return a sentence for each setting that cannot be meant."""
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
    if not 0 <= settings.relay_workers <= 64:
        yield "SIFU_RELAY_WORKERS: a number from 0 to 64."
    if settings.start_timeout < 1:
        yield "SIFU_START_TIMEOUT: at least 1 second."


def _bad_choices(settings: Settings) -> Iterator[str]:
    choices = {
        "spawner": ("supervised",),
        "logs": ("files", "stdout"),
        "fork_server": ("auto", "on", "off"),
        "log_level": ("DEBUG", "INFO", "WARNING", "ERROR"),
    }
    for name, allowed in choices.items():
        if (value := getattr(settings, name)) not in allowed:
            listed = " or ".join(f"`{choice}`" for choice in allowed)
            yield f"{PREFIX}{name.upper()}: “{value}” is not {listed}."
    yield from _bad_accounts(settings)
    if settings.gateway_url and (problem := gateway_problem(settings.gateway_url)):
        yield f"SIFU_GATEWAY_URL: {problem}"
    if any(len(part) < 32 for part in settings.secrets):
        yield "SIFU_SECRET: each secret needs 32 characters or more."


def _bad_accounts(settings: Settings) -> Iterator[str]:
    try:
        uids = settings.accounts
    except ValueError:
        uids = range(0)
    # 65534 is “nobody”, and what is below 1000 belongs to the system.
    if len(uids) < 2 or uids.start < 1000 or uids.stop > 2**31 or 65534 in uids:
        yield (
            "SIFU_UID_RANGE: two numbers such as 100000-165535, from 1000 on, that are nobody "
            "else's accounts."
        )
    if not 0 <= settings.niceness <= 19:
        yield "SIFU_NICENESS: a number from 0 to 19."
    if settings.open_files_limit < 256:
        yield "SIFU_OPEN_FILES_LIMIT: at least 256; Jupyter itself needs some."
    if 0 < settings.process_limit < 64:
        yield "SIFU_PROCESS_LIMIT: at least 64 (every thread counts), or 0 for no limit."
