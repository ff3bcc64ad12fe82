import pytest

from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.carrying_out import PROCESSING_SECONDS, ROLES_SECONDS, Hands, carry_out
from proxy.deploy.release.parameters import Hidden, Later
from proxy.deploy.release.steps import Step, Then


class Recorder:
    def __init__(self, **answers):
        self.answers = answers
        self.calls = []

    def call(self, service, operation, parameters):
        self.calls.append((operation, dict(parameters)))
        answer = self.answers.get(operation, {})
        return answer.pop(0) if isinstance(answer, list) and answer else answer or {}


def hands(aws, clock, lines=None):
    return Hands(aws, clock, clock.advance, (lines if lines is not None else []).append)


def test_later_steps_get_what_earlier_ones_answered(clock):
    aws = Recorder(create_secret={"ARN": "arn:1"})
    lines: list[str] = []
    steps = (
        Step("Make it.", "secretsmanager", "create_secret", {"Name": "a"}, keeps={"a": "ARN"}),
        Step("Use it.", "elasticbeanstalk", "update_environment", {"Value": Later("a", "the ARN")}),
    )
    carry_out(steps, hands(aws, clock, lines))
    assert aws.calls[1] == ("update_environment", {"Value": "arn:1"})
    assert lines == ["Make it.", "Use it."]


def test_a_value_that_aws_quotes_in_its_refusal_is_taken_out(clock):
    class Quoting:
        def call(self, service, operation, parameters):
            raise AwsRefused(
                f"Invalid value '{parameters['Value']}'.", code="InvalidParameterValue"
            )

    step = Step("Set it.", "elasticbeanstalk", "update_environment", {"Value": Hidden("ghp_x")})
    with pytest.raises(AwsRefused, match=r"^Invalid value '\[hidden\]'\.$"):
        carry_out((step,), hands(Quoting(), clock))


def test_iam_is_given_time(clock):
    start = clock()
    step = Step("Put it.", "iam", "add_role_to_instance_profile", {}, then=Then.ROLES_SPREAD)
    carry_out((step,), hands(Recorder(), clock))
    assert clock() - start == ROLES_SECONDS


def version(status):
    return {"ApplicationVersions": [{"Status": status}] if status else []}


PROCESS = Step(
    "Make the version.",
    "elasticbeanstalk",
    "create_application_version",
    {"ApplicationName": "sifu", "VersionLabel": "one"},
    then=Then.VERSION_PROCESSED,
)


def test_a_version_is_waited_for(clock):
    states = [version(each) for each in ("", "UNPROCESSED", "PROCESSING", "PROCESSED")]
    aws = Recorder(describe_application_versions=states)
    carry_out((PROCESS,), hands(aws, clock))
    assert len(aws.calls) == 5


def test_a_version_that_is_never_processed_is_not_waited_for_without_end(clock):
    aws = Recorder(describe_application_versions=version("PROCESSING"))
    start = clock()
    with pytest.raises(AwsRefused, match="within 5 minutes"):
        carry_out((PROCESS,), hands(aws, clock))
    assert clock() - start <= PROCESSING_SECONDS + 10


def test_a_version_that_fails_says_why(clock):
    events = {"Events": [{"Severity": "ERROR", "Message": "bad .ebextensions."}]}
    aws = Recorder(describe_application_versions=version("FAILED"), describe_events=events)
    with pytest.raises(AwsRefused, match=r"bad \.ebextensions"):
        carry_out((PROCESS,), hands(aws, clock))
