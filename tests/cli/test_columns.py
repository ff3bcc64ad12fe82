from proxy.cli.columns import align_rows, format_time


def test_columns_are_as_wide_as_their_widest_cell():
    assert align_rows([("a", "b"), ("long", "c")]) == ["a     b", "long  c"]


def test_a_label_cannot_steer_the_terminal():
    assert align_rows([("\x1b[2J", "a\nb")]) == ["·[2J  a·b"]


def test_no_rows_give_no_lines():
    assert align_rows([]) == []


def test_times_are_utc_and_never_is_a_hyphen():
    assert format_time(1_800_000_000.0) == "2027-01-15 08:00Z"
    assert format_time(None) == "-"
