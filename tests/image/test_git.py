"""Real git against a real `git http-backend`: who is told the token, and who is not."""

import os
import subprocess
from pathlib import Path

import psutil
import pytest
from sifu_image.address import read_address
from sifu_image.deployment_token import DeploymentToken
from sifu_image.git import Git
from sifu_image.refusal import Refusal

from tests.image.git_host import GitHost, PrivateHost
from tests.image.traces import everywhere_in, forms_of, processes_that_show

TOKEN = PrivateHost.TOKEN


@pytest.fixture
def token(tmp_path):
    path = tmp_path / "the-token"
    path.write_text(TOKEN)
    return DeploymentToken(path)


@pytest.fixture
def private(tmp_path):
    with GitHost.running(tmp_path / "private", token=TOKEN) as host:
        yield host


def git_with(token: DeploymentToken | None) -> Git:
    return Git(token or DeploymentToken(None), os.environ)


def test_a_private_repository_is_cloned_and_nothing_keeps_the_token(token, private, tmp_path):
    private.add("one", {"a.md": "text\n"})
    shown: list[str] = []
    private.when_authorized = lambda: shown.extend(processes_that_show(TOKEN))
    target = tmp_path / "clone"
    git_with(token).clone(read_address(private.url("one")), target)
    assert (target / "a.md").read_text() == "text\n"
    assert private.seen_authorization
    assert shown == []
    assert everywhere_in(target, TOKEN) == []
    assert private.url("one") in (target / ".git" / "config").read_text()


def test_a_user_name_in_the_address_is_told(token, private, tmp_path):
    private.add("one", {"a.md": "text\n"})
    url = private.url("one").replace("http://", "http://robot@")
    git_with(token).clone(read_address(url), tmp_path / "clone")
    # curl says the name alone at first.
    told = {"Basic cm9ib3Q6", f"Basic {forms_of(TOKEN, 'robot')[-1]}"}
    assert private.seen_authorization == told


def test_a_public_repository_is_never_told_the_token(token, git_host, tmp_path):
    git_host.add("one", {"a.md": "text\n"})
    git_with(token).clone(read_address(git_host.url("one")), tmp_path / "clone")
    assert git_host.seen_authorization == set()


def test_a_public_repository_needs_no_token(git_host, tmp_path):
    git_host.add("one", {"a.md": "text\n"})
    git_with(None).clone(read_address(git_host.url("one")), tmp_path / "clone")
    assert (tmp_path / "clone" / "a.md").exists()


def test_a_branch_and_a_commit_can_be_had(git_host, tmp_path):
    git_host.add("one", {"a.md": "main\n"})
    commit = git_host.add("one", {"a.md": "other\n"}, branch="other")
    git = git_with(None)
    address = read_address(git_host.url("one"))
    git.clone(address, tmp_path / "branch", "other")
    git.check_out(address, tmp_path / "commit", commit)
    git.check_out(address, tmp_path / "head", "HEAD")
    texts = [(tmp_path / name / "a.md").read_text() for name in ("branch", "commit", "head")]
    assert texts == ["other\n", "other\n", "main\n"]


def test_a_redirect_to_another_host_ends_there(token, private, tmp_path):
    private.add("one", {"a.md": "text\n"})
    with (
        GitHost.running(tmp_path / "sender", redirect_to=private.origin) as sender,
        pytest.raises(Refusal, match="It has moved"),
    ):
        git_with(token).clone(read_address(sender.url("one")), tmp_path / "clone")
    assert private.requests == []


def test_a_redirect_back_to_the_same_host_is_not_followed_either(token, private, tmp_path):
    private.redirect_to = private.origin
    with pytest.raises(Refusal, match="It has moved"):
        git_with(token).clone(read_address(private.url("one")), tmp_path / "clone")
    assert private.seen_authorization == set()


def test_a_submodule_elsewhere_gets_nothing(token, private, tmp_path):
    with GitHost.running(tmp_path / "other", token="another") as other:
        modules = f'[submodule "x"]\n\tpath = x\n\turl = {other.url("x")}\n'
        private.add("one", {".gitmodules": modules, "a.md": "text\n"})
        git_with(token).clone(read_address(private.url("one")), tmp_path / "clone")
        git_with(token).check_out(read_address(private.url("one")), tmp_path / "two", "HEAD")
        assert other.requests == []


def test_a_missing_token_is_told_with_what_to_do(private, tmp_path):
    private.add("one", {"a.md": "text\n"})
    with pytest.raises(Refusal, match="--secret id=deployment_token,env=DEPLOYMENT_TOKEN"):
        git_with(None).clone(read_address(private.url("one")), tmp_path / "clone")


def test_a_wrong_token_is_told_with_git_s_words_and_without_itself(private, tmp_path):
    private.add("one", {"a.md": "text\n"})
    path = tmp_path / "wrong"
    path.write_text("wrong-t0ken")
    with pytest.raises(Refusal) as refused:
        Git(DeploymentToken(path), os.environ).clone(
            read_address(private.url("one")), tmp_path / "clone"
        )
    said = str(refused.value)
    assert "Authentication failed" in said
    assert "was not accepted" in said
    assert not any(form in said for form in forms_of("wrong-t0ken"))


def test_a_missing_branch_is_told(git_host, tmp_path):
    git_host.add("one", {"a.md": "text\n"})
    with pytest.raises(Refusal, match="Check the address and the branch"):
        git_with(None).clone(read_address(git_host.url("one")), tmp_path / "clone", "nowhere")


def test_settings_of_the_machine_do_not_count(token, private, tmp_path):
    """A rewriting rule, a helper that stores, and tracing would each give the token away."""
    private.add("one", {"a.md": "text\n"})
    stored, traced = tmp_path / "stored", tmp_path / "traced"
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f"[credential]\n\thelper = store --file={stored}\n")
    hostile = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_TRACE_CURL": str(traced),
        "GIT_TRACE_REDACT": "0",
        "GIT_CONFIG_PARAMETERS": f"'credential.helper=store --file={stored}'",
    }
    Git(token, hostile).clone(read_address(private.url("one")), tmp_path / "clone")
    assert not stored.exists()
    assert not traced.exists()


def test_the_askpass_script_is_gone_afterwards(token, private, tmp_path, monkeypatch):
    private.add("one", {"a.md": "text\n"})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    Path(tmp_path / "temporary").mkdir()
    git_with(token).clone(read_address(private.url("one")), tmp_path / "clone")
    assert list((tmp_path / "temporary").iterdir()) == []


def test_the_look_at_processes_finds_what_is_there():
    """The tests above lean on it."""
    shown = subprocess.Popen(["sleep", "30"], env={"A": TOKEN})
    try:
        assert [str(shown.pid)] == [line.split()[0] for line in processes_that_show(TOKEN)]
    finally:
        shown.kill()
        shown.wait()
    assert not psutil.pid_exists(shown.pid)
