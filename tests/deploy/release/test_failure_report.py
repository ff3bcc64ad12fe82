from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.failure_report import Inquiry, choose_lines, explain_failure
from proxy.deploy.release.following import Ending
from proxy.deploy.release.progress import Outcome, State

ENDING = Ending(Outcome.FAILED, State("Ready", "Red", "old"), "e-1", ())


def test_the_telling_lines_of_a_log_are_chosen():
    log = "\n".join([*(f"line {number}" for number in range(100)), "ERROR: it broke", "", "more"])
    assert choose_lines(log) == ["ERROR: it broke"]
    assert choose_lines("a\nb") == ["a", "b"]
    assert len(choose_lines("error\n" * 100)) == 25


def test_what_aws_does_not_answer_is_left_out(clock):
    class Silent:
        def call(self, service, operation, parameters):
            raise AwsRefused("No.", code="AccessDenied")

    inquiry = Inquiry("sifu", "bucket", ENDING, [])
    assert explain_failure(Silent(), inquiry, clock, clock.advance) == []  # type: ignore[arg-type]


def test_a_log_that_never_comes_is_not_waited_for_without_end(clock):
    class Slow:
        def call(self, service, operation, parameters):
            return {}

    start = clock()
    inquiry = Inquiry("sifu", "bucket", ENDING, [])
    assert explain_failure(Slow(), inquiry, clock, clock.advance) == []  # type: ignore[arg-type]
    assert clock() - start <= 65


def test_the_log_is_read_from_either_form_of_address(world):
    world.beanstalk.make_bucket()
    bucket = "elasticbeanstalk-eu-central-1-123456789012"
    body = {"Bucket": bucket, "Key": "logs/a b.txt", "Body": b"ERROR: here"}
    world.aws.call("s3", "put_object", body)
    for url in (
        f"https://{bucket}.s3.eu-central-1.amazonaws.com/logs/a%20b.txt?X-Amz-Signature=1",
        f"https://s3.eu-central-1.amazonaws.com/{bucket}/logs/a%20b.txt?X-Amz-Signature=1",
    ):
        world.beanstalk.log_url = url
        inquiry = Inquiry("sifu", bucket, ENDING, [])
        lines = explain_failure(world.aws, inquiry, world.clock, world.clock.advance)
        assert "  ERROR: here" in lines
