"""All `.config` files of a bundle, judged together.

Pure: text in, problems out. Promises: any text gives problems or none, never an exception; at most
`MOST` a file.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from proxy.deploy.configs.problem import Problem
from proxy.deploy.configs.references import find_lost_references
from proxy.deploy.configs.sections import Contents, read_sections
from proxy.deploy.options.check import check_setting
from proxy.deploy.options.conflicts import find_conflicts

MOST = 100


def check_configs(files: Mapping[str, str], names: Collection[str] | None) -> list[Problem]:
    """Return what is wrong with configuration files, path → text, in order of file and line.

    `files` are in the order that Beanstalk reads them in, which is that of their names in
    `.ebextensions`. `names`: those that `SIFU_*` properties may have; None: any.
    """
    contents = {path: read_sections(text) for path, text in files.items()}
    problems: set[Problem] = set()
    for path, content in contents.items():
        problems.update(islice(_of_one(path, content, names), MOST))
    settings = {path: content.settings for path, content in contents.items()}
    problems.update(islice(find_conflicts(settings), MOST))
    roots = {path: content.root for path, content in contents.items() if content.root}
    problems.update(islice(find_lost_references(roots), MOST))
    return sorted(problems)


def _of_one(path: str, content: Contents, names: Collection[str] | None) -> Iterator[Problem]:
    for remark in content.remarks:
        yield remark.within(path)
    for setting in content.settings:
        for remark in check_setting(setting, names):
            yield remark.within(path)
