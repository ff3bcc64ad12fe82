"""Files that Beanstalk would write with another mode than was meant, or not at all."""

import pytest

from tests.deploy.sections import reason, reasons


@pytest.mark.parametrize("mode", ["'000755'", "'0644'", "'644'", '"120400"', "644"])
def test_right_modes_pass(mode):
    assert reasons(f"files: {{/tmp/a: {{mode: {mode}, content: x}}}}") == []


@pytest.mark.parametrize("mode", ["'rwxr-xr-x'", "'000888'", "'7'", "''", "[1]", "'200644'"])
def test_other_modes_are_told(mode):
    assert "is no file's mode" in reason(f"files: {{/tmp/a: {{mode: {mode}, content: x}}}}")


def test_an_unquoted_mode_is_another_number():
    assert "quotation marks" in reason("files: {/tmp/a: {mode: 000755, content: x}}")


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("tmp/a: {content: x}", "path from / on"),
        ("/tmp/a: {}", "one of content and source"),
        ("/tmp/a: {content: x, source: 'https://example.org'}", "one of content and source"),
        ("/tmp/a: {content: x, encoding: utf-8}", "plain or base64"),
        ("/tmp/a: {content: x, owners: root}", "Did you mean “owner”?"),
        ("/tmp/a: x", "should hold keys"),
        ("/tmp/a: {source: [x]}", "should be a text"),
    ],
)
def test_what_cannot_be_written_is_told(file, part):
    assert part in reason(f"files: {{{file}}}")


def test_a_content_with_a_function_passes():
    text = 'files: {/tmp/a: {content: {"Fn::Join": ["", [a, {Ref: AWSEBSecurityGroup}]]}}}'
    assert reasons(text) == []
