"""Builds that are killed, and packages that do what they like while they are installed."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from proxy.courses.build_failure import BuildFailed
from proxy.store.database import Store
from tests.courses.environments import OFFLINE, Ground, make_source, make_wheel
from tests.system.isolated import needs_accounts, opened_for_accounts

ROOT = Path(__file__).parents[2]
LIST = {"requirements.txt": f"{OFFLINE}./strange\n"}


async def serve(ground: Ground, code: str, version: str = "v1") -> None:
    await ground.serve(version, LIST)
    make_source(ground.places.version("stats", version) / "strange", "strange", code)


async def failure(ground: Ground, **changes: object) -> str:
    with pytest.raises(BuildFailed) as failed:
        await ground.environments(**changes).update("stats", ground.log)
    assert (await ground.course()).environment == ""
    assert list(ground.top.iterdir()) == []
    return failed.value.public


async def until(path: Path) -> str:
    async with asyncio.timeout(60):
        while not path.exists() or not path.read_text():
            await asyncio.sleep(0.05)
    return path.read_text()


async def test_kill_9_leaves_the_old_state_and_nothing_that_runs(
    ground: Ground, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    code = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    await serve(ground, code)
    database = f"sqlite:///{tmp_path / 'sifu.db'}"
    words = [sys.executable, "-m", "tests.courses.build_program", str(tmp_path), database]
    building = await asyncio.to_thread(subprocess.Popen, words, cwd=ROOT, stdout=subprocess.DEVNULL)
    pid = int(await until(told))
    building.kill()
    await asyncio.to_thread(building.wait)
    assert len(list(ground.top.iterdir())) == 1
    await ground.environments().open()
    assert list(ground.top.iterdir()) == []
    assert (await ground.course()).environment == ""
    await asyncio.sleep(0.1)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def test_what_a_package_started_ends_with_the_build(ground: Ground, tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],\n"
        "    start_new_session=True, stdout=-3, stderr=-3)\n"
        f"open({str(told)!r}, 'w').write(str(child.pid))\n"
    )
    await serve(ground, code)
    began = time.monotonic()
    assert (await ground.environments().update("stats", ground.log)).has_changed
    assert time.monotonic() - began < 60
    pid = int(told.read_text())
    await asyncio.sleep(0.1)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def test_endless_output_is_bounded_and_its_end_is_kept(ground: Ground) -> None:
    code = (
        "import sys\nfor number in range(4500): print('line', number, 'x' * 600)\n"
        "sys.exit('at last')"
    )
    await serve(ground, code)
    assert "end of the log" in await failure(ground)
    assert len(ground.lines) < 4000
    assert max(len(line) for line in ground.lines) <= 500
    assert any("more lines are not kept" in line for line in ground.lines)
    assert any("at last" in line for line in ground.lines[-200:])


async def test_memory_and_files_have_a_bound(ground: Ground) -> None:
    await serve(ground, "held = bytearray(64 << 30)")
    await failure(ground)
    assert any("MemoryError" in line for line in ground.lines)


async def test_nothing_of_our_environment_is_handed_on_but_what_is_meant(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    monkeypatch.setenv("SIFU_SECRET", "do-not-tell")
    code = f"import os, json; open({str(told)!r}, 'w').write(json.dumps(dict(os.environ)))"
    await serve(ground, code)
    index = "https://ann:pass@index.example.org/simple"
    environment = {"PIP_INDEX_URL": index, "HTTPS_PROXY": "http://proxy.example.org:3128"}
    await ground.environments(environment=environment).update("stats", ground.log)
    found = json.loads(told.read_text())
    assert "do-not-tell" not in str(found)
    assert found["PIP_INDEX_URL"] == index
    assert found["HTTPS_PROXY"] == "http://proxy.example.org:3128"
    assert str(ground.top) in found["HOME"]


async def test_odd_things_that_a_package_leaves_are_no_part_of_it(
    ground: Ground, tmp_path: Path
) -> None:
    code = (
        "import os, sys, sysconfig\n"
        "here = sysconfig.get_path('purelib')\n"
        "os.mkfifo(here + '/pipe')\n"
        "os.symlink('/etc/passwd', here + '/link')\n"
    )
    await serve(ground, code)
    await ground.environments().update("stats", ground.log)
    assert not list(ground.top.rglob("pipe"))
    assert next(ground.top.rglob("link")).is_symlink()
    assert os.stat("/etc/passwd").st_mode & 0o200  # noqa: PTH116


async def test_folders_without_an_end_are_refused_and_go(ground: Ground) -> None:
    code = (
        "import os, sysconfig\nos.chdir(sysconfig.get_path('purelib'))\n"
        "for _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')\n"
    )
    await serve(ground, code)
    assert "deep" in await failure(ground)


SMALL_DISK = 'mount -t tmpfs -o size=2m none "$1" && shift && exec "$@"'


@needs_accounts()
@pytest.mark.parametrize("reserved", [0, 1 << 20])
async def test_a_disk_that_is_full_leaves_nothing_half(
    ground: Ground, tmp_path: Path, reserved: int
) -> None:
    await ground.serve("v1", {"requirements.txt": f"{OFFLINE}large\n"})
    code = f"TEXT = {'x' * 4_000_000!r}\n"
    make_wheel(ground.places.version("stats", "v1") / "wheels", "large", code=code)
    ground.top.mkdir(parents=True)
    words = ["unshare", "-m", "sh", "-c", SMALL_DISK, "sh", str(ground.top), sys.executable]
    words += ["-m", "tests.courses.build_program", str(tmp_path)]
    said = await asyncio.to_thread(
        _run, [*words, f"sqlite:///{tmp_path / 'sifu.db'}", "", str(reserved)]
    )
    assert "FAILED" in said, said
    assert "LEFT []" in said, said
    assert "full" in said or "No space left" in said, said
    assert (await ground.course()).environment == ""


@pytest.fixture
def account_ground(store: Store) -> Iterator[tuple[Ground, int]]:
    """A place that another account may pass, which a mount namespace opens for it."""
    folder = Path(tempfile.mkdtemp(prefix="sifu-build-", dir="/var/lib"))
    folder.chmod(0o711)
    (folder / "data").mkdir(mode=0o700)
    yield Ground(folder, store), 1_900_000 + os.getpid() % 10_000
    shutil.rmtree(folder)


HOSTILE = """
import json, os, sysconfig
def attempt(do):
    try:
        return repr(do())
    except OSError as refusal:
        return type(refusal).__name__
