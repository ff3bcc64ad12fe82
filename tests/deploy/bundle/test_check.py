"""One look at the whole bundle finds what each of its files has."""

from proxy.deploy.bundle import check as bundle_check
from proxy.deploy.bundle.check import check_entries
from proxy.deploy.bundle.entries import make_entries
from proxy.deploy.bundle.layout import BundleChoices, Entry, LoadBalancer
from tests.deploy.checkout import FILES

NAMES = frozenset({"SIFU_ADMIN"})


def check(choices=BundleChoices(), **changes):  # noqa: B008
    files = {**FILES, **changes}
    contents = {
        path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()
    }
    return [str(problem) for problem in check_entries(make_entries(contents, choices), NAMES)]


def test_a_right_bundle_passes_with_any_choice():
    for balancer in LoadBalancer:
        assert check(BundleChoices(balancer, efs=True, one_port=True)) == []
        assert check(BundleChoices(balancer)) == []


def test_problems_name_the_file_of_the_checkout():
    path = "ebextensions/optional/ports_application.config"
    (problem,) = check(**{path: "option_settings:\n  aws:elbv2:listener:3334:\n    Port: 1\n"})
    assert problem.startswith(f"{path}:3: ")


def test_files_that_were_not_chosen_are_not_judged():
    assert check(**{"ebextensions/optional/efs.config": "nonsense: 1\n"}) == []


def test_an_operator_s_own_file_is_judged_with_ours():
    own = "option_settings:\n  aws:elbv2:listener:3334:\n    Protocol: HTTPS\n"
    (problem,) = check(**{"ebextensions/50_own.config": own})
    assert "is set differently" in problem
    setting = (
        "option_settings:\n  aws:elasticbeanstalk:application:environment:\n    SIFU_ADMN: x\n"
    )
    (problem,) = check(**{"ebextensions/50_own.config": setting})
    assert "Did you mean “SIFU_ADMIN”?" in problem


def test_the_dockerrun_file_and_the_dockerfile_must_agree():
    (problem,) = check(Dockerfile="FROM x\nCOPY proxy proxy\nEXPOSE 80\n")
    assert problem.startswith("Dockerrun.aws.json:1: ")
    (problem,) = check(Dockerfile="FROM x\nCOPY tests tests\nEXPOSE 3334\n")
    assert problem.startswith("Dockerfile:2: ")


def test_broken_json_anywhere_is_told():
    (problem,) = check(**{"proxy/web/a.json": "{\n"})
    assert problem.startswith("proxy/web/a.json:2: is not JSON")


def test_what_is_no_text_is_told():
    (problem,) = check(**{"ebextensions/50_own.config": b"\xff\xfe"})
    assert problem == "ebextensions/50_own.config: is not a text in UTF-8."


def test_a_secret_is_told_without_repeating_it():
    (problem,) = check(**{"requirements/private.txt": "git+https://x:" + "hunter2@example.org/a\n"})
    assert problem.startswith("requirements/private.txt:1: holds a URL with a password")
    assert "hunter2" not in problem


def test_a_hook_without_an_interpreter_is_told_once():
    problems = check(**{"ebextensions/hooks/02_point_nginx.sh": "echo\n"})
    assert len(problems) == 1


def test_two_files_for_one_place_are_told():
    (problem,) = check(
        BundleChoices(efs=True),
        **{"ebextensions/efs.config": FILES["ebextensions/optional/efs.config"]},
    )
    assert "the same place" in problem


def test_more_than_beanstalk_takes_is_told(monkeypatch):
    monkeypatch.setattr(bundle_check, "MOST_BYTES", 10)
    problems = check_entries([Entry("a", "a", 0o644, b"x" * 11)], None)
    assert "Beanstalk takes 512" in str(problems[0])
