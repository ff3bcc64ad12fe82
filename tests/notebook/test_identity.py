"""The identity provider alone; with a whole Jupyter it is tried in tests/servers."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from tornado.httputil import HTTPHeaders
from tornado.web import HTTPError
from traitlets.config import Config

from proxy.core.clock import system_clock
from proxy.core.tokens import AssertedIdentity, mint_identity
from proxy.notebook.identity import IDENTITY_HEADER, SifuIdentityProvider

KEY = "a-key-of-some-length-that-nobody-else-has"


@pytest.fixture
def provider(tmp_path: Path) -> SifuIdentityProvider:
    path = tmp_path / "identity.key"
    path.write_text(KEY)
    config = {"key_file": str(path), "server": "ada/home", "token": "planted"}
    return SifuIdentityProvider(config=Config({"SifuIdentityProvider": config}))


def asking(*values: str, **others: str) -> SimpleNamespace:
    headers = HTTPHeaders(others)
    for value in values:
        headers.add(IDENTITY_HEADER, value)
    return SimpleNamespace(request=SimpleNamespace(headers=headers), current_user="unset")


def signed(*, key: str = KEY, server: str = "ada/home", ago: float = 0.0) -> str:
    expires = system_clock() + 60 - ago
    return mint_identity(key, AssertedIdentity("bob", "Bob Ross", server, expires))


def test_the_signed_person_is_the_user(provider: SifuIdentityProvider) -> None:
    user = provider.get_user(asking(signed()))
    assert (user.username, user.display_name) == ("bob", "Bob Ross")


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("",),
        ("bob",),
        (signed(key=KEY[::-1]),),
        (signed(server="eve/home"),),
        (signed(ago=120),),
        (signed(), signed()),
    ],
)
def test_everything_else_is_403(provider: SifuIdentityProvider, values: tuple[str, ...]) -> None:
    handler = asking(*values)
    with pytest.raises(HTTPError) as refusal:
        provider.get_user(handler)
    assert refusal.value.status_code == 403
    assert handler.current_user is None


def test_a_token_opens_nothing_and_switches_no_check_off(provider: SifuIdentityProvider) -> None:
    handler = asking(Authorization="token planted")
    with pytest.raises(HTTPError):
        provider.get_user(handler)
    assert not provider.is_token_authenticated(handler)
    assert provider.should_check_origin(handler)


def test_there_is_no_login_page(provider: SifuIdentityProvider) -> None:
    assert provider.get_handlers() == []
    assert provider.auth_enabled


def test_no_token_is_made_up() -> None:
    assert SifuIdentityProvider().token == ""
