import base64
import json

import pytest

from proxy.core.load_balancer import BalancerToken, Signer, keys_address, read_token
from proxy.core.vouching import VouchingFault

NOW = 1_800_000_000.0
ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/sifu/50dc6c495c0c9188"
KNOWN = Signer(ARN, "client", "https://id.example")
HEADER = {
    "typ": "JWT",
    "kid": "a-key-1",
    "alg": "ES256",
    "iss": "https://id.example",
    "client": "client",
    "signer": ARN,
    "exp": NOW + 120,
}


def part(value, *, pad=True):
    text = base64.urlsafe_b64encode(
        value if isinstance(value, bytes) else json.dumps(value).encode()
    ).decode()
    return text if pad else text.rstrip("=")


def token(claims=None, *, pad=True, **header):
    kept = {name: value for name, value in (HEADER | header).items() if value is not ...}
    parts = [kept, claims or {"sub": "ann"}, b"s" * 64]
    return ".".join(part(each, pad=pad) for each in parts)


@pytest.mark.parametrize("pad", [True, False])
def test_the_padding_that_it_writes_is_read(pad):
    text = token(pad=pad)
    found = read_token(text, KNOWN, NOW)
    assert isinstance(found, BalancerToken)
    assert (found.key, found.claims, found.signature) == ("a-key-1", {"sub": "ann"}, b"s" * 64)
    assert found.signed.decode() == text.rpartition(".")[0]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"alg": "none"}, "token"),
        ({"alg": "HS256"}, "token"),
        ({"alg": "RS256"}, "token"),
        ({"alg": ...}, "token"),
        ({"kid": "../x"}, "token"),
        ({"kid": "a/b"}, "token"),
        ({"kid": ""}, "token"),
        ({"kid": ...}, "token"),
        ({"kid": "k" * 65}, "token"),
        ({"signer": ARN + "0"}, "signer"),
        ({"signer": ...}, "signer"),
        ({"signer": [ARN]}, "signer"),
        ({"client": "other"}, "client"),
        ({"client": ...}, "client"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"iss": ...}, "issuer"),
        ({"exp": NOW - 6}, "expired"),
        ({"exp": str(NOW)}, "token"),
        ({"exp": True}, "token"),
        ({"exp": ...}, "token"),
    ],
)
def test_a_token_of_somebody_else_is_refused_by_its_word(changes, fault):
    assert read_token(token(**changes), KNOWN, NOW) is VouchingFault(fault)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        token() + "=",
        "=" + token(),
        token().replace(".", ".=", 1),
        "é" + token(),
        "a" * 20_000,
        part({}) + "." + part(b"[]") + "." + part(b"s"),
        part(b'{"alg":"ES256","alg":"ES256"}') + "." + part({}) + "." + part(b"s"),
    ],
)
def test_what_is_no_token_is_refused(text):
    assert read_token(text, KNOWN, NOW) is VouchingFault.TOKEN


def test_keys_come_from_the_region():
    assert keys_address(ARN) == "https://public-keys.auth.elb.eu-west-1.amazonaws.com"
    gov = ARN.replace("arn:aws:", "arn:aws-us-gov:").replace("eu-west-1", "us-gov-west-1")
    assert keys_address(gov).startswith("https://s3-us-gov-west-1.amazonaws.com/")
    with pytest.raises(ValueError, match="region"):
        keys_address(ARN.replace("eu-west-1", "evil.example/"))
