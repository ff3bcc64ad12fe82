"""Our keys for learning platforms: one file, private, the same for all programs."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from proxy.auth import lti_keys
from proxy.auth.lti_keys import FILE, LtiKeys, make_file, read_keys
from proxy.core.errors import SifuError
from proxy.core.verification_keys import fitting_keys, published_keys


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def new_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


async def test_what_is_signed_is_verified_with_what_is_published(tmp_path: Path) -> None:
    keys = LtiKeys(tmp_path / FILE)
    token = await keys.sign({"iss": "client-7", "aud": "them"})
    header = jwt.get_unverified_header(token)
    assert header["alg"] == "RS256"
    found = fitting_keys(published_keys(await keys.published()) or [], header["kid"], "RS256")
    assert len(found) == 1
    claims = jwt.decode(token, jwt.PyJWK(dict(found[0])), ["RS256"], audience="them")
    assert claims["iss"] == "client-7"


async def test_nothing_private_is_published(tmp_path: Path) -> None:
    published = await LtiKeys(tmp_path / FILE).published()
    assert set(published["keys"][0]) == {"kty", "n", "e", "kid", "alg", "use"}


async def test_the_file_is_ours_alone_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    await LtiKeys(tmp_path / FILE).published()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_many_who_make_it_at_once_have_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(make_file, [tmp_path / FILE] * 4))
    assert len(read_keys(tmp_path / FILE)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_two_programs_at_once_have_the_same(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys, pathlib\n"
        "from proxy.auth.lti_keys import LtiKeys\n"
        "keys = LtiKeys(pathlib.Path(sys.argv[1]))\n"
        "print(asyncio.run(keys.published())['keys'][0]['kid'])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / FILE)]
    programs = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    named = {program.communicate(timeout=60)[0] for program in programs}
    assert len(named) == 1
    assert named != {b""}


async def test_a_key_put_in_front_signs_and_the_old_one_stays_published(tmp_path: Path) -> None:
    keys = LtiKeys(tmp_path / FILE)
    old = jwt.get_unverified_header(await keys.sign({}))["kid"]
    (tmp_path / FILE).write_bytes(pem(new_key()) + b"\n" + (tmp_path / FILE).read_bytes())
    new = jwt.get_unverified_header(await keys.sign({}))["kid"]
    assert new != old
    assert [key["kid"] for key in (await keys.published())["keys"]] == [new, old]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(new_key(1024)),
    ],
    ids=["empty", "text", "broken", "elliptic", "short"],
)
async def test_a_file_that_is_none_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(SifuError) as refusal:
        await LtiKeys(tmp_path / FILE).sign({})
    assert "log" in refusal.value.public
    assert str(tmp_path) not in refusal.value.public


async def test_a_folder_in_which_nothing_can_be_made_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SifuError):
        await LtiKeys(tmp_path / "gone" / FILE).published()


async def test_names_are_thumbprints(tmp_path: Path) -> None:
    """The example of RFC 7638, 3.1."""
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP"
        "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY"
        "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f"
        "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )

    public = jwt.PyJWK({"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256"}).key
    assert lti_keys.thumbprint(public) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
