import pytest

from proxy.deploy.release import following
from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.following import Watch, follow
from proxy.deploy.release.progress import Outcome
from proxy.deploy.release.steps import Goal
from tests.deploy.fake_beanstalk import FakeEnvironment, refuse

OLD, NEW = "sifu-1", "sifu-2"


@pytest.fixture
def environment(world):
    made = FakeEnvironment("e-1", "sifu", "sifu", "cname", OLD)
    world.beanstalk.environments.append(made)
    return made


def watch(world, limit=3600.0):
    return Watch(
        world.clock, world.clock.advance, limit, lambda event: world.lines.append(event.message)
    )


def test_every_event_is_shown_once_whatever_the_pages(world, environment):
    world.beanstalk.page = 2
    world.beanstalk.begin(environment, "Environment update", NEW)
    for number in range(7):
        world.beanstalk.tell(environment, "INFO", f"step {number}")
    ending = follow(world.aws, Goal("sifu", NEW, 0.0), watch(world))
    assert ending.outcome is Outcome.DONE
    steps = [line for line in world.lines if line.startswith("step")]
    assert steps == [f"step {number}" for number in range(7)]


def test_an_answer_that_is_older_than_the_change_is_not_the_end(world, environment):
    """Right after the call the environment may still seem to be ready with the old version."""
    world.clock.advance(1)
    goal = Goal("sifu", NEW, world.clock())
    sleeps = 0

    def sleep(seconds):
        nonlocal sleeps
        sleeps += 1
        if sleeps == 1:
            world.beanstalk.begin(environment, "Environment update", NEW)
        world.clock.advance(seconds)

    ending = follow(world.aws, goal, Watch(world.clock, sleep, 3600.0, lambda _: None))
    assert ending.outcome is Outcome.DONE


def test_some_polls_may_fail(world, environment):
    world.beanstalk.begin(environment, "Environment update", NEW)
    failing = iter([True] * 4)

    def interrupt(when, operation):
        if when == "before" and next(failing, False):
            refuse("ServiceUnavailable", "Try again.")

    world.interrupt = interrupt
    assert follow(world.aws, Goal("sifu", NEW, 0.0), watch(world)).outcome is Outcome.DONE


def test_if_all_polls_fail_it_gives_up(world, environment):
    world.interrupt = lambda when, operation: refuse("ExpiredToken", "")
    start = world.clock()
    with pytest.raises(AwsRefused, match="run out"):
        follow(world.aws, Goal("sifu", NEW, 0.0), watch(world))
    assert world.clock() - start < 60


def test_the_wait_has_a_limit(world, environment):
    world.beanstalk.outcome = "never"
    world.beanstalk.begin(environment, "Environment update", NEW)
    start = world.clock()
    assert follow(world.aws, Goal("sifu", NEW, 0.0), watch(world, 100)).outcome is Outcome.GOING_ON
    assert 100 <= world.clock() - start <= 110


def test_bad_health_after_the_deployment_is_not_waited_for_without_end(world, environment):
    world.beanstalk.outcome = "sick"
    world.beanstalk.begin(environment, "Environment update", NEW)
    start = world.clock()
    assert follow(world.aws, Goal("sifu", NEW, 0.0), watch(world)).outcome is Outcome.SETTLING
    assert world.clock() - start < 60 + following.SETTLE_SECONDS + 30


def test_an_environment_that_is_terminated_meanwhile_is_a_failure(world, environment):
    world.beanstalk.outcome = "never"
    world.beanstalk.begin(environment, "Environment update", NEW)

    def sleep(seconds):
        world.clock.advance(seconds)
        environment.status = "Terminated"

    ending = follow(world.aws, Goal("sifu", NEW, 0.0), Watch(world.clock, sleep, 600, print))
    assert ending.outcome is Outcome.FAILED
