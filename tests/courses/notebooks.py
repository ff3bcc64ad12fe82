"""Notebooks for tests: an honest one, and one that tries everything."""

import base64
import json
from typing import Any

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HOSTILE_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" onload="{steal}"><script>{steal}</script>'
    "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='/'></iframe></foreignObject>"
    "</svg>"
)
# What a script would do if it ran with our origin; the page's address tells that it did.
STEAL = "fetch('/api/me?ran');document.title='ran';parent.document.title='ran';alert(1)"
HOSTILE_HTML = f"""
<script>{STEAL}</script><script src="/static/app.js"></script>
<img src=x onerror="{STEAL}"><img src="/api/me?image"><svg onload="{STEAL}"></svg>
<iframe src="/"></iframe><iframe srcdoc="<script>{STEAL}</script>"></iframe>
<object data="/"></object><embed src="/">
<meta http-equiv="refresh" content="0;url=/api/me?refreshed"><base href="https://evil.example/">
<link rel="stylesheet" href="/api/me?style">
<style>@import '/api/me?import'; body {{ background: url(/api/me?css) }}</style>
<form action="/sign-out" method="post"><button id="trap">Go on</button></form>
<a id="script-link" href="javascript:{STEAL}">a link</a>
<video autoplay src="/api/me?video"></video>
<details open ontoggle="{STEAL}"><summary>x</summary></details> <input autofocus onfocus="{STEAL}">
"""


def cell(kind: str, source: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "id": "a", "metadata": {}, "source": source, **more}


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return cell("code", source, execution_count=1, outputs=list(outputs))


def shown(**data: Any) -> dict[str, Any]:
    """An output; the names of types are written with an underscore for their slash."""
    named = {name.replace("_", "/", 1): value for name, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": named}


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def notebook(*cells: dict[str, Any], **metadata: Any) -> bytes:
    whole = {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": list(cells)}
    for each in whole["cells"]:  # type: ignore[attr-defined]
        each.pop("id", None)
    return json.dumps(whole).encode()


def honest() -> bytes:
    return notebook(
        cell("markdown", "# Means\nThe mean is $\\bar x$.\n\n$$\\frac{1}{n}\\sum x_i$$"),
        code("x = [1, 2, 3]\nprint(sum(x) / 3)", printed("2.0\n")),
        code("picture", shown(image_png=base64.b64encode(PNG).decode())),
    )


def hostile() -> bytes:
    svg = HOSTILE_SVG.format(steal=STEAL)
    isolated = shown(text_html=f"<script>{STEAL}</script>")
    isolated["metadata"] = {"text/html": {"isolated": True}}
    return notebook(
        cell("markdown", f"# Hostile {{{{ 7 * 7 }}}}\n{HOSTILE_HTML}\n[link](javascript:alert(1))"),
        cell("markdown", "![x](attachment:a.svg)", attachments={"a.svg": {"image/svg+xml": svg}}),
        cell("raw", HOSTILE_HTML),
        code(
            HOSTILE_HTML,
            shown(text_html=HOSTILE_HTML),
            shown(**{"image_svg+xml": svg}),
            shown(text_markdown=HOSTILE_HTML),
            shown(application_javascript=STEAL),
            shown(text_latex=HOSTILE_HTML),
            shown(image_png=f'"><script>{STEAL}</script>'),
            isolated,
            printed(HOSTILE_HTML),
        ),
        title=HOSTILE_HTML,
        language_info={"name": HOSTILE_HTML, "pygments_lexer": HOSTILE_HTML},
        widgets={"application/vnd.jupyter.widget-state+json": {"x": HOSTILE_HTML}},
    )
