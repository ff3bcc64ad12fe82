"""Are these settings of options ones that Beanstalk knows, with values that it takes?

Pure. Must not: read files; know where a setting stands, but for its line.
"""

from collections.abc import Collection, Iterator

from proxy.deploy.configs.problem import Remark, quote, suggest
from proxy.deploy.options.kinds import accepts, advise, parse_kind
from proxy.deploy.options.settings import Setting
from proxy.deploy.options.table import ANY, OPEN, PATHS, find_options, list_namespaces
from proxy.deploy.options.variables import check_variable

_OTHER_PLATFORMS = "aws:elasticbeanstalk:container:"


def check_setting(setting: Setting, names: Collection[str] | None) -> Iterator[Remark]:
    """Yield what is wrong with a setting; `names`: see `check_variable`."""
    options = find_options(setting.namespace)
    if options is None:
        yield Remark(setting.line, _unknown_namespace(setting.namespace))
        return
    opened = next((name for name in options if name in OPEN), None)
    if opened is None:
        reason = _judge_option(setting, options.get(setting.option), options)
    elif opened == PATHS:
        reason = _judge_path(setting)
    else:
        reason = "" if opened == ANY else check_variable(setting, names)
        reason = reason or _judge_value(setting, options[opened])
    if reason:
        yield Remark(setting.line, reason)


def _unknown_namespace(namespace: str) -> str:
    if namespace.startswith(_OTHER_PLATFORMS):
        return f"the options of {quote(namespace)} are for other platforms than Docker."
    known = suggest(namespace, list_namespaces(namespace))
    return f"there is no namespace {quote(namespace)}.{known}"


def _judge_option(setting: Setting, kind: str | None, options: Collection[str]) -> str:
    if kind is None:
        said = f"{quote(setting.namespace)} has no option {quote(setting.option)}."
        return said + suggest(setting.option, options)
    return _judge_value(setting, kind)


def _judge_value(setting: Setting, written: str) -> str:
    kind = parse_kind(written)
    if setting.value is None or accepts(kind, setting.value):
        return ""
    said = f"{quote(setting.option)} cannot be {quote(setting.value)}"
    return f"{said}; {advise(kind, setting.value)}"


def _judge_path(setting: Setting) -> str:
    if setting.option.startswith("/"):
        return ""
    return f"{quote(setting.option)} is no path; it should begin with /."
