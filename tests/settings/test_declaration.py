from dataclasses import fields

import pytest

from proxy.settings import (
    Secret,
    Settings,
    effective,
    read_settings,
    replace_setting,
)
from tests.settings.problems import problems_of

LONG = "s" * 32


def test_the_notebooks_may_have_an_origin_for_each_owner():
    settings = read_settings({"SIFU_NOTEBOOK_URL": "https://{owner}.example.org"})
    assert settings.notebook_origin_for("ada") == "https://ada.example.org"


@pytest.mark.parametrize(
    ("bind", "origin"),
    [
        ("0.0.0.0", "http://127.0.0.1:3334"),
        ("::", "http://127.0.0.1:3334"),
        ("::1", "http://[::1]:3334"),
        ("10.0.0.7", "http://10.0.0.7:3334"),
    ],
)
def test_the_default_origin_is_one_that_a_browser_can_open(bind, origin):
    assert read_settings({"SIFU_BIND": bind}).front_origin == origin


def test_secrets_rotate_with_the_newest_first():
    settings = read_settings({"SIFU_SECRET": f"{'n' * 32}, {'o' * 32},"})
    assert settings.secrets == ("n" * 32, "o" * 32)
    assert "32 characters" in problems_of(SIFU_SECRET=f"{LONG},short")[0]


def test_secrets_do_not_show_themselves():
    settings = read_settings(
        {
            "SIFU_SECRET": LONG,
            "SIFU_ADMIN_PASSWORD": "hunter2-hunter2",
            "SIFU_DATABASE_URL": "postgresql://sifu:hunter3@db/sifu",
        }
    )
    for text in (repr(settings), str(effective(settings)), f"{settings!r}"):
        assert LONG not in text
        assert "hunter" not in text
    assert effective(settings)["SIFU_SECRET"] == "[hidden]"
    assert repr(Secret("")) == "''"


def test_every_setting_has_a_description_and_shows_in_the_check():
    settings = Settings()
    assert all(spec.metadata["description"] for spec in fields(Settings))
    assert set(effective(settings)) == {f"SIFU_{spec.name.upper()}" for spec in fields(Settings)}
    assert replace_setting(settings, front_port=1).front_port == 1
