"""What becomes of a notebook, and of a process that does not do what it should."""

import asyncio
import os
import signal
import sys
from hashlib import sha256
from pathlib import Path
from threading import get_ident

import pytest

from proxy.core.errors import Conflict, PayloadTooLarge, SifuError, UnprocessableInput
from proxy.courses import rendering
from proxy.courses.rendering import MOST_NOTEBOOK_BYTES, PageWords, Renderer, _command_for
from proxy.tasks import spawn
from tests.courses.notebooks import honest, hostile

WORDS = PageWords("A title", facts="stats/means.ipynb")
UIDS = range(100_000, 165_536)
BOUND = "from proxy.courses.rendering_child import bound; bound(); import os, sys, time; "


def program(text: str) -> list[str]:
    return [sys.executable, "-I", "-c", BOUND + text]


@pytest.fixture
def renderer(clock):
    return Renderer(clock, UIDS)


async def test_a_notebook_becomes_a_page(renderer):
    page = await renderer.render(honest(), WORDS, who="ada")
    assert b"<title>A title</title>" in page
    assert b"stats/means.ipynb" in page


async def test_a_hostile_one_becomes_a_page_too(renderer):
    page = await renderer.render(hostile(), WORDS, who="ada")
    assert b"Hostile {{ 7 * 7 }}" in page
    assert b"<script" not in page


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"no notebook", UnprocessableInput, "cannot be read as a notebook"),
        (b"[" * 50_000 + b"]" * 50_000, UnprocessableInput, "cannot be read as a notebook"),
        (b"x" * (MOST_NOTEBOOK_BYTES + 1), PayloadTooLarge, "20 MiB"),
    ],
    ids=["nonsense", "deep", "large"],
)
async def test_what_cannot_be_shown_is_told_in_a_sentence(renderer, content, kind, said):
    with pytest.raises(kind, match=said):
        await renderer.render(content, WORDS, who="ada")


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("time.sleep(60)", UnprocessableInput, "took too long"),
        ("x = bytearray(2**31)", Conflict, "failed"),
        ("\nwhile True: sys.stdout.write('x' * 2**20)", Conflict, "failed"),
        ("os.kill(os.getpid(), 9)", PayloadTooLarge, "too large"),
        ("os.kill(os.getpid(), 24)", UnprocessableInput, "took too long"),
        ("os._exit(0)", Conflict, "failed"),
        ("os._exit(1)", Conflict, "failed"),
        ("\nwhile True: sys.stderr.write('x' * 2**20)", Conflict, "failed"),
    ],
    ids=["hangs", "eats", "prints", "killed", "computes", "silent", "fails", "complains"],
)
async def test_a_process_that_goes_wrong_ends_in_time_and_in_a_sentence(clock, text, kind, said):
    renderer = Renderer(clock, UIDS, command=program(text), patience=3.0)
    with pytest.raises(kind, match=said):
        await renderer.render(honest(), WORDS, who="ada")


async def test_one_that_was_killed_is_told_and_the_next_one_works(clock, tmp_path):
    note = tmp_path / "pid"
    text = f"open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    renderer = Renderer(clock, UIDS, command=program(text))
    asked = spawn(_outcome(renderer, "ada"), name="asked")
    os.kill(await _pid(note), signal.SIGKILL)
    assert isinstance(await asked, PayloadTooLarge)
    assert await Renderer(clock, UIDS).render(honest(), WORDS, who="ada")


async def test_who_hangs_up_takes_the_process_along(clock, tmp_path):
    note = tmp_path / "pid"
    text = f"open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    renderer = Renderer(clock, UIDS, command=program(text))
    asked = spawn(_outcome(renderer, "ada"), name="asked")
    pid = await _pid(note)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists():
            break
        await asyncio.sleep(0.02)
    else:
        pytest.fail("the process lives on")


async def test_few_of_one_person_and_not_too_many_in_all(clock, tmp_path):
    may_end = tmp_path / "may-end"
    waits = program(f"\nwhile not os.path.exists({str(may_end)!r}): time.sleep(0.01)\nprint(1)")
    renderer = Renderer(clock, UIDS, command=waits, patience=20.0)
    ways = [spawn(_outcome(renderer, f"p{number // 3}"), name="asked") for number in range(36)]
    async with asyncio.timeout(20):
        while sum(each.done() for each in ways) < 36 - 22:  # who is refused is refused at once
            await asyncio.sleep(0.01)
    await asyncio.to_thread(may_end.touch)
    found = await asyncio.gather(*ways)
    own = [each for each in found if isinstance(each, Conflict) and "yours" in each.public]
    full = [each for each in found if isinstance(each, Conflict) and "many" in each.public]
    made = [each for each in found if isinstance(each, bytes)]
    assert len(own) >= 11  # the third of each who had two in the queue
    assert len(made) == 22
    assert len(full) == 36 - len(own) - len(made)
    assert await _outcome(renderer, "p0") == b"1\n"  # and then there is room again


async def test_a_large_one_holds_up_nobody_while_it_is_looked_for(clock, monkeypatch):
    threads = []

    def digest(text):
        threads.append(get_ident())
        return sha256(text)

    monkeypatch.setattr(rendering, "sha256", digest)
    renderer = Renderer(clock, UIDS, command=program("print('page')"))
    await renderer.render(honest(), WORDS, who="ada")
    assert threads != []
    assert get_ident() not in threads


async def test_the_same_again_costs_no_process(clock, tmp_path):
    note = tmp_path / "starts"
    renderer = Renderer(
        clock, UIDS, command=program(f"open({str(note)!r}, 'a').write('x'); print('page')")
    )
    for _ in range(3):
        assert await renderer.render(honest(), WORDS, who="ada") == b"page\n"
    assert note.read_text() == "x"
    await renderer.render(honest(), PageWords("Another title"), who="ada")
    assert note.read_text() == "xx"


async def test_the_process_inherits_nothing(clock, monkeypatch):
    monkeypatch.setenv("SIFU_SECRET", "s" * 40)
    text = "print(sorted(os.environ), os.getcwd(), sorted(os.listdir('/proc/self/fd')))"
    renderer = Renderer(clock, UIDS, command=program(text))
    said = (await renderer.render(honest(), WORDS, who="ada")).decode()
    assert "SIFU" not in said
    assert "/nonexistent" not in said  # only the names are printed
    assert said.startswith("['HOME', 'LANG'")
    assert said.count("'") == 2 * (said.split("]")[0].count(",") + 1 + 4)  # three and the listing's


def test_as_root_it_gets_an_account_that_is_nobodys(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert _command_for(UIDS)[-1] == "65533"
    assert _command_for(range(65_500, 65_534))[-1] == "65499"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert _command_for(UIDS)[-1] == "proxy.courses.rendering_child"


async def _outcome(renderer: Renderer, who: str) -> bytes | SifuError:
    try:
        return await renderer.render(honest(), PageWords(f"{who}{id(who)}"), who=who)
    except SifuError as refusal:
        return refusal


async def _pid(note: Path) -> int:
    for _ in range(500):
        if note.exists() and note.read_text():
            return int(note.read_text())
        await asyncio.sleep(0.02)
    raise AssertionError("it did not start")
