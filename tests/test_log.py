import json
import os
import pty
import subprocess
import sys

from proxy.log import redact

PROGRAM = """
import logging, structlog
from proxy import log
log.configure(program="front", level="{level}")
{body}
"""


def run(body, level="INFO", **options):
    code = PROGRAM.format(body=body, level=level)
    return subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, text=True, **options
    )


def lines_of(body, level="INFO"):
    done = run(body, level, capture_output=True)
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_line_is_json_with_its_program_and_its_time():
    (line,) = lines_of('structlog.get_logger().info("server.started", server="ada/home")')
    assert line["event"] == "server.started"
    assert (line["program"], line["server"], line["level"]) == ("front", "ada/home", "info")
    assert line["timestamp"].endswith("Z")


def test_a_line_break_in_a_value_makes_no_second_line():
    (line,) = lines_of('structlog.get_logger().info("x", path="/a" + chr(10) + "b")')
    assert line["path"] == "/a\nb"


def test_what_sounds_secret_is_hidden_whoever_says_it():
    lines = lines_of(
        "structlog.contextvars.bind_contextvars(session_cookie='hunter2')\n"
        "structlog.get_logger().info('x', Authorization='hunter2', token_id='hunter2',"
        " new_password='hunter2', identity_key='hunter2', query='code=hunter2')\n"
        "logging.getLogger('aiohttp').warning('%s', 'a library')"
    )
    assert "hunter2" not in str(lines)
    assert lines[0]["Authorization"] == "[hidden]"
    assert lines[1]["event"] == "a library"


def test_libraries_come_through_the_same_door():
    (line,) = lines_of("logging.getLogger('sqlalchemy').error('broken')")
    assert (line["event"], line["level"], line["program"]) == ("broken", "error", "front")


def test_what_is_below_the_level_is_not_written():
    body = "structlog.get_logger().info('quiet'); structlog.get_logger().warning('loud')"
    assert [line["event"] for line in lines_of(body, "WARNING")] == ["loud"]


def test_an_exception_is_one_line_with_its_stack():
    body = "try: 1/0\nexcept ZeroDivisionError: structlog.get_logger().exception('broken')"
    (line,) = lines_of(body)
    assert "ZeroDivisionError" in line["exception"]


def test_a_terminal_gets_something_to_read():
    ours, theirs = pty.openpty()
    try:
        run('structlog.get_logger().info("server.started")', stdout=theirs)
        shown = os.read(ours, 4096).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "server.started" in shown
    assert not shown.startswith("{")


def test_keys_are_judged_in_any_case_and_the_rest_is_kept():
    event = {"event": "x", "API_TOKEN": "a", "Set-Cookie": "b", "path": "/", "status": 200}
    assert redact(None, "info", dict(event)) == event | {
        "API_TOKEN": "[hidden]",
        "Set-Cookie": "[hidden]",
    }


def test_a_malformed_request_is_not_quoted():
    body = (
        "from aiohttp.http_exceptions import BadHttpMessage\n"
        "try: raise BadHttpMessage('Cookie: hunter2')\n"
        "except BadHttpMessage as problem:\n"
        "    logging.getLogger('aiohttp.server').error('x', exc_info=problem)\n"
        "logging.getLogger('aiohttp.server').error('something else')"
    )
    assert [line["event"] for line in lines_of(body)] == ["something else"]
