"""`sifu check`: are the settings usable, and which values hold?

Must not: create or change anything.
"""

import click

from proxy.auth.outward import open_client
from proxy.auth.providers import open_providers
from proxy.cli.columns import align_rows
from proxy.core.clock import system_clock
from proxy.core.errors import InvalidSettings
from proxy.settings import Settings, effective, environment_value, read_settings


@click.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Validate the settings and the file of providers, and print the value of each setting.

    Behind each value stands where it comes from: default, environment, or the file that a …_FILE
    variable names. Secrets are hidden. The exit status is 1 if a setting cannot be used.
    """
    try:
        settings = read_settings()
        open_providers(settings, system_clock, open_client)
    except InvalidSettings as invalid:
        click.echo(f"{_counted(len(invalid.problems))} to put right:", err=True)
        for problem in invalid.problems:
            click.echo(f"  {problem}", err=True)
        context.exit(1)
    for line in align_rows(describe_settings(settings)):
        click.echo(line)


def describe_settings(settings: Settings) -> list[tuple[str, str, str]]:
    """Return name, value (secrets hidden) and source of every setting."""
    derived = {
        "SIFU_FRONT_URL": settings.front_origin,
        "SIFU_NOTEBOOK_URL": settings.notebook_origin,
        "SIFU_DATABASE_URL": settings.store_url,
        "SIFU_PROVIDERS": str(settings.provider_file),
        "SIFU_SECRET": f"kept in {settings.data / 'secret'}",
        "SIFU_ADMIN_PASSWORD": "none: a one-time link instead",
    }
    return [
        (name, value or derived.get(name, "-"), f"({_source(name)})")
        for name, value in effective(settings).items()
    ]


def _source(name: str) -> str:
    if environment_value(name) is not None:
        return "environment"
    path = environment_value(f"{name}_FILE")
    return "default" if path is None else f"file {path.strip()}"


def _counted(number: int) -> str:
    return "1 setting" if number == 1 else f"{number} settings"
