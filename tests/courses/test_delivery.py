"""What people are told is what they would not expect, by name and within bounds."""

from proxy.courses.delivery import Beside, Delivery, Progress


def test_what_goes_as_usual_needs_no_sentence() -> None:
    assert Delivery(added=3, updated=2).sentences == []


def test_each_surprise_is_named() -> None:
    told = Delivery(
        beside=(Beside("w/a.ipynb", "a (new version 2026-11-28).ipynb"),),
        copies=(Beside("b.ipynb", "b (my copy 2026-11-28).ipynb"),),
        blocked=("stats/week 1",),
    ).sentences
    assert ["w/a.ipynb" in told[0], "new version 2026" in told[0]] == [True, True]
    assert "my copy 2026" in told[1]
    assert "stats/week 1" in told[2]
    assert "Rename it" in told[2]


def test_a_thousand_surprises_are_not_all_named() -> None:
    progress = Progress(added=1)
    progress.beside += [Beside(str(number), "x") for number in range(1000)]
    found = progress.as_delivery(is_whole=False)
    assert (found.added, len(found.beside), found.is_whole) == (1, 50, False)
