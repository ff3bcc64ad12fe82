import subprocess
import sys
from pathlib import Path

import pytest

from proxy.core.errors import InvalidSettings
from proxy.store import facts
from proxy.store.any_database import AnyDatabase
from proxy.store.relay_store import open_relay_store
from proxy.store.sqlite_file import SqliteFile

LOADED = """
import sys
from proxy.store import facts
from proxy.store.relay_store import open_relay_store
store = open_relay_store(sys.argv[1])
print(store.read_now(facts.newest_change), "sqlalchemy" in sys.modules)
store.close()
"""


def test_only_what_is_not_a_plain_sqlite_file_costs_sqlalchemy(store, path):
    for kind, expected in (("sqlite", "0 False"), ("sqlite+pysqlite", "0 True")):
        command = [sys.executable, "-c", LOADED, f"{kind}:///{path}"]
        asked = subprocess.run(command, capture_output=True, check=True)
        assert asked.stdout.decode().strip() == expected


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sqlite:///{path}", SqliteFile),
        ("sqlite:///{path}?timeout=9", AnyDatabase),
        ("sqlite+pysqlite:///{path}", AnyDatabase),
    ],
)
def test_each_way_of_naming_the_file_leads_to_it(store, path, name, kind):
    opened = open_relay_store(name.format(path=path))
    assert isinstance(opened, kind)
    assert opened.write_now(facts.consume_code, "code", 10.0, 0.0) is True
    opened.close()
    rows = "SELECT count(*) FROM used_codes"
    assert store.read_now(lambda c: c.exec_driver_sql(rows).scalar_one()) == 1


def test_a_relative_path_is_one(store, path, monkeypatch):
    monkeypatch.chdir(path.parent)
    opened = open_relay_store(f"sqlite:///{Path(path.name)}")
    assert opened.read_now(facts.newest_change) == 0
    opened.close()


@pytest.mark.parametrize("url", ["nonsense", "nodatabase://host/x", "sqlite//x"])
def test_a_url_that_cannot_be_used_is_a_problem_of_the_settings(url):
    with pytest.raises(InvalidSettings):
        open_relay_store(url)
