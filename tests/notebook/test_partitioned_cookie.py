"""The attribute that keeps Jupyter's XSRF cookie alive in a foreign page's frame."""

from http.cookies import SimpleCookie

from proxy.notebook.partitioned_cookie import allow_partitioned


def test_the_attribute_is_written_as_a_flag() -> None:
    allow_partitioned()
    allow_partitioned()
    cookie = SimpleCookie({"_xsrf": "abc"})
    cookie["_xsrf"]["partitioned"] = True
    assert cookie["_xsrf"].OutputString() == "_xsrf=abc; Partitioned"


def test_other_cookies_are_as_before() -> None:
    allow_partitioned()
    assert SimpleCookie({"a": "b"})["a"].OutputString() == "a=b"
