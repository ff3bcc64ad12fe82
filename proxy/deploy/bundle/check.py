"""All that can be known to be wrong with a bundle before Amazon sees it.

Pure: entries in, problems out. Promises: problems name the file of the checkout, in order of file
and line.
"""

from collections.abc import Collection, Iterator, Sequence

from proxy.deploy.bundle.context import check_context
from proxy.deploy.bundle.dockerfile import first_exposed
from proxy.deploy.bundle.hooks import check_hooks
from proxy.deploy.bundle.layout import Entry
from proxy.deploy.bundle.secrets import find_secrets
from proxy.deploy.configs.check import check_configs
from proxy.deploy.configs.dockerrun import NAME, check_dockerrun
from proxy.deploy.configs.problem import Problem, Remark
from proxy.deploy.configs.reading import read_json

# https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/applications-sourcebundle.html
MOST_BYTES = 512_000_000


def check_entries(entries: Sequence[Entry], names: Collection[str] | None) -> list[Problem]:
    """Return what is wrong; `names`: those that `SIFU_*` properties may have, None: any."""
    problems = [*_check_whole(entries), *check_hooks(entries), *_check_texts(entries)]
    texts = {entry.name: _text(entry) for entry in entries}
    sources = {entry.name: entry.source for entry in entries}
    configs = {
        sources[name]: text
        for name, text in sorted(texts.items())
        if name.startswith(".ebextensions/") and text is not None
    }
    problems += check_configs(configs, names)
    dockerfile = texts.get("Dockerfile") or ""
    ignored = texts.get(".dockerignore") or ""
    remarks = check_context(dockerfile, ignored, sources)
    problems += [remark.within("Dockerfile") for remark in remarks]
    dockerrun = texts.get(NAME)
    if dockerrun is not None:
        found = check_dockerrun(dockerrun, first_exposed(dockerfile))
        problems += [remark.within(NAME) for remark in found]
    return sorted(set(problems))


def _check_whole(entries: Sequence[Entry]) -> Iterator[Problem]:
    size = sum(len(entry.data) for entry in entries)
    if size > MOST_BYTES:
        largest = max(entries, key=lambda entry: len(entry.data))
        said = f"the bundle has {size // 1_000_000} MB and Beanstalk takes 512"
        yield Problem(largest.source, 0, f"{said}; this is its largest file.")
    places: dict[str, str] = {}
    for entry in entries:
        first = places.setdefault(entry.name, entry.source)
        if first != entry.source:
            yield Problem(entry.source, 0, f"has the same place in the bundle as {first}.")


def _check_texts(entries: Sequence[Entry]) -> Iterator[Problem]:
    for entry in entries:
        yield from (remark.within(entry.source) for remark in find_secrets(entry.data))
        if not entry.name.endswith((".json", ".config")):
            continue
        text = _text(entry)
        if text is None:
            yield Remark(0, "is not a text in UTF-8.").within(entry.source)
        elif entry.name.endswith(".json") and entry.name != NAME:
            yield from (remark.within(entry.source) for remark in read_json(text).remarks)


def _text(entry: Entry) -> str | None:
    try:
        return entry.data.decode("utf-8")
    except UnicodeDecodeError:
        return None
