import pytest

from proxy.web.still_pages import STILL, headers_to_save, still_page


def test_a_page_is_html_in_a_sandbox():
    answer = still_page(b"<b>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox ")
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("name", ['a"b.txt', "a\r\nX-Evil: 1", "é ü.bin", "a;b=c", "%41"])
def test_a_name_cannot_become_another_header(name):
    told = headers_to_save(name)["Content-Disposition"]
    assert told.startswith("attachment; filename*=UTF-8''")
    assert not set('\r\n";= ') & set(told.partition("''")[2])


def test_what_is_saved_is_never_shown():
    headers = headers_to_save("page.html")
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Security-Policy"] == STILL["Content-Security-Policy"]
