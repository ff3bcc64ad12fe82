"""Providers at the start: what is missing is said then, not at somebody's sign-in."""

from pathlib import Path

import pytest

from proxy.auth.github import GitHub
from proxy.auth.oidc import Oidc
from proxy.auth.outward import open_client
from proxy.auth.provider_file import ProviderFile
from proxy.auth.providers import ProviderMaker, ReadyProviders, open_providers
from proxy.core.errors import InvalidSettings
from proxy.settings import Settings
from tests.conftest import FakeClock

KEY = "k" * 32
EVERYBODY = {"everybody": True}


def make(clock: FakeClock, document: object, **variables: str) -> ReadyProviders:
    maker = ProviderMaker(
        front_origin="https://sifu.example",
        open_client=open_client,
        clock=clock,
        read_variable=variables.get,
    )
    return maker.make(ProviderFile.model_validate(document))


def oidc(**more: object) -> dict[str, object]:
    known = {"name": "a", "client_id": "c", "issuer": "https://i.example", "allow": EVERYBODY}
    return known | more


def test_each_kind_is_made(clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n\n{KEY}2\n")
    made = make(
        clock,
        {
            "oidc": [
                oidc(title="School"),
                oidc(name="g", kind="github", client_secret_env="G"),
            ],
            "consumer": [
                {"name": "p", "key_file": str(tmp_path / "key")},
                {"name": "q", "keys_url": "https://q.example/keys"},
            ],
            "trusted_headers": {"networks": ["10.0.0.0/8"], "allow": EVERYBODY},
        },
        G="hush",
    )
    assert made.services["a"].title == "School"
    assert isinstance(made.services["a"].service, Oidc)
    assert made.services["g"].title == "Sign in with g"
    assert isinstance(made.services["g"].service, GitHub)
    # Two keys while one replaces the other.
    assert made.portals["p"].keys == (KEY.encode(), f"{KEY}2".encode())
    assert made.portals["q"].published is not None
    assert made.vouching


def test_keys_are_not_shown(clock: FakeClock) -> None:
    made = make(clock, {"consumer": [{"name": "p", "key_env": "P"}]}, P=KEY)
    assert KEY not in repr(made)


def test_every_missing_secret_is_said_at_once(clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "short").write_text("k" * 31)
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(InvalidSettings) as refused:
        make(
            clock,
            {
                "oidc": [
                    oidc(client_secret_env="NONE"),
                    oidc(name="b", client_secret_file=str(tmp_path / "gone")),
                    oidc(name="c", client_secret_file=str(tmp_path / "empty")),
                ],
                "consumer": [{"name": "p", "key_file": str(tmp_path / "short")}],
            },
        )
    told = "\n".join(refused.value.problems)
    for word in ("NONE", "“b”", "empty", "openssl rand -hex 32"):
        assert word in told
    assert len(refused.value.problems) == 4


def test_the_file_is_found_by_the_setting(clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "providers.toml").write_text(
        '[[oidc]]\nname = "a"\nclient_id = "c"\nissuer = "https://i.example"\n'
        "allow.everybody = true\n"
    )
    settings = Settings(data=tmp_path)
    assert open_providers(settings, clock, open_client).services.keys() == {"a"}
    assert not open_providers(Settings(data=tmp_path / "none"), clock, open_client).services
    typo = Settings(data=tmp_path, providers=str(tmp_path / "none.toml"))
    with pytest.raises(InvalidSettings, match=r"none\.toml"):
        open_providers(typo, clock, open_client)
