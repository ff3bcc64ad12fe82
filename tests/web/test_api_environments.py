"""Packages of courses for scripts: the same people, the same acts, nobody waits."""

import json

from tests.courses.environments import OFFLINE
from tests.web.environment_front import Schoolroom

HERE = "/api/courses/stats/environment"
JSON = {"Content-Type": "application/json"}


async def test_a_script_begins_a_build_and_asks_what_came_of_it(school: Schoolroom) -> None:
    files = {"requirements.txt": f"{OFFLINE}greeting\n"}
    await school.ground.serve("v1", files, wheels={"greeting": "WORD = 1"})
    found = json.loads((await school.pages.ask("GET", HERE, "bob")).text)
    assert (found["in_use"], found["building"], found["since"]) == (False, False, None)
    begun = await school.pages.ask("POST", f"{HERE}/build", "bob")
    assert begun.status == 202
    assert json.loads(begun.text)["building"] is True
    await school.jobs.release()
    found = json.loads((await school.pages.ask("GET", HERE, "bob")).text)
    assert (found["in_use"], found["is_current"], found["packages"]) == (True, True, 1)
    assert (found["kernel"], found["version"]) == ("Python (stats)", "v1")
    log = json.loads((await school.pages.ask("GET", f"{HERE}/log", "bob")).text)
    assert any("greeting" in line for line in log["lines"])
    told = await school.pages.ask("POST", f"{HERE}/rollback", "bob")
    assert "default kernel" in json.loads(told.text)["message"]
    anew = await school.pages.ask(
        "POST", f"{HERE}/build", "bob", data='{"anew": true}', headers=JSON
    )
    assert anew.status == 202
    await school.jobs.release()
    assert (await school.ground.course()).environment != ""


async def test_a_failed_build_says_why(school: Schoolroom) -> None:
    await school.ground.serve("v1", {"requirements.txt": f"{OFFLINE}no_such_thing_anywhere\n"})
    await school.pages.ask("POST", f"{HERE}/build", "bob")
    await school.jobs.release()
    found = json.loads((await school.pages.ask("GET", HERE, "bob")).text)
    assert "the end of the log" in found["problem"]


async def test_nobody_else_may(school: Schoolroom) -> None:
    for method, path in (("GET", HERE), ("POST", f"{HERE}/build"), ("POST", f"{HERE}/rollback")):
        assert (await school.pages.ask(method, path, "ada")).status == 403
        assert (await school.pages.ask(method, path)).status == 401
    assert school.jobs.jobs == {}
