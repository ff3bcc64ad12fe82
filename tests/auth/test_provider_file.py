"""The file of providers: what it says, and every way in which it may be wrong."""

from pathlib import Path

import pytest

from proxy.auth.provider_file import ProviderFile, read_provider_file
from proxy.core.allow_rules import AllowRules, People
from proxy.core.errors import InvalidSettings

WHOLE = """
[[oidc]]
name = "school"
issuer = "https://id.school.example/realms/all"
client_id = "sifu"
client_secret_file = "/run/secrets/school"
allow = { domains = ["@School.Example"], groups = ["class-7"] }
admins = { emails = ["Head@school.example"] }

[[oidc]]
name = "octo"
kind = "github"
client_id = "o"
client_secret_env = "OCTO_SECRET"
allow = { subjects = ["7"] }

[[consumer]]
name = "portal"
key_file = "/run/secrets/portal"
courses = ["statistics"]
roles = ["student", "teacher"]

[load_balancer]
signer = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x/1"
client_id = "c"
issuer = "https://id.example"
networks = ["10.0.0.0/16"]
allow = { everybody = true }

[trusted_headers]
networks = ["10.0.0.5", "fd00::/8"]
user = "X-Forwarded-User"
allow = { everybody = true }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "providers.toml"
    path.write_text(text)
    return path


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(InvalidSettings) as refused:
        read_provider_file(written(folder, text))
    return list(refused.value.problems)


def test_without_a_file_nobody_vouches(tmp_path: Path) -> None:
    assert read_provider_file(tmp_path / "none.toml") == ProviderFile()


def test_everything_that_it_may_say(tmp_path: Path) -> None:
    file = read_provider_file(written(tmp_path, WHOLE))
    school, octo = file.oidc
    assert school.rules == AllowRules(
        False,
        People(domains=frozenset({"school.example"}), groups=frozenset({"class-7"})),
        People(emails=frozenset({"head@school.example"})),
    )
    assert octo.kind == "github"
    assert octo.rules.people.subjects == {"7"}
    assert file.consumer[0].courses == {"statistics"}
    assert file.load_balancer is not None
    assert file.trusted_headers is not None
    assert file.trusted_headers.rules.everybody


BARE = '[[oidc]]\nname = "a"\nclient_id = "c"\n'
OIDC = BARE + "allow.everybody = true\n"
OPEN = "allow = { everybody = true }\n"
ISSUER = 'issuer = "https://i.example"\n'


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("[[oidcs]]\n", "oidcs", "not permitted"),
        (OIDC, "oidc.1", "issuer is missing"),
        (OIDC + 'issuer = "http://i.example"\n', "oidc.1.issuer", "https"),
        (OIDC + 'issuer = "https://i.example/?x=1"\n', "oidc.1.issuer", "no query"),
        (OIDC + 'issuer = "https://a@i.example/"\n', "oidc.1.issuer", "https"),
        (OIDC + ISSUER + 'client_secret = "s3cret"\n', "oidc.1.client_secret", "not permitted"),
        (OIDC + ISSUER + 'kind = "saml"\n', "oidc.1.kind", "github"),
        (BARE + ISSUER + "allow = { everybody = 1 }\n", "oidc.1.allow.everybody", "boolean"),
        (BARE + ISSUER + "allow = { email = [] }\n", "oidc.1.allow.email", "not permitted"),
        (BARE + ISSUER + 'allow = { groups = "a" }\n', "oidc.1.allow.groups", "frozenset"),
        (OIDC + 'kind = "github"\n', "oidc.1", "client secret"),
        (
            OIDC + ISSUER + 'client_secret_file = "a"\nclient_secret_env = "B"\n',
            "oidc.1",
            "keep one",
        ),
        (OIDC + ISSUER + OIDC + ISSUER, "the file", "one name"),
        ('[[oidc]]\nname = "A b"\nclient_id = "c"\n' + ISSUER, "oidc.1.name", "pattern"),
        ('[[consumer]]\nname = "p"\n', "consumer.1", "one of key_file"),
        ('[[consumer]]\nname = "p"\nkey_env = "A"\nkeys_url = "https://p"\n', "consumer.1", "one"),
        ('[[consumer]]\nname = "p"\nkeys_url = "http://p"\n', "consumer.1.keys_url", "https"),
        ('[[consumer]]\nname = "p"\nkey_env = "A"\nroles = ["boss"]\n', "roles", "teacher"),
        ("[trusted_headers]\n", "trusted_headers.networks", "required"),
        ("[trusted_headers]\nnetworks = []\n", "trusted_headers.networks", "at least 1"),
        ('[trusted_headers]\nnetworks = ["all"]\n', "trusted_headers.networks.1", "network"),
        ('[trusted_headers]\nnetworks = ["::/0"]\nuser = "a b"\n', "user", "pattern"),
        ('[load_balancer]\nsigner = "x"\n', "load_balancer.signer", "pattern"),
        ("[[oidc\n", "", "no TOML"),
        (BARE + ISSUER, "oidc.1.allow", "required"),
        (OIDC + ISSUER + 'scopes = ["email"]\n', "oidc.1", "openid"),
        (
            BARE + ISSUER.replace("issuer", "client_secret_env") + 'kind = "github"\n'
            'allow.groups = ["o"]\n',
            "oidc.1",
            "read:org",
        ),
        (BARE + ISSUER + 'allow.domains = ["*.school.example"]\n', "allow.domains", "pattern"),
        (BARE + ISSUER + 'allow.domains = ["https://a.example"]\n', "allow.domains", "pattern"),
        ('[[consumer]]\nname = "p"\nkey_env = "A"\ncourses = ["a/b"]\n', "courses", "one step"),
        ('[trusted_headers]\nnetworks = ["0.0.0.0/0"]\n' + OPEN, "networks.1", "everybody"),
        (
            '[trusted_headers]\nnetworks = ["10.0.0.1"]\nallow.groups = ["a"]\n',
            "trusted_headers",
            "name the header in `groups`",
        ),
        (
            '[trusted_headers]\nnetworks = ["10.0.0.1"]\nallow.domains = ["a.example"]\n',
            "trusted_headers",
            "name the header in `email`",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, text: str, place: str, word: str
) -> None:
    told = problems_of(tmp_path, text)
    assert any(place in each and word in each for each in told), told


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    assert len(problems_of(tmp_path, OIDC + "[[consumer]]\nkey_env = 1\nx = 1\n")) >= 3


def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    told = problems_of(tmp_path, OIDC + ISSUER + 'client_secret = "hunter-2-hunter-2"\n')
    assert "hunter" not in str(told)


def test_a_file_that_cannot_be_read_is_no_empty_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_provider_file(tmp_path)
    (tmp_path / "x.toml").write_bytes(b"\xff")
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_provider_file(tmp_path / "x.toml")


def test_a_file_that_somebody_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_provider_file(tmp_path / "typo.toml", must_exist=True)
