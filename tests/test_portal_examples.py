"""The code that documentation gives to portals makes addresses that are accepted."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from proxy.auth.providers import Portal
from proxy.auth.signed_launches import LaunchRefusal, find_signer, read_signed_link
from proxy.core.clock import system_clock
from proxy.core.id_token import IdTokenFault
from proxy.core.launch_link import Consumer, LaunchLinkFault
from proxy.core.portal_link import LinkFault, read_target
from proxy.core.token_claims import ClaimFault
from proxy.core.token_shape import ShapeFault
from proxy.core.vouching import VouchingFault
from proxy.store.database import Store

PAGE = (Path(__file__).parent.parent / "docs/signing-in.md").read_text("utf-8")
FRONT, KEY = "https://sifu.example.org", "k" * 64
PORTAL = Portal(Consumer("portal"), (KEY.encode(),))
NAMES = ("statistics", "week 1/été.ipynb", "student@school.example")


def example(name: str) -> str:
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def python_function(name: str, function: str) -> Callable[..., str]:
    names: dict[str, Any] = {}
    exec(example(name), names)  # noqa: S102 (the page's own code)
    return names[function]  # type: ignore[no-any-return]


async def test_the_launch_address_is_accepted(store: Store) -> None:
    make = python_function("launch.py", "launch_address")
    address = urlsplit(make(FRONT, KEY, NAMES[2], NAMES[0], NAMES[1]))
    assert address.path == "/launch"
    _, launch = await read_signed_link(
        parse_qs(address.query)["jwt"][0],
        {"portal": PORTAL},
        origin=FRONT,
        store=store,
        clock=system_clock,
    )
    assert (launch.course, launch.notebook, launch.subject) == (
        NAMES[0],
        NAMES[1].removesuffix(".ipynb"),
        NAMES[2],
    )


def accepts(address: str) -> bool:
    parts = urlsplit(address)
    target = read_target(parts.path.removeprefix("/ipythonExercice/"))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert target is not None
    return find_signer(target, query["exp"], query["sig"], [PORTAL], system_clock()) is PORTAL


def test_the_portal_address_of_python_is_accepted() -> None:
    assert accepts(python_function("portal.py", "portal_address")(FRONT, KEY, *NAMES))


def test_the_portal_address_of_javascript_is_accepted(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    (tmp_path / "portal.mjs").write_text(example("portal.mjs"))
    arguments = ", ".join(repr(each) for each in (FRONT, KEY, *NAMES))
    script = (
        f'import {{ portalAddress }} from "./portal.mjs"; console.log(portalAddress({arguments}))'
    )
    command = ["node", "--input-type=module", "--eval", script]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True
    )
    assert accepts(done.stdout.strip())


@pytest.mark.parametrize(
    "word",
    sorted(
        {
            each.value
            for kind in (
                ShapeFault,
                ClaimFault,
                IdTokenFault,
                LaunchLinkFault,
                LinkFault,
                LaunchRefusal,
                VouchingFault,
            )
            for each in kind
        }
        | {"not_allowed", "disabled", "no_code", "profile", "key"}
    ),
)
def test_every_word_of_a_refusal_is_explained(word: str) -> None:
    assert f"`{word}`" in PAGE
