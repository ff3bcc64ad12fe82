import pytest
from pydantic import ValidationError

from proxy.core.lifecycle import State
from proxy.web import schemas
from proxy.web.schemas import Answer, Body, NewUser, StartRequest, Step


def test_a_gateway_is_written_with_a_hyphen_and_only_so():
    wish = StartRequest.model_validate_json('{"gateway-url": "http://gateway:8888"}')
    assert wish.gateway_url == "http://gateway:8888"
    with pytest.raises(ValidationError, match="gateway_url"):
        StartRequest.model_validate_json('{"gateway_url": "http://gateway:8888"}')


def test_nothing_at_all_is_a_wish_for_ones_own():
    assert StartRequest.model_validate_json("{}") == StartRequest()


@pytest.mark.parametrize("kind", Body.__subclasses__())
def test_every_body_refuses_unknown_keys_and_bent_values(kind):
    assert kind.model_config["extra"] == "forbid"
    assert kind.model_config["strict"] is True
    with pytest.raises(ValidationError, match="surprise"):
        kind.model_validate_json('{"surprise": 1}')


def test_an_error_does_not_hold_the_password():
    with pytest.raises(ValidationError) as caught:
        NewUser.model_validate_json('{"name": "ada", "password": "hunter2"}')
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", Answer.__subclasses__())
def test_no_answer_has_a_field_for_what_must_stay_inside(kind):
    hidden = {"identity_key", "secret", "secret_hash", "password", "password_hash", "address"}
    # The new secret of a webhook is made to be told, once, to whoever made it.
    told = {"secret"} if kind.__name__ == "WebhookInfo" else set()
    assert not (hidden - told) & set(kind.model_fields)


def test_only_one_answer_shows_a_token():
    showing = [
        kind.__name__
        for kind in vars(schemas).values()
        if isinstance(kind, type) and issubclass(kind, Answer) and "token" in kind.model_fields
    ]
    assert showing == ["CreatedToken"]


def test_a_step_is_one_line_of_json():
    step = Step(state=State.FAILED, message="a\nb\r", percent=100, log=["x\ny"])
    assert "\n" not in step.model_dump_json()
    assert "\r" not in step.model_dump_json()
