from dataclasses import replace

import pytest

from proxy.deploy.release.found import Account, Environment, Found, Role, Roles
from proxy.deploy.release.history import WayBack
from proxy.deploy.release.parameters import Hidden
from proxy.deploy.release.plan import make_plan, plan_rollback
from proxy.deploy.release.platforms import Platform
from proxy.deploy.release.steps import Plan, Refusal

ROLES = Roles(Role("s", True), Role("m", True), True, "m", True)
FOUND = Found(
    account=Account("123456789012", "eu-central-1"),
    bucket="bucket",
    has_bucket=True,
    has_object=False,
    has_application=True,
    version=None,
    environment=None,
    roles=ROLES,
    platforms=[Platform("4.10.0", "arn:new")],
    cname="mine.example",
    cname_is_free=True,
)
HERE = Environment("e", "sifu-test", "sifu", "Ready", "Green", "one", "c", "arn:new", target="one")


def operations(plan):
    assert isinstance(plan, Plan), plan
    return [step.operation for step in plan.steps]


def test_secrets_come_before_the_environment_that_names_them(world):
    made = operations(make_plan(world.wish(), FOUND))
    assert made == [
        "create_secret",
        "create_secret",
        "put_object",
        "create_application_version",
        "create_environment",
    ]


def test_the_first_environment_has_all_its_events_followed(world):
    plan = make_plan(world.wish(), FOUND)
    assert isinstance(plan, Plan)
    assert plan.goal is not None
    assert (plan.goal.environment, plan.goal.since) == ("sifu-test", 0.0)


def test_a_plan_shows_no_secret(world):
    assert "horse" not in repr(make_plan(world.wish(), FOUND))
    assert "horse" not in repr(world.wish())


@pytest.mark.parametrize("status", ["Launching", "Updating"])
def test_a_change_under_way_is_followed_from_its_beginning(world, status):
    wish = world.wish()
    here = replace(HERE, status=status, target=wish.release.label, began=100.0)
    plan = make_plan(wish, replace(FOUND, environment=here))
    assert isinstance(plan, Plan)
    assert plan.steps == ()
    assert plan.goal is not None
    assert 99.9 < plan.goal.since < 100.0


@pytest.mark.parametrize("status", ["Updating", "Terminating", "Aborting", "LinkingFrom"])
def test_a_change_of_somebody_else_is_left_alone(world, status):
    refusal = make_plan(world.wish(), replace(FOUND, environment=replace(HERE, status=status)))
    assert isinstance(refusal, Refusal)
    assert status.lower() in refusal.sentence


def test_a_bundle_that_nobody_will_run_is_not_uploaded(world):
    wish = world.wish(secrets={"SIFU_ADMIN_PASSWORD": "x"})
    here = replace(HERE, label=wish.release.label)
    assert "put_object" not in operations(make_plan(wish, replace(FOUND, environment=here)))


def test_a_rollback_changes_the_version_alone():
    plan = plan_rollback(HERE, WayBack("zero", "as the events say"))
    assert isinstance(plan, Plan)
    parameters = plan.steps[0].parameters
    assert set(parameters) == {"EnvironmentName", "VersionLabel", "Description"}
    assert parameters["Description"] == "Sifu; left: one"


def test_no_rollback_without_a_way_or_during_a_change():
    assert isinstance(plan_rollback(HERE, None), Refusal)
    busy = replace(HERE, status="Updating")
    assert isinstance(plan_rollback(busy, WayBack("zero", "x")), Refusal)


def test_given_secrets_do_not_show(world):
    assert Hidden("x") in world.wish(secrets={"A": "x"}).secrets.values.values()
