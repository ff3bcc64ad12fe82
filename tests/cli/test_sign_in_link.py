from secrets import token_urlsafe
from urllib.parse import parse_qs, urlsplit

from proxy.cli.sign_in_link import make_sign_in_link
from proxy.core.credentials import hash_secret
from proxy.store import sign_in_links, users


def code_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["code"][0]


def make(installed, settings, now):
    person = installed.read_now(users.find, "bob")
    link = make_sign_in_link(
        installed, settings, person, until=now + 3600, random_text=token_urlsafe
    )
    return person, link


def test_a_link_signs_its_person_in_once(installed, settings):
    person, link = make(installed, settings, 1000.0)
    assert link.startswith("http://127.0.0.1:13700/sign-in?code=")
    kept = hash_secret(code_of(link))
    assert installed.write_now(sign_in_links.consume, kept, 1001.0) == person.id
    assert installed.write_now(sign_in_links.consume, kept, 1002.0) is None


def test_a_link_expires(installed, settings):
    _, link = make(installed, settings, 1000.0)
    too_late = 1000.0 + 3600 + 1
    assert installed.write_now(sign_in_links.consume, hash_secret(code_of(link)), too_late) is None
