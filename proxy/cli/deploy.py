"""`sifu deploy`: one command to a running environment on AWS Elastic Beanstalk.

Reads the template, the bundle and the secrets on this machine; `proxy.deploy` does the rest.
Promises: a refusal is a sentence and exit status 1; Ctrl-C ends the watching and says how to go
on; no secret is printed, logged or an argument.
"""

import hashlib
import secrets as random_secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from proxy.cli.bundle import read_moment, setting_names
from proxy.core.clock import system_clock
from proxy.core.errors import NotFound, UnprocessableInput
from proxy.deploy.bundle.assembly import BundleChoices, write_bundle
from proxy.deploy.release.aws_calls import Aws, connect
from proxy.deploy.release.deployment import Operator, deploy, roll_back
from proxy.deploy.release.parameters import Hidden
from proxy.deploy.release.plan import Wish
from proxy.deploy.release.release_steps import Release
from proxy.deploy.release.secret_steps import GivenSecrets
from proxy.deploy.release.template import Template
from proxy.deploy.release.template_reader import read_template
from proxy.settings import environment_value

DEFAULT_TEMPLATE = Path("deploy/single.toml")
_FILE = click.Path(dir_okay=False, path_type=Path)
_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Choices:
    """What the command line says beside the template."""

    bundle: Path | None
    label: str
    create_roles: bool
    replace_machine: bool


@click.command(name="deploy")
@click.argument("environment", default="")
@click.option(
    "--template",
    "template_file",
    type=_FILE,
    default=DEFAULT_TEMPLATE,
    show_default=True,
    help="What the environment shall be.",
)
@click.option("--region", default="", help="Default: the template's, AWS_REGION, the profile's.")
@click.option("--bundle", type=_FILE, help="Deploy this file; default: made from this checkout.")
@click.option("--label", default="", help="Name of the version; default: from the contents.")
@click.option(
    "--timeout",
    type=click.IntRange(60, 86_400),
    default=3600,
    show_default=True,
    help="Seconds to follow the deployment.",
)
@click.option("--dry-run", is_flag=True, help="Print every call, change nothing.")
@click.option("--rollback", is_flag=True, help="Bring back the version that ran before.")
@click.option("--create-roles", is_flag=True, help="Make the IAM roles that are missing.")
@click.option(
    "--replace-machine",
    is_flag=True,
    help="Allow changes that give a new machine; what is on the disk of the old one is lost.",
)
@click.pass_context
def deploy_command(
    context: click.Context,
    environment: str,
    template_file: Path,
    region: str,
    bundle: Path | None,
    label: str,
    timeout: int,
    dry_run: bool,
    rollback: bool,
    create_roles: bool,
    replace_machine: bool,
) -> None:
    """Bring this checkout to AWS Elastic Beanstalk and follow until it runs.

    Makes what is missing, updates what is there, and can be interrupted and run again at any time.
    Credentials are found as the AWS command line finds them (AWS_PROFILE, AWS_ACCESS_KEY_ID, …).
    Secrets that the template names are taken from the environment: SIFU_ADMIN_PASSWORD,
    DEPLOYMENT_TOKEN, ….
    """
    operator = Operator(system_clock, time.sleep, click.echo, timeout, dry_run)
    template = load_template(template_file, environment, region)
    try:
        if rollback:
            is_well = roll_back(reach_aws(template.region), template, operator)
        else:
            choices = Choices(bundle, label, create_roles, replace_machine)
            is_well = _deploy(template, choices, operator)
    except KeyboardInterrupt:
        click.echo(
            "\nStopped watching. AWS goes on with what it was told; run the command again and it "
            "takes up where things stand.",
            err=True,
        )
        context.exit(_INTERRUPTED)
    context.exit(0 if is_well else 1)


def load_template(path: Path, environment: str, region: str) -> Template:
    """Read a template; the command line's environment and region win.

    Raises `NotFound`, `InvalidTemplate`, `UnprocessableInput`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound(
            f"There is no template {path}: run the command in a checkout of Sifu, or name one with "
            "--template."
        ) from None
    except UnicodeDecodeError:
        raise UnprocessableInput(f"{path} is not a text in UTF-8.") from None
    template = read_template(text, str(path), setting_names())
    for name, value in (("environment", environment), ("region", region)):
        spec = Template.__dataclass_fields__[name].metadata["key"]
        if value and not spec.pattern.fullmatch(value):
            raise UnprocessableInput(f"{name} is “{value}”; it may be {spec.says}.")
    return replace(
        template, environment=environment or template.environment, region=region or template.region
    )


def reach_aws(region: str) -> Aws:
    """Prepare calls to the chosen region; AWS_REGION is read here because boto3 does not."""
    return connect(region or environment_value("AWS_REGION") or "")


def read_secrets(template: Template) -> Mapping[str, Hidden]:
    """Take the secrets that the template names from the environment, or from their …_FILE.

    DEPLOYMENT_KEY, an older name of DEPLOYMENT_TOKEN, is taken with a warning.
    """
    values = {}
    for name in template.secrets:
        value = _given(name)
        if not value and name == "DEPLOYMENT_TOKEN" and (value := _given("DEPLOYMENT_KEY")):
            click.echo("Note: DEPLOYMENT_KEY is used; its name is DEPLOYMENT_TOKEN now.", err=True)
        if value:
            values[name] = Hidden(value)
    return values


def prepare_release(template: Template, choices: Choices) -> Release:
    """Make the bundle of this checkout, or measure the one that was given."""
    if choices.bundle is not None:
        digest = _digest(choices.bundle)
        label = choices.label or f"{template.application}-{digest[:12]}"
        return Release(choices.bundle, choices.bundle.stat().st_size, digest, label)
    contents = BundleChoices(template.load_balancer, bool(template.efs), template.one_port)
    made = write_bundle(
        Path(),
        None,
        contents,
        settings=setting_names(),
        moment=read_moment(environment_value("SOURCE_DATE_EPOCH")),
        report=lambda sentence: click.echo(sentence, err=True),
    )
    return Release(made.path, made.size, made.sha256, choices.label or made.label)


def _deploy(template: Template, choices: Choices, operator: Operator) -> bool:
    given = GivenSecrets(read_secrets(template), lambda: random_secrets.token_urlsafe(36))
    release = prepare_release(template, choices)
    aws = reach_aws(template.region)
    wish = Wish(template, release, given, choices.create_roles, choices.replace_machine)
    return deploy(aws, wish, operator)


def _given(name: str) -> str:
    value = environment_value(name)
    path = environment_value(f"{name}_FILE")
    if value is None and path:
        value = Path(path.strip()).read_text(encoding="utf-8")
    return (value or "").strip()


def _digest(path: Path) -> str:
    if not path.is_file():
        raise NotFound(f"There is no bundle {path}: `sifu bundle` makes one.")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
