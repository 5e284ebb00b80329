"""The API's description of itself, OpenAPI 3.1, from the table of operations; its version, its health, its figures."""

from __future__ import annotations

import inspect
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import msgspec
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.responses import Response

from .bodies.given import Nothing
from .callers import Scope
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .port import Json

_SCHEMAS = "#/components/schemas/{name}"
_NAME = {"name": "ref", "in": "path", "required": True, "schema": {"type": "string"}}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 200},
    "description": "Asked again with the same key and body, the same is answered and nothing is done twice.",
}
_PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "hint"],
    "properties": {name: {"type": "string"} for name in ("type", "title", "code", "detail", "hint")}
    | {"status": {"type": "integer"}},
}


def document(operations: Iterable[AnyOperation], prefix: str) -> Json:
    """The whole description."""
    table = list(operations)
    made = msgspec.json.schema_components([operation.takes for operation in table], ref_template=_SCHEMAS)
    schemas, components = msgspec.json.decode(msgspec.json.encode(made))  # defaults that are tuples become arrays
    paths: dict[str, Json] = {}
    for operation, schema in zip(table, schemas, strict=True):
        paths.setdefault(prefix + operation.path, {})[operation.method.lower()] = _operation(
            operation, _resolved(schema, components), schema
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Freehold, one node's local API",
            "version": version("freehold"),
            "description": "Over the socket api.sock in the node's folder, or at 127.0.0.1 with a bearer token.",
        },
        "paths": paths,
        "components": {
            "schemas": components | {"Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Problem": {
                    "description": "What went wrong, why, and what to do (RFC 9457); see `freehold explain CODE`",
                    "content": {"application/problem+json": {"schema": {"$ref": _SCHEMAS.format(name="Problem")}}},
                }
            },
        },
        "security": [{"token": []}],
    }


def _operation(operation: AnyOperation, resolved: Json, schema: Json) -> Json:
    found: Json = {
        "operationId": _identifier(operation),
        "summary": operation.summary,
        "description": f"Needs the scope {operation.scope.value}."
        + (" Only over the socket." if operation.only_socket else ""),
        "parameters": [_NAME] if "{ref}" in operation.path else [],
        "responses": {
            str(operation.status): {
                "description": (inspect.getdoc(operation.act) or operation.summary).partition("\n")[0],
                "content": {operation.answers: {} if "json" in operation.answers else {"schema": {"type": "string"}}},
            },
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    properties: Json = resolved.get("properties", {})
    if operation.raw or operation.method in ("GET", "DELETE"):
        needed = resolved.get("required", [])
        found["parameters"] += [
            {"name": name, "in": "query", "required": name in needed, "schema": one} for name, one in properties.items()
        ]
        if operation.raw:
            content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
            found["requestBody"] = {"required": True, "content": content}
        return found
    if remembered(operation):
        found["parameters"].append(_KEY)
    if properties:
        needs = bool(resolved.get("required"))
        found["requestBody"] = {"required": needs, "content": {"application/json": {"schema": schema}}}
    return found


def remembered(operation: AnyOperation) -> bool:
    """Whether an `Idempotency-Key` is heeded: not where the answer holds a secret, which is told once; and not for a
    file, which is the same if it is sent twice."""
    return operation.method not in ("GET", "DELETE") and operation.scope is not Scope.ADMIN and not operation.raw


def _identifier(operation: AnyOperation) -> str:
    words = re.findall(r"[a-z]+", operation.path)
    return "_".join([operation.method.lower(), *words])


def _resolved(schema: Json, components: dict[str, Any]) -> Json:
    reference = schema.get("$ref", "")
    return components[reference.rpartition("/")[2]] if reference else schema


async def health(call: Call[Nothing]) -> Json:
    """That it answers, and whether its storage and its page are well."""
    call.office.desk.stores.records.has(bytes(32))
    return {"healthy": True, "page": call.surface.page.address is not None}


async def versions(call: Call[Nothing]) -> Json:
    """Of the program and of this API."""
    return {"version": version("freehold"), "api": 1, "network": call.office.desk.network.name}


async def metrics(call: Call[Nothing]) -> Response:
    """Figures for Prometheus. Made anew for each question, in a registry of its own: nothing listens for them."""
    registry = CollectorRegistry()
    flat = dict(_flat("", call.office.statistics())) | dict(_flat("status", call.office.status()))
    flat["events_listeners"] = call.surface.events.listeners
    values: dict[str, float] = {}
    for name, value in flat.items():
        values[re.sub(r"[^a-z0-9]+", "_", f"freehold_{name}".lower()).strip("_")[:100]] = value
    for name, value in values.items():
        Gauge(name, "of this node since its start", registry=registry).set(value)
    return Response(generate_latest(registry), media_type="text/plain; version=0.0.4; charset=utf-8")


def _flat(prefix: str, value: object) -> list[tuple[str, float]]:
    if isinstance(value, dict):
        return [
            pair
            for key, inner in value.items()  # pyright: ignore[reportUnknownVariableType]
            for pair in _flat(f"{prefix}_{key}".strip("_"), inner)  # pyright: ignore[reportUnknownArgumentType]
        ]
    return [(prefix, value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def operations(described: Callable[[], Iterable[AnyOperation]], prefix: str) -> tuple[AnyOperation, ...]:
    """Those of this module; `described` is the whole table, they themselves in it."""

    async def description(call: Call[Nothing]) -> Json:
        """This document."""
        del call
        return document(described(), prefix)

    return (
        Operation("GET", "/health", Nothing, health, "Whether the node is well", Scope.READ),
        Operation("GET", "/version", Nothing, versions, "Versions of the program and the API", Scope.READ),
        Operation("GET", "/openapi.json", Nothing, description, "This API, described", Scope.READ),
        Operation("GET", "/metrics", Nothing, metrics, "Figures for Prometheus", Scope.READ, answers="text/plain"),
    )
