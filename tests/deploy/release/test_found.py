from proxy.deploy.release.found import Environment


def test_only_green_is_healthy():
    def made(health):
        return Environment("e", "n", "a", "Ready", health, "l", "c", "p")

    assert made("Green").is_healthy
    assert not any(made(each).is_healthy for each in ("Yellow", "Red", "Grey", ""))


def test_options_may_hold_secrets_and_are_not_shown():
    environment = Environment(
        "e", "n", "a", "Ready", "Green", "l", "c", "p", options={("x", "TOKEN"): "ghp_x"}
    )
    assert "ghp_x" not in repr(environment)
