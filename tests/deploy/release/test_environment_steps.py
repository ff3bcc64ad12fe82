from dataclasses import replace

from proxy.deploy.bundle.assembly import LoadBalancer
from proxy.deploy.release.environment_options import PROPERTIES, SECRETS
from proxy.deploy.release.environment_steps import EnvironmentWish, plan_creation, plan_update
from proxy.deploy.release.found import Account, Environment, Found, Role, Roles
from proxy.deploy.release.parameters import Hidden
from proxy.deploy.release.platforms import Platform
from proxy.deploy.release.steps import Plan, Refusal
from proxy.deploy.release.template import SecretSource, SecretWish, Template

TYPE = ("aws:elasticbeanstalk:environment", "EnvironmentType")
BALANCER = ("aws:elasticbeanstalk:environment", "LoadBalancerType")
MACHINE = ("aws:ec2:instances", "InstanceTypes")
ADMIN = (PROPERTIES, "SIFU_ADMIN")
ROLES = Roles(Role("s", True), Role("m", True), True, "m", True)
PLATFORMS = [Platform("4.10.0", "arn:new"), Platform("4.9.0", "arn:old")]
FOUND = Found(
    Account("1", "r"), "b", True, True, True, None, None, ROLES, PLATFORMS, "x.example", True
)
HERE = Environment(
    "e",
    "sifu",
    "sifu",
    "Ready",
    "Green",
    "one",
    "c",
    "arn:new",
    last_event=5.0,
    options={ADMIN: "a"},
)


def wish(options=None, label="one", template=None, *, may_replace=False, secrets_changed=False):
    chosen = {ADMIN: "a"} if options is None else options
    return EnvironmentWish(template or Template(), label, chosen, may_replace, secrets_changed)


def sent(plan):
    assert isinstance(plan, Plan), plan
    return plan.steps[0].parameters


def test_a_new_environment_gets_everything():
    parameters = sent(plan_creation(wish({ADMIN: "a", MACHINE: "t3.small"}), FOUND))
    assert parameters["PlatformArn"] == "arn:new"
    assert len(parameters["OptionSettings"]) == 2


def test_a_platform_that_does_not_exist_is_told_with_those_that_do():
    refusal = plan_creation(wish(template=Template(platform="3.0.0")), FOUND)
    assert isinstance(refusal, Refusal)
    assert "4.10.0, 4.9.0" in refusal.sentence
    refusal = plan_creation(wish(), replace(FOUND, platforms=[]))
    assert isinstance(refusal, Refusal)
    assert "another region" in refusal.sentence


def test_nothing_to_change_is_no_step():
    plan = plan_update(wish(), FOUND, HERE)
    assert isinstance(plan, Plan)
    assert (plan.steps, plan.goal) == ((), None)


def test_only_what_differs_is_sent():
    parameters = sent(plan_update(wish({ADMIN: "a", (PROPERTIES, "X"): "1"}), FOUND, HERE))
    assert [each["OptionName"] for each in parameters["OptionSettings"]] == ["X"]
    assert "VersionLabel" not in parameters


def test_a_hidden_value_is_compared_and_not_sent_again():
    same = wish({ADMIN: Hidden("a")})
    assert plan_update(same, FOUND, HERE).steps == ()  # type: ignore[union-attr]
    assert sent(plan_update(wish({ADMIN: Hidden("b")}), FOUND, HERE))


def test_an_unwell_environment_gets_its_version_again():
    assert sent(plan_update(wish(), FOUND, replace(HERE, health="Red")))["VersionLabel"] == "one"


def test_events_before_the_change_do_not_count():
    assert plan_update(wish(label="two"), FOUND, HERE).goal.since == 5.0  # type: ignore[union-attr]


def test_a_new_machine_needs_a_word_unless_nothing_is_on_it():
    here = replace(HERE, options={ADMIN: "a", MACHINE: "t3.small"})
    options = {ADMIN: "a", MACHINE: "t3.large"}
    refusal = plan_update(wish(options), FOUND, here)
    assert isinstance(refusal, Refusal)
    assert "InstanceTypes (aws:ec2:instances)" in refusal.sentence
    assert sent(plan_update(wish(options, may_replace=True), FOUND, here))
    safe = Template(efs="fs-1", secrets={"SIFU_DATABASE_URL": SecretWish(SecretSource.STORE)})
    assert sent(plan_update(wish(options, template=safe), FOUND, here))


def test_a_move_to_efs_is_not_made_behind_anybody_s_back():
    options = {ADMIN: "a", (PROPERTIES, "HOST_EFS_ID"): "fs-1"}
    template = Template(efs="fs-1", secrets={"SIFU_DATABASE_URL": SecretWish(SecretSource.STORE)})
    refusal = plan_update(wish(options, template=template), FOUND, HERE)
    assert isinstance(refusal, Refusal)
    assert "fs-1" in refusal.sentence
    assert sent(plan_update(wish(options, template=template, may_replace=True), FOUND, HERE))


def test_the_platform_is_changed_with_a_word_only():
    here = replace(HERE, platform_arn="arn:old")
    plan = plan_update(wish(), FOUND, here)
    assert isinstance(plan, Plan)
    assert "4.10.0 with --replace-machine" in plan.notes[1]
    assert sent(plan_update(wish(may_replace=True), FOUND, here))["PlatformArn"] == "arn:new"


def test_another_kind_of_load_balancer_needs_another_environment():
    there = {TYPE: "LoadBalanced", BALANCER: "classic"}
    wanted = {TYPE: "LoadBalanced", BALANCER: LoadBalancer.APPLICATION.value}
    refusal = plan_update(wish(wanted), FOUND, replace(HERE, options=there))
    assert isinstance(refusal, Refusal)
    assert "type classic" in refusal.sentence


def test_a_variable_is_not_both_property_and_secret():
    here = replace(HERE, options={ADMIN: "a", (PROPERTIES, "T"): "x", (SECRETS, "P"): "arn:1"})
    options = {ADMIN: "a", (SECRETS, "T"): "arn:2", (PROPERTIES, "P"): "y"}
    removed = sent(plan_update(wish(options), FOUND, here))["OptionsToRemove"]
    assert removed == [
        {"Namespace": SECRETS, "OptionName": "P"},
        {"Namespace": PROPERTIES, "OptionName": "T"},
    ]


def test_settings_made_elsewhere_are_left_and_named():
    here = replace(HERE, options={ADMIN: "a", (PROPERTIES, "SIFU_LOG_LEVEL"): "DEBUG"})
    plan = plan_update(wish(), FOUND, here)
    assert isinstance(plan, Plan)
    assert "left alone: SIFU_LOG_LEVEL." in plan.notes[1]


def test_new_secrets_alone_are_a_restart():
    plan = plan_update(wish(secrets_changed=True), FOUND, HERE)
    assert isinstance(plan, Plan)
    assert plan.steps[0].operation == "restart_app_server"
