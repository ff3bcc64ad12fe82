import pytest

from proxy.core.allow_rules import Admission, AllowRules, People, admit
from proxy.core.id_token import Profile

RULES = AllowRules(
    people=People(
        subjects=frozenset({"s-1"}),
        emails=frozenset({"ann@example.org"}),
        domains=frozenset({"school.example"}),
        groups=frozenset({"class-7"}),
    ),
    admins=People(groups=frozenset({"operators"})),
)


def somebody(subject="s-0", email="", groups=(), *, verified=True):
    return Profile("https://id.example", subject, "", email, verified, frozenset(groups))


@pytest.mark.parametrize(
    "profile",
    [
        somebody("s-1"),
        somebody(email="ann@example.org"),
        somebody(email="Ann@Example.ORG"),
        somebody(email="bob@school.example"),
        somebody(groups=["class-7"]),
    ],
)
def test_who_is_named_may_come_in(profile):
    assert admit(profile, RULES) is Admission.USER


@pytest.mark.parametrize(
    "profile",
    [
        somebody(),
        somebody("S-1"),
        somebody(email="ann@example.org", verified=False),
        somebody(email="bob@school.example", verified=False),
        somebody(email="bob@evil.school.example"),
        somebody(email="bob@school.example.evil"),
        somebody(email="bob@evil.example@school.example"),
        somebody(email="ann@example.org@evil.example"),
        somebody(email="@school.example"),
        somebody(email="school.example"),
        somebody(email="bob@"),
        somebody(groups=["CLASS-7"]),
        somebody(groups=["class-70"]),
    ],
)
def test_everybody_else_may_not(profile):
    assert admit(profile, RULES) is Admission.REFUSED


def test_no_rule_lets_nobody_in():
    for profile in (somebody(), somebody(email="a@b.org"), somebody(groups=[""])):
        assert admit(profile, AllowRules()) is Admission.REFUSED


def test_everybody_has_to_be_said_and_makes_nobody_an_administrator():
    rules = AllowRules(everybody=True, admins=RULES.admins)
    assert admit(somebody(), rules) is Admission.USER
    assert admit(somebody(groups=["operators"]), rules) is Admission.ADMIN
    assert admit(somebody(groups=["operators"]), RULES) is Admission.ADMIN
