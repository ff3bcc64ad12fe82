"""`sifu bundle`: Elastic Beanstalk's source bundle, checked and written.

Promises: exit status 1 with every problem on standard error, and then no file. Must not: decide
what belongs in a bundle or what is wrong with it; `deploy` does.
"""

from collections.abc import Iterator
from pathlib import Path

import click

from proxy.cli.columns import align_rows
from proxy.core.errors import UnprocessableInput
from proxy.deploy.bundle.assembly import (
    Bundle,
    BundleChoices,
    LoadBalancer,
    assemble,
    write_assembly,
)
from proxy.settings import PREFIX, Secret, Settings, environment_value

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("source", type=_FOLDER, default=Path())
@click.option("--output", metavar="FILE", type=_FILE, help="Default: build/LABEL.zip in SOURCE.")
@click.option("--check", "is_check", is_flag=True, help="Only say what is wrong; write nothing.")
@click.option(
    "--load-balancer",
    type=click.Choice([each.value for each in LoadBalancer]),
    default=LoadBalancer.APPLICATION.value,
    show_default=True,
    help="What stands before the machine; none: a single machine.",
)
@click.option("--efs", is_flag=True, help="Keep notebooks on an EFS file system.")
@click.option("--one-port", is_flag=True, help="Serve everything on one public port.")
@click.pass_context
def bundle(
    context: click.Context,
    source: Path,
    output: Path | None,
    is_check: bool,
    load_balancer: str,
    efs: bool,
    one_port: bool,
) -> None:
    """Make the source bundle that Elastic Beanstalk builds and runs.

    SOURCE is a checkout; default: the current folder. Its configuration files are checked against
    what Beanstalk knows, yours in ebextensions/ as well. The exit status is 1, and nothing is
    written, if there is a problem. The same checkout gives the same bundle; its files carry the
    time in SOURCE_DATE_EPOCH, or 1980.
    """
    choices = BundleChoices(LoadBalancer(load_balancer), efs, one_port)
    moment = read_moment(environment_value("SOURCE_DATE_EPOCH"))
    assembly = assemble(source, choices, settings=setting_names(), report=_say)
    for path in assembly.left_out:
        _say(f"Left out: {path}")
    if assembly.problems:
        for problem in assembly.problems:
            _say(str(problem))
        _say(_counted(len(assembly.problems)))
        context.exit(1)
    if is_check:
        click.echo(f"No problems in {len(assembly.entries)} files.")
        return
    for line in describe_bundle(write_assembly(assembly, source, output, moment=moment)):
        click.echo(line)


def setting_names() -> frozenset[str]:
    """Return every name that a `SIFU_*` variable may have, `…_FILE` of the secrets included."""
    names = set()
    for name, spec in Settings.__dataclass_fields__.items():
        setting = PREFIX + name.upper()
        names |= {setting, f"{setting}_FILE"} if spec.type is Secret else {setting}
    return frozenset(names)


def read_moment(text: str | None) -> int | None:
    """Return SOURCE_DATE_EPOCH in seconds; raise `UnprocessableInput` if it is no number."""
    if text is None or not text.strip():
        return None
    if not text.strip().isascii() or not text.strip().isdigit():
        raise UnprocessableInput(
            "SOURCE_DATE_EPOCH is not a whole number of seconds; correct it or unset it."
        )
    return int(text.strip()[:15])


def describe_bundle(made: Bundle) -> Iterator[str]:
    """Yield the lines that say what was made and what to do with it."""
    yield from align_rows(
        [
            ("Bundle", str(made.path)),
            ("Size", f"{made.size / 1_000_000:.1f} MB in {made.files} files"),
            ("SHA-256", made.sha256),
            ("Version", made.label),
        ]
    )
    yield "Next: `sifu deploy` brings it to Elastic Beanstalk; or upload it in the console."


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _counted(number: int) -> str:
    said = "1 problem" if number == 1 else f"{number} problems"
    return f"{said}; no bundle was written."
