"""What relay processes and notebook servers do not load: each is a few megabytes of each."""

import subprocess
import sys

import pytest

HEAVY = ("sqlalchemy", "alembic", "pydantic", "jinja2", "jwt", "cryptography", "argon2")


@pytest.mark.parametrize("module", ["proxy.relay_app", "proxy.core.tokens"])
def test_what_is_not_needed_there_is_not_loaded(module: str) -> None:
    script = f"import sys, {module}; print(*(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == []
