"""Requests into structs. Whatever was sent, the result is a struct or Denied `bad-request`."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from ..core.desk import Denied
from .bodies.given import Given

if TYPE_CHECKING:
    from starlette.requests import Request

G = TypeVar("G", bound=Given)

_HALVES = re.compile("[\ud800-\udfff]")


async def given(request: Request, takes: type[G], *, raw: bool = False) -> G:
    """The struct that a request holds: from its query for GET and for raw bodies, else from its body. Raises Denied."""
    try:
        in_query = raw or request.method in ("GET", "HEAD")
        found = _from_query(request, takes) if in_query else await _from_body(request, takes)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request(str(error) or type(error).__name__) from error
    return cast("G", _composed(found))


def fields(given: dict[str, Any], takes: type[G], *, strict: bool = True) -> G:
    """The struct that the page's fields make. `strict`: values have their types; else they are text. Raises Denied."""
    try:
        return cast("G", _composed(msgspec.convert(given, takes, strict=strict)))
    except msgspec.MsgspecError as error:
        raise bad_request(str(error)) from error


def bad_request(reason: str) -> Denied:
    """What cannot be read."""
    return Denied("bad-request", f"this request cannot be read: {reason}"[:500], "correct it and try again")


def _from_query(request: Request, takes: type[G]) -> G:
    lists = {field.encode_name for field in msgspec.structs.fields(takes) if field.default == ()}
    fields: dict[str, Any] = {}
    for name in request.query_params:
        values = request.query_params.getlist(name)
        if name not in lists and len(values) > 1:
            raise bad_request(f"{name[:80]} stands twice")
        fields[name] = values if name in lists else values[0]
    return msgspec.convert(fields, takes, strict=False)


async def _from_body(request: Request, takes: type[G]) -> G:
    body = await request.body()
    if not body:
        return msgspec.convert({}, takes)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise bad_request("its body is not application/json")
    return msgspec.json.decode(body, type=takes)


def _composed(value: Any) -> Any:  # noqa: ANN401
    """The same with every text in Unicode form NFC, which records demand and keyboards do not always write."""
    if isinstance(value, str):
        if _HALVES.search(value):
            raise bad_request("a text holds half of a character")
        return unicodedata.normalize("NFC", value)
    if isinstance(value, tuple):
        return tuple(_composed(item) for item in cast("tuple[Any, ...]", value))
    if isinstance(value, Given):
        changed = {field.name: _composed(getattr(value, field.name)) for field in msgspec.structs.fields(value)}
        return msgspec.structs.replace(value, **changed)
    return value