def second_name():
    os.link({secret!r}, sysconfig.get_path('purelib') + '/stolen')
found = dict(
    uid=os.getuid(), groups=os.getgroups(),
    data=attempt(lambda: os.listdir({data!r})),
    secret=attempt(lambda: open({secret!r}).read()),
    course=attempt(lambda: os.listdir({versions!r})),
    beside=attempt(lambda: open({beside!r}, 'w')),
    index=attempt(lambda: open({index!r}, 'w')),
    home=attempt(lambda: os.listdir({home!r})),
    etc=attempt(lambda: open('/etc/sifu-was-here', 'w')),
    root=attempt(lambda: os.setuid(0)),
    link=attempt(second_name),
)
print('TOLD', json.dumps(found))
"""


@needs_accounts()
async def test_as_root_a_package_is_nobody_and_reaches_nothing(
    account_ground: tuple[Ground, int], tmp_path: Path
) -> None:
    ground, uid = account_ground
    await ground.add()
    secret, home = ground.folder / "data/secret", ground.folder / "notebooks/ada"
    secret.write_text("the signing secret")
    secret.chmod(0o600)
    home.mkdir(parents=True, mode=0o700)
    home.parent.chmod(0o711)
    code = HOSTILE.format(
        secret=str(secret),
        data=str(ground.folder / "data"),
        versions=str(ground.places.version("stats", "v1")),
        beside=str(ground.top / "beside"),
        index=str(ground.places.reachable / "environments.json"),
        home=str(home),
    )
    await serve(ground, f"{code}\nraise SystemExit('shown')")
    words = ["-m", "tests.courses.build_program", str(ground.folder)]
    words += [f"sqlite:///{tmp_path / 'sifu.db'}", str(uid)]
    before, again = [
        await asyncio.to_thread(opened_for_accounts, ground.folder / each)
        for each in ("aside", "aside-again")
    ]
    said = await asyncio.to_thread(_run, [*before, sys.executable, *words])
    (line,) = [each for each in said.splitlines() if "TOLD {" in each]
    found = json.loads(line.partition("TOLD ")[2])
    assert found.pop("uid") == uid
    assert found.pop("groups") == []
    assert set(found.values()) == {"PermissionError"}, found
    # The same account, when it does nothing of that: what it leaves is root's.
    await serve(ground, "pass", "v2")
    said = await asyncio.to_thread(_run, [*again, sys.executable, *words])
    assert "Built, and used" in said, said
    top = ground.top / (await ground.course()).environment
    assert {path.lstat().st_uid for path in [top, *top.rglob("*")]} == {0}
    open_ones = [path for path in top.rglob("*") if not path.is_symlink()]
    assert not [path for path in open_ones if path.stat().st_mode & 0o022]
    assert (top / "venv").stat().st_mode & 0o777 == 0o755


def _run(words: list[str]) -> str:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
