import pytest

from proxy.core.aws_diagnosis import (
    HealthFacts,
    PlatformFacts,
    SecretFacts,
    SecretState,
    examine_health,
    examine_platform,
    examine_secrets,
)

BRANCH = "Docker running on 64bit Amazon Linux 2023"


def test_good_environments_are_praised():
    for examination in (
        examine_health(HealthFacts("Ready", "Green", "one")),
        examine_platform(PlatformFacts(BRANCH, "Supported", "4.10.0", "4.10.0", BRANCH)),
        examine_secrets(SecretFacts([("A", SecretState.THERE)], [], True)),
    ):
        assert examination.findings == ()
        assert examination.praise


def test_bad_health_is_told_with_its_causes():
    facts = HealthFacts("Ready", "Red", "one", ("No data.", "Again no data."))
    (finding,) = examine_health(facts).findings
    assert "No data. Again no data." in finding.wrong
    assert finding.is_problem


def test_a_change_under_way_is_no_problem():
    findings = examine_health(HealthFacts("Updating", "Grey", "one")).findings
    assert [each.is_problem for each in findings] == [False, False]


@pytest.mark.parametrize(
    ("facts", "words", "is_problem"),
    [
        (PlatformFacts("Docker on Amazon Linux 2", "Supported", "3", "4", BRANCH), "hooks", True),
        (PlatformFacts(BRANCH, "Retired", "4", "4", BRANCH), "retired", True),
        (PlatformFacts(BRANCH, "Deprecated", "4", "4", BRANCH), "deprecated", True),
        (PlatformFacts(BRANCH, "Supported", "4.9.0", "4.10.0", BRANCH), "4.10.0 is", False),
    ],
)
def test_platforms_that_are_old_are_told(facts, words, is_problem):
    (finding,) = examine_platform(facts).findings
    assert words in finding.wrong
    assert finding.is_problem is is_problem


def test_secrets_that_are_gone_or_unreadable_are_problems_and_open_ones_advice():
    states = [
        ("A", SecretState.ABSENT),
        ("B", SecretState.BEING_DELETED),
        ("C", SecretState.UNKNOWN),
    ]
    findings = examine_secrets(SecretFacts(states, ["DEPLOYMENT_TOKEN"], False, "role")).findings
    assert [each.is_problem for each in findings] == [True, True, True, False]
    assert "role" in findings[2].wrong
    assert 'DEPLOYMENT_TOKEN = "store"' in findings[3].remedy
