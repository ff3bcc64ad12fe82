"""Every word with which a launch may be refused stands in the documentation's table, once."""

import re
from enum import Enum
from pathlib import Path

import pytest

from proxy.core.lti_launch import LaunchFault
from proxy.core.lti_login import LoginFault
from proxy.core.lti_refusals import ArrivalFault, LaunchSigning
from proxy.core.token_claims import ClaimFault
from proxy.core.token_shape import ShapeFault

PAGE = (Path(__file__).parents[1] / "docs" / "lti" / "README.md").read_text()
TABLE = PAGE.partition("## When a launch is refused")[2]
TOLD = [
    word
    for cell in re.findall(r"^\| (`[^|]+`) \|", TABLE, re.MULTILINE)
    for word in re.findall(r"`(\w+)`", cell)
]
FAULTS: tuple[type[Enum], ...] = (
    ShapeFault,
    LaunchSigning,
    ClaimFault,
    LaunchFault,
    ArrivalFault,
    LoginFault,
)
# An account's own: `joining`.
MORE = {"disabled"}


@pytest.mark.parametrize("word", [fault.value for kind in FAULTS for fault in kind])
def test_every_word_is_explained(word: str) -> None:
    assert word in TOLD


def test_no_word_is_explained_that_nobody_says() -> None:
    assert set(TOLD) - {fault.value for kind in FAULTS for fault in kind} == MORE


def test_each_word_stands_there_once() -> None:
    assert len(TOLD) == len(set(TOLD))
