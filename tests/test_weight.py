"""What relay processes and notebook servers do not load: each is a few megabytes of each."""

import subprocess
import sys

import pytest

HEAVY = ("sqlalchemy", "alembic", "pydantic", "jinja2", "jwt", "cryptography", "argon2")
# What makes notebooks of texts, and pages of notebooks: only programs of a moment load it.
CONVERTERS = ("jupytext", "nbconvert", "nbformat", "notebook", "jupyterlab", "IPython")


@pytest.mark.parametrize("module", ["proxy.relay_app", "proxy.core.tokens"])
def test_what_is_not_needed_there_is_not_loaded(module: str) -> None:
    assert loaded(module, HEAVY + CONVERTERS) == []


def test_front_loads_nothing_that_converts_notebooks() -> None:
    assert loaded("proxy.front_app", CONVERTERS) == []


def loaded(module: str, names: tuple[str, ...]) -> list[str]:
    """Return which of these a process has loaded that has imported the module."""
    script = f"import sys, {module}; print(*(m for m in {names} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.split()
