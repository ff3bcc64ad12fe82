import ipaddress
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from proxy.core.errors import InvalidSettings
from proxy.core.policy import Workspaces
from proxy.settings import (
    Secret,
    Settings,
    as_environment,
    effective,
    ensure_secret,
    environment_value,
    read_settings,
    replace_setting,
)

LONG = "s" * 32


def problems_of(**environment):
    with pytest.raises(InvalidSettings) as caught:
        read_settings(environment)
    return caught.value.problems


def test_nothing_set_is_a_laptop_on_loopback():
    settings = read_settings({})
    assert settings.bind == "127.0.0.1"
    assert settings.front_origin == "http://127.0.0.1:3334"
    assert settings.notebook_origin == "http://127.0.0.1:3335"
    assert settings.workspaces is Workspaces.SHARED
    assert settings.data.is_absolute()
    assert settings.store_url == f"sqlite:///{Path('data').absolute()}/sifu.db"


def test_every_problem_is_told_at_once_and_names_its_setting():
    problems = problems_of(
        SIFU_FRONT_PORT="many",
        SIFU_RELAY_WORKERS="0",
        SIFU_WORKSPACES="both",
        SIFU_FRONT_URL="https://a.example.org/",
        SIFU_TRUSTED_PROXIES="10.0.0.0/99",
        SIFU_LOG_LEVEL="LOUD",
        SIFU_GATEWAY_URL="http://user:word@gateway",
        SIFU_DATA="/data%s",
        SIFU_SECRET="short",
        SIFU_NONSENSE="1",
    )
    named = {problem.split()[0].rstrip(":") for problem in problems}
    assert named == {
        "SIFU_FRONT_PORT",
        "SIFU_RELAY_WORKERS",
        "SIFU_WORKSPACES",
        "SIFU_FRONT_URL",
        "SIFU_TRUSTED_PROXIES",
        "SIFU_LOG_LEVEL",
        "SIFU_GATEWAY_URL",
        "SIFU_DATA",
        "SIFU_SECRET",
        "SIFU_NONSENSE",
    }


@pytest.mark.parametrize("name", ["SIFU_FRONT_PROT", "SIFU_", "SIFU_FRONT_PORT_FILE", "SIFU_data"])
def test_an_unknown_name_is_a_problem_and_not_passed_over(name):
    assert problems_of(**{name: "1"}) == (
        f"{name} is not a setting of Sifu; see docs/settings.md.",
    )


def test_other_peoples_variables_are_left_alone():
    read_settings({"PATH": "/bin", "XSIFU_X": "1", "SIFU_RUN": "/run/sifu", "SIFU_PYTHON": "p"})


@pytest.mark.parametrize("text", ["", "-1", "1.5", "0x10", "\u0661", "1e3"])
def test_a_number_is_written_in_digits(text):
    assert "whole number" in problems_of(SIFU_IDLE_TIMEOUT=text)[0]


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"SIFU_FRONT_PORT": "0"}, "SIFU_FRONT_PORT"),
        ({"SIFU_NOTEBOOK_PORT": "65536"}, "SIFU_NOTEBOOK_PORT"),
        ({"SIFU_FRONT_PORT": "3335"}, "two different ports"),
        ({"SIFU_RELAY_WORKERS": "65"}, "SIFU_RELAY_WORKERS"),
        ({"SIFU_START_TIMEOUT": "0"}, "SIFU_START_TIMEOUT"),
        ({"SIFU_SPAWNER": "magic"}, "SIFU_SPAWNER"),
        ({"SIFU_LOGS": "nowhere"}, "SIFU_LOGS"),
        ({"SIFU_LMS_ORIGINS": "https://a.org https://b.org"}, "SIFU_LMS_ORIGINS"),
        ({"SIFU_FRONT_URL": "https://{owner}.example.org"}, "SIFU_FRONT_URL"),
        ({"SIFU_NOTEBOOKS": ""}, "SIFU_NOTEBOOKS"),
    ],
)
def test_a_value_that_cannot_work_is_refused_before_anything_starts(environment, named):
    problems = problems_of(**environment)
    assert len(problems) == 1
    assert named in problems[0]


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


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "secret").write_text(f"{LONG}\n")
    settings = read_settings({"SIFU_SECRET_FILE": str(tmp_path / "secret")})
    assert settings.secrets == (LONG,)
    assert "SIFU_SECRET_FILE" in problems_of(SIFU_SECRET_FILE=str(tmp_path / "nothing"))[0]


