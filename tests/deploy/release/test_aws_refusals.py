import pytest

from proxy.deploy.release.aws_refusals import FailedCall, explain_answer, explain_library


def explained(code: str, message: str = "") -> str:
    return explain_answer(FailedCall("s3", "put_object", code, message)).public


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AccessDenied", "s3.put_object"),
        ("ExpiredToken", "run out"),
        ("InvalidClientTokenId", "does not know these credentials"),
        ("Throttling", "asked too often"),
        ("OptInRequired", "not signed up"),
        ("RequestTimeTooSkewed", "clock"),
        ("InvalidParameterValue", "InvalidParameterValue"),
    ],
)
def test_each_refusal_is_one_line_that_says_what_to_do(code, words):
    sentence = explained(code, "line one\n  line two.")
    assert words in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert not sentence.endswith("..")


def test_amazon_s_message_is_kept_but_not_without_end():
    assert "line one line two" in explained("AccessDenied", "line one\n line two.")
    assert len(explained("InvalidParameterValue", "x" * 10_000)) < 600


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("NoCredentialsError", "AWS_PROFILE"),
        ("NoRegionError", "AWS_REGION"),
        ("EndpointConnectionError", "region's name"),
        ("ProfileNotFound", "list-profiles"),
        ("UnauthorizedSSOTokenError", "aws sso login"),
        ("SomethingNew", "SomethingNew"),
    ],
)
def test_failures_of_the_library_become_sentences(kind, words):
    sentence = explain_library(kind, "the message").public
    assert words in sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_the_code_is_kept_for_those_who_decide_by_it():
    assert explain_answer(FailedCall("s3", "head_bucket", "404", "")).code == "404"
