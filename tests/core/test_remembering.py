from proxy.core.remembering import remember_short


def test_short_rows_are_worked_out_once_and_long_ones_each_time() -> None:
    asked: list[tuple[tuple[bytes, ...], bool]] = []

    @remember_short(number=2, longest=4)
    def answer(row: tuple[bytes, ...], loud: bool) -> int:
        asked.append((row, loud))
        return len(row)

    for _ in range(3):
        assert answer((b"ab", b"cd"), True) == 2
        assert answer((b"ab", b"cde"), True) == 2
    assert asked.count(((b"ab", b"cd"), True)) == 1
    assert asked.count(((b"ab", b"cde"), True)) == 3


def test_the_number_is_bounded() -> None:
    asked: list[tuple[bytes, ...]] = []

    @remember_short(number=2, longest=9)
    def answer(row: tuple[bytes, ...]) -> None:
        asked.append(row)

    for name in (b"a", b"b", b"c", b"a"):
        answer((name,))
    assert len(asked) == 4
