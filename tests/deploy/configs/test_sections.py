"""Beanstalk drops a whole file for one section that it does not know."""

from proxy.deploy.configs.sections import OPTIONS, SECTIONS, read_sections
from proxy.deploy.options.settings import Setting
from tests.deploy.sections import reason, reasons


def test_every_section_is_known():
    assert {OPTIONS, *SECTIONS} == {
        *("option_settings", "Resources", "Outputs", "Parameters", "Conditions", "Mappings"),
        *("files", "commands", "container_commands", "packages", "services", "users", "groups"),
        "sources",
    }


def test_a_misspelt_section_is_told():
    assert reason("option_setting: {}").endswith("Did you mean “option_settings”?")
    assert reason("resources: {}").endswith("Did you mean “Resources”?")


def test_a_file_without_sections_is_told():
    assert "should hold sections" in reason("[a, b]")
    assert "should hold sections" in reason("only words")


def test_an_empty_section_is_told():
    assert reason("commands:\n") == "commands holds nothing; leave it out."


def test_settings_and_remarks_are_told_apart():
    contents = read_sections("option_settings:\n  a:\n    b: c\n    d:\n")
    assert contents.settings == (Setting(3, "a", "b", "c"),)
    assert [remark.line for remark in contents.remarks] == [4]


def test_a_file_that_cannot_be_read_has_no_contents():
    contents = read_sections("a: b: c")
    assert (contents.settings, contents.root) == ((), None)


def test_merged_mappings_are_not_read_as_options():
    assert reasons("<<: {a: 1}") != []
