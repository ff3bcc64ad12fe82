from proxy.deploy.release import survey
from proxy.deploy.release.found import Standing
from tests.deploy.conftest import ACCOUNT, BUCKET, read
from tests.deploy.fake_beanstalk import FakeEnvironment


def look(world, name="sifu"):
    found = survey.find_environment(world.aws, name)
    assert found is not None
    return found


def test_nothing_is_there_and_nothing_is_changed(world):
    found = survey.find_all(world.aws, read(), world.release())
    assert (found.account.id, found.account.partition, found.bucket) == (ACCOUNT, "aws", BUCKET)
    assert (found.has_bucket, found.has_object, found.has_application) == (False,) * 3
    assert (found.version, found.environment, found.cname_is_free) == (None, None, True)
    assert found.secrets["SIFU_SECRET"].standing is Standing.ABSENT
    assert found.platforms[0].version == "4.10.0"
    assert world.changes == []


def test_the_bucket_must_be_our_own(world):
    survey.find_all(world.aws, read(), world.release())
    asked = next(params for _, name, params in world.calls if name == "head_bucket")
    assert asked["ExpectedBucketOwner"] == ACCOUNT


def test_a_change_under_way_tells_where_it_leads(world):
    environment = FakeEnvironment("e-1", "sifu", "sifu", "cname", "old")
    world.beanstalk.environments.append(environment)
    world.beanstalk.tell(environment, "INFO", "Environment update is starting.", "older")
    world.clock.advance(100)
    world.beanstalk.begin(environment, "Environment update", "new")
    world.clock.advance(5)
    world.beanstalk.tell(environment, "INFO", "Deploying new version to instance(s).")
    found = look(world)
    assert (found.label, found.target) == ("old", "new")
    assert found.began == world.clock() - 5
    assert found.last_event == world.clock()


def test_an_environment_without_events_can_be_looked_at(world):
    world.beanstalk.environments.append(FakeEnvironment("e-1", "sifu", "sifu", "cname", "one"))
    found = look(world)
    assert (found.target, found.began, found.last_event) == ("one", 0.0, 0.0)


def test_versions_and_event_labels_are_read(world):
    environment = FakeEnvironment("e-1", "sifu", "sifu", "cname", "b")
    world.beanstalk.environments.append(environment)
    for label in ("a", "b"):
        world.beanstalk.tell(environment, "INFO", "x", label)
    found = look(world)
    assert survey.find_event_labels(world.aws, found) == ["b", "a"]
    assert survey.find_versions(world.aws, "sifu") == []
