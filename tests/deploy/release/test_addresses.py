from dataclasses import replace

from proxy.deploy.release.addresses import choose_prefix, find_addresses
from tests.deploy.conftest import read

CNAME = "Mine.eu-central-1.elasticbeanstalk.com"


def test_each_port_is_an_address_of_its_own():
    found = find_addresses(read(), CNAME)
    assert found.front == "http://mine.eu-central-1.elasticbeanstalk.com:3334"
    assert found.notebooks == "http://mine.eu-central-1.elasticbeanstalk.com:3335"


def test_a_domain_and_a_certificate_make_https():
    template = replace(read(), domain="sifu.school.test", certificate="arn:aws:acm:x")
    assert find_addresses(template, CNAME).front == "https://sifu.school.test:3334"


def test_one_port_is_one_address():
    found = find_addresses(replace(read(), one_port=True), CNAME)
    assert found.front == found.notebooks == "http://mine.eu-central-1.elasticbeanstalk.com"


def test_the_template_s_own_settings_win():
    template = replace(read(), settings={"SIFU_NOTEBOOK_URL": "https://nb.school.test"})
    assert find_addresses(template, CNAME).notebooks == "https://nb.school.test"


def test_a_made_prefix_is_the_same_each_time_and_another_in_another_account():
    one, other = (choose_prefix(read(), account) for account in ("111111111111", "222222222222"))
    assert one == choose_prefix(read(), "111111111111")
    assert one != other
    assert one.startswith("sifu-test-")
    assert choose_prefix(replace(read(), address="mine"), "1") == "mine"
