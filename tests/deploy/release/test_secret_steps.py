from dataclasses import replace

from proxy.deploy.release.environment_options import PROPERTIES, SECRETS
from proxy.deploy.release.found import Standing, StoredSecret
from proxy.deploy.release.parameters import Hidden, Later
from proxy.deploy.release.secret_steps import GivenSecrets, plan_secrets, record_name, stored_names
from proxy.deploy.release.template import SecretSource, SecretWish, Template

THERE = StoredSecret(Standing.THERE, "arn:there")
GOING = StoredSecret(Standing.BEING_DELETED, "arn:going")


def plan(source, *, stored=None, value=None, current=(), arn=""):
    template = Template(secrets={"KEY": SecretWish(source, arn)})
    given = GivenSecrets({"KEY": Hidden(value)} if value else {}, lambda: "random")
    return plan_secrets(template, {"KEY": stored} if stored else {}, given, current)


def operations(made):
    return [step.operation for step in made.steps]


def test_a_value_that_is_given_is_stored_and_its_arn_follows():
    made = plan(SecretSource.STORE, value="x")
    assert operations(made) == ["create_secret"]
    assert isinstance(made.options[SECRETS, "KEY"], Later)
    assert made.steps[0].parameters["SecretString"] == Hidden("x")


def test_a_stored_one_needs_no_value():
    made = plan(SecretSource.STORE, stored=THERE)
    assert (operations(made), made.options) == ([], {(SECRETS, "KEY"): "arn:there"})


def test_a_value_that_is_given_again_replaces_the_stored_one():
    assert operations(plan(SecretSource.STORE, stored=THERE, value="new")) == ["put_secret_value"]


def test_one_that_is_neither_stored_nor_given_is_missing():
    assert plan(SecretSource.STORE).missing == ["KEY"]
    assert plan(SecretSource.STORE, stored=GOING).missing == ["KEY"]
    made = plan(SecretSource.STORE_IF_SET)
    assert (made.missing, made.options) == ([], {})


def test_a_random_one_is_made_once():
    made = plan(SecretSource.GENERATE)
    assert made.steps[0].parameters["SecretString"] == Hidden("random")
    assert operations(plan(SecretSource.GENERATE, stored=THERE)) == []


def test_a_deletion_is_taken_back_before_the_value_is_put():
    made = plan(SecretSource.STORE, stored=GOING, value="x")
    assert operations(made) == ["restore_secret", "put_secret_value"]
    assert operations(plan(SecretSource.GENERATE, stored=GOING)) == ["restore_secret"]


def test_a_property_is_warned_of_and_kept_when_not_given_again():
    made = plan(SecretSource.PROPERTY, value="x")
    assert made.options == {(PROPERTIES, "KEY"): Hidden("x")}
    assert "can read it" in made.notes[0]
    assert plan(SecretSource.PROPERTY).missing == ["KEY"]
    assert plan(SecretSource.PROPERTY, current={(PROPERTIES, "KEY")}).missing == []


def test_an_existing_one_is_named():
    made = plan(SecretSource.EXISTING, arn="arn:mine")
    assert made.options == {(SECRETS, "KEY"): "arn:mine"}


def test_records_are_named_after_the_environment():
    template = Template(
        secrets={
            "A": SecretWish(SecretSource.STORE),
            "B": SecretWish(SecretSource.EXISTING, "arn:mine"),
            "C": SecretWish(SecretSource.GENERATE),
        }
    )
    assert stored_names(template) == ["A", "C"]
    assert record_name(replace(template, environment="x"), "A") == "sifu/x/A"
