import pytest

from proxy.cli.installation import open_installation
from proxy.core.errors import InvalidSettings
from proxy.store import users


@pytest.fixture
def surroundings(environment, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("surroundings")
def test_the_schema_is_there_before_the_first_question():
    with open_installation() as here:
        assert here.store.read_now(users.list_all) == []
        assert here.settings.secrets


@pytest.mark.usefixtures("surroundings")
def test_the_database_is_born_private(settings):
    with open_installation():
        pass
    assert (settings.data / "sifu.db").stat().st_mode & 0o077 == 0
    assert (settings.data / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("surroundings")
def test_settings_that_cannot_be_used_open_nothing(settings, monkeypatch):
    monkeypatch.setenv("SIFU_DATABASE_URL", "nosuch://x")
    with pytest.raises(InvalidSettings), open_installation():
        pass
    assert not (settings.data / "sifu.db").exists()
