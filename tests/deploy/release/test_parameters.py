from contextlib import ExitStack

from proxy.deploy.release.parameters import (
    FileBody,
    Hidden,
    Later,
    find_secrets,
    redact,
    render_size,
    resolve,
)


def test_a_secret_shows_itself_in_no_rendering():
    secret = Hidden("hunter2")
    for text in (repr(secret), str(secret), f"{secret}", repr({"a": [secret]}), f"{[secret]!r}"):
        assert "hunter2" not in text
        assert "[hidden]" in text


def test_for_the_call_every_value_is_plain(tmp_path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"zip")
    value = {"a": [Hidden("x"), Later("arn", "the ARN")], "b": FileBody(path, 3), "c": 7}
    with ExitStack() as files:
        plain = resolve(value, {"arn": "arn:1"}, files)
        assert plain["a"] == ["x", "arn:1"]
        assert plain["b"].read() == b"zip"
        assert plain["c"] == 7
    assert plain["b"].closed


def test_secrets_are_found_however_deep():
    assert find_secrets([{"a": {"b": (Hidden("x"), "y")}}, Hidden("z")]) == ["x", "z"]


def test_known_secrets_are_taken_out():
    assert redact("token ghp_x failed", ["ghp_x", ""]) == "token [hidden] failed"


def test_sizes_read_well():
    assert [render_size(each) for each in (10, 2048, 3 * 1024 * 1024)] == ["1 KB", "2 KB", "3.0 MB"]
