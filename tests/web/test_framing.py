"""Frames are believed only where somebody may frame us."""

from pathlib import Path

import pytest

from proxy.core.lifecycle import State
from proxy.core.tokens import read_code
from proxy.store.database import Store
from tests.conftest import FakeClock
from tests.web.page_front import run_pages


@pytest.mark.parametrize(
    ("lms", "destination", "is_framed"),
    [
        (("https://moodle.example.org",), "iframe", True),
        (("https://moodle.example.org",), "document", False),
        (("https://moodle.example.org",), "", False),
        ((), "iframe", False),
    ],
)
async def test_the_relay_learns_of_the_frame(
    store: Store,
    clock: FakeClock,
    tmp_path: Path,
    lms: tuple[str, ...],
    destination: str,
    is_framed: bool,
) -> None:
    async with run_pages(store, clock, tmp_path, lms_origins=lms) as pages:
        pages.server_is(State.READY)
        headers = {"Sec-Fetch-Dest": destination}
        answer = await pages.ask("GET", "/open/ada/home", "ada", headers=headers)
        token = answer.location.partition("code=")[2]
        code = read_code(pages.settings.secrets, token, clock())
    assert code.framed is is_framed
