from pathlib import Path

SECRET = "s3cret-of-at-least-thirty-two-characters"


def test_every_problem_is_listed_at_once(sifu):
    result = sifu("check", SIFU_FRONT_PORT="none", SIFU_LOGS="paper", SIFU_COLOUR="red")
    assert result.exit_code == 1
    assert "3 settings to put right" in result.stderr
    for name in ("SIFU_FRONT_PORT", "SIFU_LOGS", "SIFU_COLOUR"):
        assert name in result.stderr


def test_values_stand_with_where_they_come_from(sifu, tmp_path):
    result = sifu("check")
    lines = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert result.exit_code == 0
    assert lines["SIFU_FRONT_PORT"].split() == ["SIFU_FRONT_PORT", "13700", "(environment)"]
    assert lines["SIFU_IDLE_TIMEOUT"].split() == ["SIFU_IDLE_TIMEOUT", "7200", "(default)"]
    assert "http://127.0.0.1:13700" in lines["SIFU_FRONT_URL"]
    assert f"sqlite:///{tmp_path}/data/sifu.db" in lines["SIFU_DATABASE_URL"]


def test_secrets_are_hidden_wherever_they_come_from(sifu, tmp_path):
    kept = tmp_path / "kept"
    kept.write_text(SECRET)
    result = sifu("check", SIFU_SECRET_FILE=str(kept), SIFU_ADMIN_PASSWORD="hunter2hunter2")
    assert SECRET not in result.output
    assert "hunter2" not in result.output
    assert result.stdout.count("[hidden]") == 2
    assert f"(file {kept})" in result.stdout


def test_nothing_is_created(sifu, tmp_path):
    sifu("check")
    assert not Path(tmp_path / "data").exists()


def test_a_provider_without_its_secret_is_said_now(sifu, tmp_path):
    file = tmp_path / "providers.toml"
    file.write_text(
        '[[oidc]]\nname = "school"\nclient_id = "c"\nissuer = "https://id.example"\n'
        'client_secret_file = "/nowhere/secret"\nallow.everybody = true\n'
    )
    result = sifu("check", SIFU_PROVIDERS=str(file))
    assert result.exit_code == 1
    assert "The secret of “school” cannot be read" in result.stderr
    file.write_text('[[oidc]]\nname = "school"\n')
    result = sifu("check", SIFU_PROVIDERS=str(file))
    assert "oidc.1.client_id" in result.stderr
