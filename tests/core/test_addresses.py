import pytest

from proxy.core.addresses import is_secure_address


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://id.example.org/a", True),
        ("http://localhost:8080/a", True),
        ("http://[::1]:8080/a", True),
        ("http://id.example.org/a", False),
        ("https://a@id.example.org/", False),
        ("https://id.example.org/#a", False),
        ("https://id.example.org/#", False),
        ("https://id.example.org\\@evil.example/", False),
        ("https://id.example.org:x/", False),
        ("https://[::1", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("file:///etc/passwd", False),
        ("data:application/json,{}", False),
        ("//id.example.org/keys", False),
        ("http://127.0.0.1.evil.example/keys", False),
        ("https://id.example.org/a b", False),
        ("", False),
        (None, False),
        ("https://id.example.org/" + "a" * 2048, False),
        ("https://id.example.org/\n", False),
    ],
)
def test_addresses_are_secure_or_none(address, good):
    assert is_secure_address(address) is good
