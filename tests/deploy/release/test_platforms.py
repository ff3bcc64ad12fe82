from proxy.deploy.release.platforms import BRANCH, choose_platform, read_platforms, version_key


def summaries(*versions, branch=BRANCH):
    return [
        {"PlatformVersion": each, "PlatformArn": f"arn:{each}", "PlatformBranchName": branch}
        for each in versions
    ]


def test_versions_are_numbers_not_texts():
    found = read_platforms(summaries("4.9.2", "4.10.0", "4.2.1"))
    assert [each.version for each in found] == ["4.10.0", "4.9.2", "4.2.1"]
    assert version_key("4.10.0") > version_key("4.10.0-beta")


def test_other_branches_are_left_out():
    other = summaries("9.9.9", branch="Docker running on 64bit Amazon Linux 2")
    assert [each.version for each in read_platforms(other + summaries("4.1.0"))] == ["4.1.0"]


def test_the_newest_or_the_named_one_is_chosen():
    found = read_platforms(summaries("4.9.2", "4.10.0"))
    assert choose_platform(found, "newest") == found[0]
    assert choose_platform(found, "4.9.2") == found[1]
    assert choose_platform(found, "3.0.0") is None
    assert choose_platform([], "newest") is None