def test_a_secret_from_two_places_is_refused(tmp_path):
    (tmp_path / "secret").write_text(LONG)
    problems = problems_of(SIFU_SECRET="t" * 32, SIFU_SECRET_FILE=str(tmp_path / "secret"))
    assert problems == ("SIFU_SECRET_FILE and SIFU_SECRET are set: keep one of them.",)


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


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {
            "SIFU_WORKSPACES": "per-user",
            "SIFU_SECRET": f"{LONG},{'t' * 32}",
            "SIFU_LMS_ORIGINS": "https://a.example.org, https://b.example.org",
            "SIFU_TRUSTED_PROXIES": "10.0.0.0/8,fd00::/8",
            "SIFU_NOTEBOOK_ENVIRONMENT": "LANG,TZ",
            "SIFU_DATA": "/srv/sifu data",
            "SIFU_GATEWAY_URL": "http://gateway:8888",
        },
        # Emptied on purpose: nobody's X-Forwarded-* is believed.
        {"SIFU_TRUSTED_PROXIES": "", "SIFU_BIND": ""},
    ],
)
def test_programs_get_the_same_settings_through_the_environment(environment):
    settings = read_settings(environment)
    assert read_settings(as_environment(settings)) == settings


def test_nobody_is_trusted_where_nobody_is_named():
    assert read_settings({"SIFU_TRUSTED_PROXIES": ""}).trusted_proxies == ()
    loopback = read_settings({}).trusted_proxies
    assert ipaddress.ip_network("127.0.0.0/8") in loopback
    assert all(network.is_loopback for network in loopback)


def test_a_home_folder_is_meant_by_a_tilde(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert read_settings({"SIFU_DATA": "~/sifu"}).data == Path("/home/ada/sifu")


def test_a_generated_secret_is_kept_unreadable_and_the_same_for_everybody(tmp_path):
    settings = Settings(data=tmp_path / "data")
    first = ensure_secret(settings)
    assert len(first.secrets[0]) >= 32
    assert ensure_secret(settings).secrets == first.secrets
    kept = tmp_path / "data" / "secret"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert [file.name for file in kept.parent.iterdir()] == ["secret"]


def test_programs_that_start_at_once_agree_on_one_secret(tmp_path):
    code = (
        "import sys; from pathlib import Path; from proxy.settings import Settings, ensure_secret;"
        "print(ensure_secret(Settings(data=Path(sys.argv[1]))).secrets[0])"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "data")], stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    secrets = {start.communicate(timeout=60)[0] for start in starts}
    assert len(secrets) == 1
    assert all(start.returncode == 0 for start in starts)


def test_a_configured_secret_is_not_replaced(tmp_path):
    settings = Settings(data=tmp_path / "data", secret=Secret(LONG))
    assert ensure_secret(settings) is settings
    assert not (tmp_path / "data").exists()


def test_every_setting_has_a_description_and_shows_in_the_check():
    settings = Settings()
    assert all(spec.metadata["description"] for spec in fields(Settings))
    assert set(effective(settings)) == {f"SIFU_{spec.name.upper()}" for spec in fields(Settings)}
    assert replace_setting(settings, front_port=1).front_port == 1


def test_other_variables_are_read_one_by_one(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    assert environment_value("TZ") == "UTC"
    assert environment_value("NO_SUCH_VARIABLE") is None
