"""The endpoint table as an OpenAPI 3.1 document.

Promises: the document is made from the very rows that became routes, and every refusal an endpoint
can answer stands in it. `python -m proxy.web.openapi FILE` writes the copy that is kept in `docs/`.
"""

import asyncio
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from proxy import __version__
from proxy.core.errors import (
    BadRequest,
    Forbidden,
    PayloadTooLarge,
    SifuError,
    StoreUnavailable,
    Unauthenticated,
    UnprocessableInput,
    UnsupportedMediaType,
)
from proxy.core.identity import SLUG
from proxy.web.api_endpoint import Caller, Endpoint, Parameter, Reply
from proxy.web.api_events import EventStreams
from proxy.web.api_table import list_endpoints
from proxy.web.health import HealthCheck
from proxy.web.schemas import Answer, Problem, Step

_REF: Final = "#/components/schemas/{model}"
_OF_EVERY_BODY: Final = (BadRequest, PayloadTooLarge, UnsupportedMediaType, UnprocessableInput)
_UNSIGNED: Final = frozenset({Caller.ANYBODY, Caller.KERNEL})
_ABOUT: Final = """\
Starts, shows and stops Jupyter servers, and manages accounts and tokens.

Sign in with a bearer token (`sifu token create`), or with the cookie of a signed-in browser; a
browser's changes are accepted from the same origin only. Errors are `application/problem+json`
(RFC 9457), and their `detail` says what to do.
"""
_PATH_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "owner": {"type": "string", "pattern": f"^{SLUG.pattern}$"},
    "slug": {"type": "string", "pattern": f"^{SLUG.pattern}$"},
    "workspace": {"type": "string", "pattern": f"^{SLUG.pattern}$"},
    "name": {"type": "string", "minLength": 1, "maxLength": 128},
    "id": {"type": "string", "minLength": 1, "maxLength": 32},
    "course": {"type": "string", "minLength": 1, "maxLength": 100},
}


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Return the OpenAPI document of these rows."""
    rows = list(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for row in rows:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sifu", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": _schemas(rows),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-sifu"},
            },
        },
    }


def render(endpoints: Iterable[Endpoint]) -> str:
    """Return the document as text, stable from run to run."""
    return json.dumps(document(endpoints), indent=2, ensure_ascii=False) + "\n"


def with_document(endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Return the rows and one more, which answers with the document of them all.

    It is made when somebody first asks, in a thread: that takes as long as fifty answers do.
    """
    made: list[str] = []

    async def show_document(_request: web.Request) -> web.Response:
        if not made:
            made.append(await asyncio.to_thread(render, rows))
        return web.Response(text=made[0], content_type="application/json")

    own = Endpoint(
        "GET",
        "/api/openapi.json",
        show_document,
        "Show this document",
        (Reply(200, "The OpenAPI document"),),
    )
    rows = (*endpoints, own)
    return rows


def write_copy(path: Path) -> None:
    """Write the document where people can read it without a running server."""
    rows = with_document(list_endpoints(HealthCheck(), EventStreams()))
    path.write_text(render(rows), encoding="utf-8")


def _operation(row: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": row.name,
        "summary": row.summary,
        "tags": [row.tag],
        "security": [] if row.caller in _UNSIGNED else [{"token": []}, {"session": []}],
        "responses": {str(reply.status): _reply(reply) for reply in row.replies},
    }
    if parameters := [*_path_parameters(row.path), *map(_parameter, row.parameters)]:
        operation["parameters"] = parameters
    if row.body is not None:
        operation["requestBody"] = {
            "required": not row.body_optional,
            "content": {"application/json": {"schema": _reference(row.body)}},
        }
    for status, sentences in sorted(_problems(row).items()):
        operation["responses"].setdefault(
            str(status),
            {
                "description": " ".join(sentences),
                "content": {"application/problem+json": {"schema": _reference(Problem)}},
            },
        )
    return operation


def _problems(row: Endpoint) -> dict[int, list[str]]:
    kinds: list[type[SifuError]] = []
    if row.caller is not Caller.ANYBODY:
        kinds += [Unauthenticated, StoreUnavailable]
    if row.caller is Caller.ADMIN or row.method != "GET":
        kinds.append(Forbidden)
    if row.body is not None:
        kinds += _OF_EVERY_BODY
    found: dict[int, list[str]] = {}
    for kind in dict.fromkeys([*row.problems, *kinds]):
        found.setdefault(kind.status, []).append(f"{kind.title}.")
    return found


def _reply(reply: Reply) -> dict[str, Any]:
    is_json = reply.media_type == "application/json"
    schema: dict[str, Any] = {"type": "object" if is_json else "string"}
    if reply.model is not None:
        schema = _reference(reply.model)
    if reply.many:
        schema = {"type": "array", "items": schema}
    described: dict[str, Any] = {
        "description": reply.description,
        "content": {reply.media_type: {"schema": schema}},
    }
    if reply.headers:
        described["headers"] = {
            name: {"required": True, "schema": {"type": "string"}} for name in reply.headers
        }
    return described


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATH_SCHEMAS[name]}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _schemas(rows: list[Endpoint]) -> dict[str, Any]:
    models: dict[type[BaseModel], None] = {Problem: None, Step: None}
    for row in rows:
        models |= dict.fromkeys(reply.model for reply in row.replies if reply.model is not None)
        models |= {} if row.body is None else {row.body: None}
    _, definitions = models_json_schema(
        [
            (model, "serialization" if issubclass(model, Answer) else "validation")
            for model in models
        ],
        ref_template=_REF,
    )
    schemas: dict[str, Any] = definitions["$defs"]
    return dict(sorted(schemas.items()))


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


if __name__ == "__main__":
    write_copy(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/openapi.json"))
