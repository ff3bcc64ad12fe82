from proxy.courses.kept_pages import FRESH_SECONDS, KeptPages


def test_a_page_is_found_while_it_is_fresh(clock):
    kept = KeptPages(clock)
    kept.keep(b"a", b"page")
    assert kept.find(b"a") == b"page"
    assert kept.find(b"b") is None
    clock.advance(FRESH_SECONDS)
    assert kept.find(b"a") is None
    assert kept.size == 0


def test_there_is_never_more_than_fits_and_the_oldest_goes_first(clock):
    kept = KeptPages(clock, most_bytes=10)
    for name in (b"a", b"b", b"c"):
        kept.keep(name, b"12345")
    assert kept.find(b"a") is None
    assert kept.find(b"c") == b"12345"
    assert kept.size == 10
    kept.keep(b"d", b"x" * 11)
    assert kept.find(b"d") is None
    assert kept.size == 10


def test_the_same_page_again_counts_once(clock):
    kept = KeptPages(clock, most_bytes=10)
    kept.keep(b"a", b"12345")
    kept.keep(b"a", b"12345")
    assert kept.size == 5
