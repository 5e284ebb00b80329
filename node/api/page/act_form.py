"""The form of an act: from what was typed to what the API takes. Raises Denied for what cannot be read."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from freehold.protocol.kinds.disputes import BROKEN, KEPT, NOT_IN_TERMS

from ...core.desk import Denied
from . import acts, amounts, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..port import Json
    from .acts import Act, Field
    from .visit import Visit

FINDINGS = (KEPT, BROKEN, NOT_IN_TERMS)
FAULTS = ("nobody", "client", "freelancer", "both")
_FILE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(.{1,200})")
_FILES = 50
_MINUTES = 60
_THOUSANDTHS = 10


def read(visit: Visit, act: Act, contract: Json, part: int | None) -> Json:
    """The body of POST /contracts/{ref}/{verb}."""
    body: dict[str, Any] = {} if part is None or not act.in_part else {"part": part}
    if change := visit.one("change"):
        body["change"] = change
    if act.verb == "claim" and visit.one("ping"):
        return {"ping": True}
    for field in act.fields:
        body |= _READERS[field.typed](visit, field, contract, part)
    return body


def _line(visit: Visit, field: Field, _contract: Json, _part: int | None) -> Json:
    text = visit.one(field.name)
    if field.required and not text:
        raise Denied("bad-request", "something that is needed is empty", "fill it in")
    return {field.name: text}


def _files(visit: Visit, field: Field, _contract: Json, _part: int | None) -> Json:
    lines = [line.strip() for line in visit.one(field.name).splitlines() if line.strip()]
    found = [_FILE.fullmatch(line) for line in lines[: _FILES + 1]]
    if len(lines) > _FILES or None in found:
        raise Denied(
            "bad-request", "the files cannot be read", "one a line: the SHA-256 as 64 digits, a space, then the name"
        )
    return {field.name: [{"sha256": match[1].lower(), "name": match[2]} for match in found if match]}


def _clauses(visit: Visit, field: Field, _contract: Json, _part: int | None) -> Json:
    chosen = visit.typed.get(field.name, [])
    if field.required and not chosen:
        raise Denied("bad-request", "no clause is chosen", "choose those that it is about")
    return {field.name: chosen}


def _amount(visit: Visit, field: Field, contract: Json, part: int | None) -> Json:
    if not visit.one(field.name):
        return {}
    milestone = next((one for one in contract["milestones"] if one["part"] == part), None)
    price = None if milestone is None else milestone["price"]
    if price is None:
        raise Denied("bad-amount", "the price is not known here", "leave the amount out")
    return {"amount": amounts.minor(visit.one(field.name), price["unit"], visit.catalogue), "unit": price["unit"]}


def _hours(visit: Visit, field: Field, _contract: Json, _part: int | None) -> Json:
    return {field.name: round(_decimal(visit.one(field.name)) * _MINUTES)}


def _percent(visit: Visit, field: Field, _contract: Json, _part: int | None) -> Json:
    return {field.name: round(_decimal(visit.one(field.name)) * _THOUSANDTHS)}


def _decimal(typed: str) -> float:
    if not re.fullmatch(r"[0-9]{1,5}([.,][0-9]{1,3})?", typed):
        raise Denied("bad-amount", f"{typed[:40]!r} is not a number", "write it as 7 or 7.5")
    return float(typed.replace(",", "."))


def _day(visit: Visit, field: Field, _contract: Json, _part: int | None) -> Json:
    typed = visit.one(field.name)
    try:
        at = datetime.fromisoformat(typed)
        local = at.replace(tzinfo=words.ZONE) if words.ZONE is not None else at.astimezone()
        return {field.name: int(local.timestamp() * 1000)}
    except (ValueError, OverflowError) as error:
        raise Denied("bad-request", f"{typed[:40]!r} is not a day", "write it as 2026-03-02") from error


def _findings(visit: Visit, field: Field, contract: Json, _part: int | None) -> Json:
    found: list[Json] = []
    clauses: list[Json] = contract["clauses"] or []
    for clause in clauses:
        said = visit.one(f"finding-{clause['id']}")
        if said:
            found.append({"clause": clause["id"], "finding": said})
    return {field.name: found}


_READERS: dict[str, Callable[[Visit, Field, Json, int | None], Json]] = {
    acts.LINE: _line,
    acts.TEXT: _line,
    acts.LONG: _line,
    acts.WAY: _line,
    acts.FAULT: _line,
    acts.FILES: _files,
    acts.CLAUSES: _clauses,
    acts.AMOUNT: _amount,
    acts.HOURS: _hours,
    acts.PERCENT: _percent,
    acts.DAY: _day,
    acts.FINDINGS: _findings,
}
