"""`sifu …`: what an operator types.

Promises: every refusal is a sentence on standard error and exit status 1; a secret is never an
argument; what a script wants to keep (a token, a link) is alone on standard output. Must not:
decide anything that `core` could decide.
"""

import errno

import click

from proxy import __version__
from proxy.cli.bundle import bundle
from proxy.cli.check import check
from proxy.cli.course import course
from proxy.cli.deploy import deploy_command
from proxy.cli.doctor import doctor
from proxy.cli.event import event
from proxy.cli.maintenance import maintenance, notice
from proxy.cli.server import server
from proxy.cli.snapshot import snapshot
from proxy.cli.status import status
from proxy.cli.token import token
from proxy.cli.user import user
from proxy.core.errors import InvalidSettings, SifuError
from proxy.settings import ensure_secret, read_settings


class SentenceGroup(click.Group):
    """Commands whose failures are told in sentences instead of tracebacks."""

    def invoke(self, ctx: click.Context) -> object:
        sentences: list[str] = []
        try:
            return super().invoke(ctx)
        except InvalidSettings as invalid:
            sentences += invalid.problems
        except SifuError as error:
            sentences.append(error.public)
        except OSError as problem:
            if problem.errno == errno.EPIPE:
                raise
            sentences.append(_sentence(problem))
        for sentence in sentences:
            click.echo(sentence, err=True)
        return ctx.exit(1)


@click.group(cls=SentenceGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sifu")
def main() -> None:
    """Jupyter behind a real door.

    Settings come from the environment (SIFU_…); `sifu check` shows them.
    """


@main.command()
def up() -> None:
    """Start everything and stay in the foreground.

    Writes the run directory and hands over to supervisord. On the first start it makes the first
    account and, unless SIFU_ADMIN_PASSWORD is set, prints a link that signs it in once.
    """
    from proxy.cli.up import run_up  # the other commands need not load it

    run_up(ensure_secret(read_settings()))


for command in (
    *(check, doctor, status),
    *(user, token, server, course, event, notice, maintenance, snapshot),
    *(bundle, deploy_command),
):
    main.add_command(command)


def _sentence(problem: OSError) -> str:
    where = f"{problem.filename}: " if problem.filename else ""
    return f"{where}{problem.strerror or problem}. `sifu doctor` says what to do about it."
