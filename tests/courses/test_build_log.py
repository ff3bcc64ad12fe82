"""A build may print what it likes."""

from proxy.courses.build_log import LAST_LINES, MOST_LINE, BuildLog


def test_the_beginning_and_the_end_are_kept() -> None:
    kept: list[str] = []
    log = BuildLog(kept.append, most=10)
    for number in range(1000):
        log.line(f"line {number}\n")
    log.close()
    assert kept[:10] == [f"line {number}" for number in range(10)]
    assert kept[10] == f"… {990 - LAST_LINES} more lines are not kept …"
    assert kept[-1] == "line 999"
    assert len(kept) == 11 + LAST_LINES


def test_short_ones_are_whole() -> None:
    kept: list[str] = []
    log = BuildLog(kept.append, most=2)
    for text in ("a", "b", "c"):
        log.line(text)
    log.close()
    assert kept == ["a", "b", "c"]


def test_a_line_is_printable_short_and_without_a_password() -> None:
    kept: list[str] = []
    log = BuildLog(kept.append)
    log.line("Looking in https://ann:secret@index.example.org/simple\x1b[31m\r\n")
    log.line("x" * 100_000)
    assert "secret" not in kept[0]
    assert "index.example.org" in kept[0]
    assert "\x1b" not in kept[0]
    assert len(kept[1]) == MOST_LINE
