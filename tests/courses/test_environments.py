"""Environments that are really built, with real pip, from wheels that are made here."""

import asyncio
import json
import subprocess

import pytest

from proxy.core.course import Outline
from proxy.core.course_environment import INDEX, course_key
from proxy.core.errors import Conflict
from proxy.courses import environments as environments_module
from proxy.courses.build_failure import BuildFailed
from proxy.store import course_environments
from tests.courses.environments import OFFLINE, Ground, make_wheel

LIST = {"requirements.txt": f"{OFFLINE}greeting\n"}
DAY = 86_400.0


async def run(ground: Ground, code: str, name: str = "stats") -> str:
    """Run code with the Python that the kernels of a course get."""

    def look() -> str:
        index = json.loads((ground.places.notebooks / INDEX).read_text())
        done = subprocess.run(
            [index[course_key(name)], "-c", code], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    return await asyncio.to_thread(look)


def folders(ground: Ground) -> list[str]:
    return sorted(path.name for path in ground.top.iterdir()) if ground.top.exists() else []


async def test_what_the_list_names_is_there_and_nobody_can_change_it(ground: Ground) -> None:
    await ground.serve("v1", LIST, wheels={"greeting": "WORD = 'hello'"})
    await ground.environments().update("stats", ground.log)
    assert await run(ground, "import greeting, ipykernel; print(greeting.WORD)") == "hello"
    course = await ground.course()
    top = ground.top / course.environment
    assert sorted(path.name for path in top.iterdir()) == ["complete.json", "venv"]
    module = next(top.rglob("greeting.py"))
    assert module.stat().st_mode & 0o777 == 0o444
    assert any("greeting-1.0" in line for line in ground.lines), ground.lines
    assert ground.lines[-1].startswith("Built: 1 package, ")
    state = await ground.environments().look(course)
    assert (state.is_current, state.asks, state.before) == (True, True, None)
    assert state.current is not None
    assert state.current.size > 1000


async def test_the_same_list_is_built_once_whoever_asks_and_however_often(ground: Ground) -> None:
    await ground.add("other")
    await ground.serve("v1", {"requirements.txt": "pip>=1\n"})
    await ground.serve("w1", {"requirements.txt": "pip>=1\n"}, name="other")
    environments = ground.environments()
    told = await asyncio.gather(
        environments.update("stats", ground.log),
        environments.update("stats", ground.log),
        environments.update("other", ground.log),
    )
    assert [each.sentence.startswith("Built,") for each in told] == [True, False, False]
    assert "nothing to build" in told[1].sentence
    assert "Built before" in told[2].sentence
    assert len(folders(ground)) == 1
    assert (await ground.course("other")).environment == (await ground.course()).environment


async def test_files_that_a_list_leads_to_make_each_version_its_own(ground: Ground) -> None:
    await ground.serve("v1", LIST, wheels={"greeting": "WORD = 1"})
    environments = ground.environments()
    await environments.update("stats", ground.log)
    await ground.serve("v2", LIST, wheels={"greeting": "WORD = 2"})
    await environments.update("stats", ground.log)
    assert await run(ground, "import greeting; print(greeting.WORD)") == "2"


async def test_paths_are_below_the_folder_of_the_list(ground: Ground) -> None:
    files = {"setup/needs.txt": "--no-index\n./wheels/greeting-1.0-py3-none-any.whl\n"}
    outline = Outline(requirements="setup/needs.txt")
    await ground.serve("v1", files, outline=outline)
    place = ground.places.version("stats", "v1") / "setup"
    make_wheel(place / "wheels", "greeting")
    await ground.environments().update("stats", ground.log)
    assert await run(ground, "import greeting; print(greeting.VERSION)") == "1.0"


async def test_what_cannot_be_installed_leaves_the_former_one(ground: Ground) -> None:
    await ground.serve("v1", LIST, wheels={"greeting": "WORD = 1"})
    environments = ground.environments()
    await environments.update("stats", ground.log)
    before = await ground.course()
    await ground.serve("v2", {"requirements.txt": f"{OFFLINE}no_such_thing_anywhere\n"})
    with pytest.raises(BuildFailed, match="end of the log"):
        await environments.update("stats", ground.log)
    assert any("no_such_thing_anywhere" in line for line in ground.lines)
    assert (await ground.course()).environment == before.environment
    assert folders(ground) == [before.environment]
    assert await run(ground, "import greeting; print(greeting.WORD)") == "1"


async def test_a_package_with_which_no_kernel_starts_is_refused(ground: Ground) -> None:
    await ground.serve(
        "v1", {"requirements.txt": f"{OFFLINE}zmq\n"}, wheels={"zmq": "raise SystemExit('old')"}
    )
    with pytest.raises(BuildFailed, match="no kernel starts"):
        await ground.environments().update("stats", ground.log)
    assert (await ground.course()).environment == ""
    assert folders(ground) == []


async def test_going_back_is_not_undone_by_the_next_update(ground: Ground) -> None:
    environments = ground.environments()
    await ground.serve("v1", LIST, wheels={"greeting": "WORD = 1"})
    await environments.update("stats", ground.log)
    first = (await ground.course()).environment
    ground.clock.advance(60)
    await ground.serve("v2", LIST, wheels={"greeting": "WORD = 2"})
    await environments.update("stats", ground.log)
    second = (await ground.course()).environment
    ground.clock.advance(60)
    await environments.roll_back("stats")
    assert (await ground.course()).environment == first
    assert await run(ground, "import greeting; print(greeting.WORD)") == "1"
    state = await environments.look(await ground.course())
    assert (state.was_set_aside, state.is_current) == (True, False)
    left = await environments.update("stats", ground.log, by_hand=False)
    assert ("went back" in left.sentence, left.has_changed) == (True, False)
    assert (await ground.course()).environment == first
    again = await environments.update("stats", ground.log)
    assert ("Built before" in again.sentence, again.version) == (True, "v2")
    assert (await ground.course()).environment == second


async def test_going_back_from_the_first_leads_to_the_default_kernel(ground: Ground) -> None:
    environments = ground.environments()
    await ground.serve("v1", LIST, wheels={"greeting": "WORD = 1"})
    await environments.update("stats", ground.log)
    assert "default kernel" in await environments.roll_back("stats")
    assert json.loads((ground.places.notebooks / INDEX).read_text()) == {}
    with pytest.raises(Conflict, match="nothing to go back from"):
        await environments.roll_back("stats")


async def test_a_course_that_names_no_packages_any_more_has_the_default_kernel(
    ground: Ground,
) -> None:
    environments = ground.environments()
    await ground.serve("v1", LIST, wheels={"greeting": "WORD = 1"})
    await environments.update("stats", ground.log)
    await ground.serve("v2", {"requirements.txt": "# nothing\n"})
    done = await environments.update("stats", ground.log)
    assert ("default kernel" in done.sentence, done.has_changed) == (True, True)
    assert (await ground.course()).environment == ""
    assert not (await environments.update("stats", ground.log)).has_changed


async def test_anew_builds_what_has_not_changed(ground: Ground) -> None:
    environments = ground.environments()
    await ground.serve("v1", LIST, wheels={"greeting": "WORD = 1"})
    await environments.update("stats", ground.log)
    first = (await ground.course()).environment
    await environments.update("stats", ground.log, anew=True)
    assert (await ground.course()).environment != first
    assert len(folders(ground)) == 2


async def test_built_anew_again_and_again_does_not_fill_the_disk(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments_module, "MOST_KEPT", 1)
    environments = ground.environments()
    await ground.serve("v1", {"requirements.txt": "pip>=1\n"})
    await environments.update("stats", ground.log)
    before = folders(ground)
    with pytest.raises(Conflict, match="a week after"):
        await environments.update("stats", ground.log, anew=True)
    assert folders(ground) == before


async def test_what_nobody_used_for_a_while_goes_and_one_to_go_back_to_stays(
    ground: Ground,
) -> None:
    environments = ground.environments()
    await ground.serve("v1", {"requirements.txt": "pip>=1\n"})
    names = []
    for _ in range(3):
        await environments.update("stats", ground.log, anew=True)
        names.append((await ground.course()).environment)
        ground.clock.advance(60)
    (ground.top / "half").mkdir()
    await environments.sweep()
    assert folders(ground) == sorted(names)
    ground.clock.advance(8 * DAY)
    await environments.sweep()
    assert folders(ground) == sorted(names[1:])
    rows = await ground.store.read(course_environments.of_course, "stats")
    assert [row.name for row in rows] == [names[2], names[1]]


async def test_an_environment_of_another_python_is_not_offered(ground: Ground) -> None:
    environments = ground.environments()
    await ground.serve("v1", {"requirements.txt": "pip>=1\n"})
    await environments.update("stats", ground.log)
    other = ground.environments(python="/opt/elsewhere/bin/python")
    assert await other.open() == ["stats"]
    assert json.loads((ground.places.notebooks / INDEX).read_text()) == {}
    assert await environments.open() == []
    assert await run(ground, "import ipykernel; print(1)") == "1"


async def test_a_course_without_a_version_or_archived_is_told(ground: Ground) -> None:
    with pytest.raises(Conflict, match="no version yet"):
        await ground.environments().update("stats", ground.log)


async def test_a_build_that_takes_too_long_or_is_given_up_leaves_nothing(ground: Ground) -> None:
    await ground.serve("v1", LIST, wheels={"greeting": "WORD = 1"})
    with pytest.raises(BuildFailed, match="given up"):
        await ground.environments(seconds=0.5).update("stats", ground.log)
    environments = ground.environments()
    building = asyncio.ensure_future(environments.update("stats", ground.log))
    await asyncio.sleep(0.3)
    environments.close()
    with pytest.raises(BuildFailed, match="Sifu was stopped"):
        await building
    assert folders(ground) == []


async def test_a_disk_that_fills_up_leaves_the_former_one(ground: Ground) -> None:
    await ground.serve("v1", LIST, wheels={"greeting": "WORD = 1"})
    with pytest.raises(BuildFailed, match="disk is nearly full"):
        await ground.environments(reserved=1 << 60).update("stats", ground.log)
    assert folders(ground) == []
