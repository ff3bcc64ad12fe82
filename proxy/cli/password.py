"""Where a password comes from. Never from the command line: other people can list processes."""

import secrets
import sys
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

import click

from proxy.core.errors import UnprocessableInput

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Source(Enum):
    """What the options of a command asked for."""

    PROMPT = "prompt"
    STDIN = "stdin"
    GENERATE = "generate"
    LINK = "link"


def password_options(command: _Command) -> _Command:
    """Give a command the parameter `source`; the last of the options wins."""
    for option in (
        click.option(
            "--link",
            "source",
            flag_value=Source.LINK,
            help="Print a link that signs the person in once, instead of a password.",
        ),
        click.option(
            "--generate",
            "source",
            flag_value=Source.GENERATE,
            help="Make a password up and print it.",
        ),
        click.option(
            "--password-stdin",
            "source",
            flag_value=Source.STDIN,
            help="Read the password from the first line of standard input.",
        ),
        click.option(
            "--prompt",
            "source",
            flag_value=Source.PROMPT,
            default=True,
            help="Ask for the password twice (the default).",
        ),
    ):
        command = option(command)
    return command


def obtain_password(source: Source) -> str | None:
    """Return the new password, None for `Source.LINK`; raises `UnprocessableInput`."""
    if source is Source.LINK:
        return None
    if source is Source.GENERATE:
        return secrets.token_urlsafe(15)
    if source is Source.STDIN:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UnprocessableInput(
            "There is no terminal to ask for a password at. "
            "Use --password-stdin, --generate or --link."
        )
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
    return answer
