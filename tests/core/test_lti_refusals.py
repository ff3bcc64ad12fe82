from enum import Enum

import pytest

from proxy.core.lti_launch import LaunchFault
from proxy.core.lti_login import LoginFault
from proxy.core.lti_refusals import ArrivalFault, LaunchSigning, sentence_of
from proxy.core.token_claims import ClaimFault
from proxy.core.token_shape import ShapeFault

KINDS: list[type[Enum]] = [
    LaunchFault,
    LoginFault,
    ArrivalFault,
    LaunchSigning,
    ClaimFault,
    ShapeFault,
]
WORDS = [each.value for kind in KINDS for each in kind]


@pytest.mark.parametrize("word", WORDS)
def test_every_refusal_says_what_to_do(word):
    sentence = sentence_of(word)
    assert sentence.endswith(".")
    assert len(sentence) < 400


def test_every_refusal_has_a_word_of_its_own():
    assert len(set(WORDS)) == len(WORDS)


def test_a_name_that_an_operator_needs_is_told():
    assert "“10:8865aa05”" in sentence_of("deployment", "10:8865aa05")
    assert "“https://lms.example.org”" in sentence_of("platform", "https://lms.example.org")


@pytest.mark.parametrize("text", ["", None, 7, ["1"], "call us now", "<b>", "a\nb", "x" * 201, "é"])
def test_a_text_for_the_reader_is_not(text):
    assert sentence_of("deployment", text) == sentence_of("deployment")
