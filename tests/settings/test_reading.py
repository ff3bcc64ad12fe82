import stat
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.core.policy import Workspaces
from proxy.settings import (
    Secret,
    Settings,
    ensure_secret,
    environment_value,
    read_settings,
)
from tests.settings.problems import problems_of

LONG = "s" * 32


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
        SIFU_RELAY_WORKERS="-1",
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


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "secret").write_text(f"{LONG}\n")
    settings = read_settings({"SIFU_SECRET_FILE": str(tmp_path / "secret")})
    assert settings.secrets == (LONG,)
    assert "SIFU_SECRET_FILE" in problems_of(SIFU_SECRET_FILE=str(tmp_path / "nothing"))[0]


def test_a_secret_from_two_places_is_refused(tmp_path):
    (tmp_path / "secret").write_text(LONG)
    problems = problems_of(SIFU_SECRET="t" * 32, SIFU_SECRET_FILE=str(tmp_path / "secret"))
    assert problems == ("SIFU_SECRET_FILE and SIFU_SECRET are set: keep one of them.",)


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


def test_other_variables_are_read_one_by_one(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    assert environment_value("TZ") == "UTC"
    assert environment_value("NO_SUCH_VARIABLE") is None
