"""A notebook as a page that is only read: nbconvert with a template, a style and Markdown of ours.

Imported by the process that renders and by no other: nbconvert takes a second to load, and what it
is fed is anybody's. Promises: a page that needs no other address; math is shown as it was written;
of an output that lives by scripts a sentence is left. Must not: read a template or a setting of
anybody's, fetch anything, or run a cell.
"""

import re
from html import escape
from importlib.resources import files
from typing import Any, Final

import nbformat
from jinja2 import DictLoader, pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets.config import Config

_PRIORITY: Final = [
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
]
_TEMPLATE: Final = "sifu_page.html.j2"
_SCRIPT: Final = re.compile(r"<script\b.*?(?:</script\s*>|\Z)", re.DOTALL | re.IGNORECASE)
# What leads a page elsewhere; a policy within a page does not hold a refresh back.
_LEADS_AWAY: Final = re.compile(r"<(?:meta|base|link)\b[^>]*(?:>|\Z)", re.IGNORECASE)
_SHOWS: Final = re.compile(r"<(?:img|svg|table|video|audio|hr|math)\b", re.IGNORECASE)
_STYLE_OR_TAG: Final = re.compile(r"<style\b.*?</style\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_LEFT_OUT: Final = '<p class="left-out">An output that needs scripts is left out here.</p>'


class PageMaker:
    """Makes pages; one that was warmed up has loaded all that it needs from the disk."""

    def __init__(self) -> None:
        folder = files("proxy.courses") / "page"
        self._style = (folder / "page.css").read_text("utf-8")
        self._sample = (folder / "sample.json").read_text("utf-8")
        template = (folder / "page.html.j2").read_text("utf-8")
        self._exporter = _Exporter(  # type: ignore[no-untyped-call]
            config=Config({"NbConvertBase": {"display_data_priority": _PRIORITY}}),
            template_name="basic",
            template_file=_TEMPLATE,
            extra_loaders=[DictLoader({_TEMPLATE: template})],
            extra_template_basedirs=[],
            filters={"shown_html": shown_html},
        )

    def warm_up(self) -> None:
        """Make a page of our own, so that templates and the usual lexers are loaded."""
        page = {"title": "", "facts": "", "foot": ""}
        for language in ("ipython3", "r", "julia"):
            self.make(self._sample.replace("ipython3", language), page)

    def make(self, notebook: str, page: dict[str, str]) -> str:
        """Return the page; `page` has its title, facts and foot.

        What is no notebook raises whatever nbformat and nbconvert stumble over.
        """
        node = nbformat.reads(notebook, as_version=4)
        # They live by scripts, and nbconvert would look for them.
        node.metadata.pop("widgets", None)
        shown = {"back": "", "back_to": ""} | page | {"style": self._style}
        text, _ = self._exporter.from_notebook_node(node, {"page": shown})
        return str(text)


def shown_html(text: str) -> str:
    """Take scripts away, which would not run; say so where nothing else is left.

    For size, for readers and for saved copies: what holds is the policy of the answer.
    """
    rest = _still(text)
    if not _SCRIPT.search(text) or _SHOWS.search(rest) or _STYLE_OR_TAG.sub("", rest).strip():
        return rest
    return _LEFT_OUT


def _still(text: str) -> str:
    text = _LEADS_AWAY.sub("", _SCRIPT.sub("", text))
    # What was around may be the next tag (`<me<meta>ta …>`): a blank keeps it from being another.
    return _LEADS_AWAY.sub(" ", _SCRIPT.sub(" ", text))


class _Exporter(HTMLExporter):
    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        cell = context.get("cell", {})
        renderer = _Markdown(
            escape=False,
            allow_harmful_protocols=False,
            attachments=cell.get("attachments", {}),
            exclude_anchor_links=True,
        )
        return _still(MarkdownWithMath(renderer=renderer).render(source))


class _Markdown(IPythonRenderer):
    """Math is shown as somebody wrote it, and told from other text."""

    def block_math(self, body: str) -> str:
        return f'<code class="math block">{escape(body.strip())}</code>'

    def inline_math(self, body: str) -> str:
        return f'<code class="math">{escape(body)}</code>'

    def latex_environment(self, name: str, body: str) -> str:
        whole = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return f'<code class="math block">{escape(whole)}</code>'
