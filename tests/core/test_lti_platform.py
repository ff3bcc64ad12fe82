from dataclasses import replace

import pytest

from proxy.core.lti_platform import MOST_DEPLOYMENTS, PlatformEntry, problems_of, provider_of

GOOD = PlatformEntry(
    issuer="https://moodle.example.org",
    client="client-1",
    title="Moodle of the school",
    authorization="https://moodle.example.org/mod/lti/auth.php",
    token="https://moodle.example.org/mod/lti/token.php",
    keys="https://moodle.example.org/mod/lti/certs.php",
    deployments=("1",),
)


def test_a_good_one_has_no_problem() -> None:
    assert not list(problems_of(GOOD))
    assert not list(problems_of(replace(GOOD, keys="http://127.0.0.1:8080/keys")))


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": ""},
        {"issuer": " https://x.example"},
        {"issuer": "x" * 256},
        {"client": "a\nb"},
        {"client": "a\u202eb"},
        {"title": ""},
        {"title": "x" * 129},
        {"authorization": "http://moodle.example.org/auth"},
        {"authorization": "javascript:alert(1)"},
        {"token": "https://user:word@moodle.example.org/"},
        {"keys": "https://moodle.example.org/\\keys"},
        {"keys": "file:///etc/passwd"},
        {"audience": "x" * 2049},
        {"deployments": ()},
        {"deployments": ("1", "")},
        {"deployments": tuple(map(str, range(MOST_DEPLOYMENTS + 1)))},
    ],
)
def test_each_mistake_is_a_sentence(change: dict[str, object]) -> None:
    (sentence,) = problems_of(replace(GOOD, **change))  # type: ignore[arg-type]
    assert sentence.endswith(".")


def test_one_that_registered_itself_may_wait_for_its_deployment() -> None:
    assert not list(problems_of(replace(GOOD, deployments=()), is_complete=False))


def test_a_client_is_the_same_provider_for_good() -> None:
    assert provider_of("client-1") == "lti:5704de18fc6045e4d08c3a2611627956"
    assert provider_of("client-1") != provider_of("client-2")
    assert len(provider_of("x" * 255)) <= 64
