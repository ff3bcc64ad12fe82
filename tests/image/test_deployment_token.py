import base64

import pytest
from sifu_image.deployment_token import find_token
from sifu_image.refusal import Refusal


def test_a_secret_wins_over_its_old_name_and_over_the_file(tmp_path):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (tmp_path / ".deployment_token").write_text("from-the-file\n")
    assert find_token(tmp_path, secrets).read() == "from-the-file"
    (secrets / "deployment_key").write_text("by-the-old-name")
    found = find_token(tmp_path, secrets)
    assert (found.read(), found.old_name) == ("by-the-old-name", True)
    (secrets / "deployment_token").write_text("the-secret")
    found = find_token(tmp_path, secrets)
    assert (found.read(), found.old_name) == ("the-secret", False)


def test_an_empty_secret_is_none(tmp_path):
    (tmp_path / "deployment_token").write_text("\n")
    assert find_token(tmp_path, tmp_path).path is None
    assert find_token(tmp_path, tmp_path).read() == ""


@pytest.mark.parametrize("content", ["two words", "two\nlines", "tök", "x" * 5000, "a\0b"])
def test_what_is_no_token_is_refused_without_being_repeated(tmp_path, content):
    (tmp_path / "deployment_token").write_text(content)
    with pytest.raises(Refusal) as refused:
        find_token(tmp_path, tmp_path)
    assert content not in str(refused.value)


def test_the_token_is_hidden_in_every_form(tmp_path):
    (tmp_path / "deployment_token").write_text("s3cret/+=")
    token = find_token(tmp_path, tmp_path)
    header = base64.b64encode(b"x-access-token:s3cret/+=").decode()
    text = f"a s3cret/+= b s3cret%2F%2B%3D c {header} d"
    assert token.hide(text) == "a [hidden] b [hidden] c [hidden] d"


def test_without_a_token_nothing_is_hidden(tmp_path):
    assert find_token(tmp_path, tmp_path).hide("as it is") == "as it is"
