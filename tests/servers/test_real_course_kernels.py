"""Kernels of a real Jupyter in folders of courses, with an environment that was really built."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from proxy.core.clock import system_clock
from proxy.core.course_environment import INDEX, kernel_name
from proxy.core.lifecycle import State
from proxy.servers.opening import open_manager
from proxy.settings import Settings
from proxy.store.database import Store
from tests.courses.environments import OFFLINE, Ground
from tests.servers.fakes import ADA
from tests.servers.jupyter_client import JupyterClient, client_of
from tests.servers.supervision import Supervision, supervision

pytestmark = pytest.mark.system
LIST = {"requirements.txt": f"{OFFLINE}greeting\n"}
ASK = "import greeting; print(greeting.WORD, flush=True)"


@pytest.fixture
def supervised(monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervision]:
    with supervision("") as made:
        monkeypatch.setenv("SIFU_RUN", str(made.places.run))
        monkeypatch.setenv("SIFU_LOG_FOLDER", str(made.places.logs))
        made.start()
        yield made


@pytest.fixture
async def ground(supervised: Supervision, store: Store) -> Ground:
    made = Ground(supervised.places.run, store)
    await made.add()
    return made


@pytest.fixture
async def jupyter(ground: Ground, store: Store) -> AsyncIterator[JupyterClient]:
    settings = Settings(data=ground.places.data, notebooks=ground.places.notebooks)
    for folder in ("stats/week 1", "mine"):
        (ground.places.notebooks / ADA.owner / ADA.workspace / folder).mkdir(parents=True)
    async with open_manager(settings, store, system_clock) as manager:
        await manager.start(ADA)
        record = await manager.wait(ADA)
        assert record.state is State.READY, record.reason
        async with client_of(record) as client:
            yield client


async def open_notebook(jupyter: JupyterClient, path: str, name: str | None = "python3") -> Any:
    body = {"path": path, "type": "notebook", "name": Path(path).name, "kernel": {"name": name}}
    status, session = await jupyter.ask("POST", "api/sessions", body=body)
    assert status == 201, session
    return session["kernel"]


async def offered(jupyter: JupyterClient) -> dict[str, str]:
    _, found = await jupyter.ask("GET", "api/kernelspecs")
    return {name: spec["spec"]["display_name"] for name, spec in found["kernelspecs"].items()}


async def test_a_notebook_in_the_course_has_its_packages_and_others_have_not(
    jupyter: JupyterClient, ground: Ground
) -> None:
    name = kernel_name("stats")
    assert name not in await offered(jupyter)
    kernel = await open_notebook(jupyter, "stats/early.ipynb")
    assert kernel["name"] == "python3"

    await ground.serve("v1", LIST, wheels={"greeting": "WORD = 'hello'"})
    environments = ground.environments()
    await environments.update("stats", ground.log)
    assert (await offered(jupyter))[name] == "Python (stats)"
    for path, asked in {"stats/a.ipynb": "python3", "stats/week 1/b.ipynb": None}.items():
        kernel = await open_notebook(jupyter, path, asked)
        assert kernel["name"] == name
        assert await jupyter.execute(kernel["id"], ASK) == "hello\n"
        # What every kernel has: the module of this site.
        assert await jupyter.execute(kernel["id"], "import sifu; print(1, flush=True)") == "1\n"
    outside = await open_notebook(jupyter, "mine/c.ipynb")
    assert outside["name"] == "python3"
    tried = f"try:\n  {ASK}\nexcept ImportError:\n  print('none', flush=True)"
    assert await jupyter.execute(outside["id"], tried) == "none\n"

    # A new build is used by a kernel that is restarted; the server goes on.
    await ground.serve("v2", LIST, wheels={"greeting": "WORD = 'again'"})
    await environments.update("stats", ground.log)
    assert (await jupyter.ask("POST", f"api/kernels/{kernel['id']}/restart"))[0] == 200
    assert await jupyter.execute(kernel["id"], ASK) == "again\n"

    # Without one everything opens with the default, also what asks for the course's by name.
    await environments.roll_back("stats")
    await environments.roll_back("stats")
    assert name not in await offered(jupyter)
    late = await open_notebook(jupyter, "stats/d.ipynb", name)
    assert late["name"] == "python3"
    printed = await jupyter.execute(late["id"], "import sys; print(sys.executable, flush=True)")
    assert printed.strip() == sys.executable


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"x": 1}', "\x00" * 10])
async def test_a_damaged_index_costs_nobody_a_kernel(
    jupyter: JupyterClient, ground: Ground, damage: str
) -> None:
    index = ground.places.notebooks / INDEX
    await asyncio.to_thread(index.parent.mkdir, parents=True)
    await asyncio.to_thread(index.write_text, damage)
    kernel = await open_notebook(jupyter, "stats/a.ipynb")
    assert kernel["name"] == "python3"
    assert await jupyter.execute(kernel["id"], "print(2, flush=True)") == "2\n"


async def test_a_notebook_is_saved_with_the_name_that_opens_anywhere(
    jupyter: JupyterClient, ground: Ground
) -> None:
    await open_notebook(jupyter, "stats/x.ipynb")
    notebook = nbformat.v4.new_notebook()
    spec = {"name": kernel_name("stats"), "display_name": "Python (stats)", "language": "python"}
    notebook["metadata"]["kernelspec"] = spec
    body = {"type": "notebook", "format": "json", "content": notebook}
    status, told = await jupyter.ask("PUT", "api/contents/stats/x.ipynb", body=body)
    assert status == 201, told
    place = ground.places.notebooks / ADA.owner / ADA.workspace / "stats/x.ipynb"
    saved = json.loads(await asyncio.to_thread(place.read_text))
    assert saved["metadata"]["kernelspec"]["name"] == "python3"
