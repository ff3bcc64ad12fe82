"""Do two files set one option differently? Beanstalk takes the last by name without a word.

Pure. https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options.html, “Precedence”.
"""

from collections.abc import Iterator, Mapping, Sequence

from proxy.deploy.configs.problem import Problem, quote
from proxy.deploy.options.settings import Setting


def find_conflicts(files: Mapping[str, Sequence[Setting]]) -> Iterator[Problem]:
    """Yield each setting that contradicts an earlier one; `files` in Beanstalk's order.

    A value known only when the environment is made contradicts any other setting of its option.
    """
    first: dict[tuple[str, str, str], tuple[str, Setting]] = {}
    for path, settings in files.items():
        for setting in settings:
            key = (setting.namespace, setting.resource, setting.option)
            earlier_path, earlier = first.setdefault(key, (path, setting))
            if earlier is setting or (setting.value is not None and setting.value == earlier.value):
                continue
            where = f"line {earlier.line}" if path == earlier_path else f"{earlier_path}"
            where += "" if path == earlier_path else f":{earlier.line}"
            said = f"{quote(setting.option)} of {quote(setting.namespace)} is set differently in"
            yield Problem(path, setting.line, f"{said} {where}; keep one of them.")
