"""A changed installation is noticed."""

from pathlib import Path

import pytest

from proxy.notebook.fingerprint import fingerprint


def test_it_stays_the_same_until_a_package_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    before = fingerprint()
    assert fingerprint() == before
    (tmp_path / "new-1.0.dist-info").mkdir()
    assert fingerprint() != before
