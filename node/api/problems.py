"""Errors as RFC 9457 problem objects, with the codes that the command shows."""

from __future__ import annotations

import logging

import msgspec

from ..core.desk import Denied
from ..core.ports import StorageAway, StorageBroken, StorageFull

CONTENT_TYPE = "application/problem+json"
BAD_REQUEST, NOT_FOUND = 400, 404
_STATUS = {
    "not-found": NOT_FOUND,
    "no-such-part": NOT_FOUND,
    "ambiguous-name": NOT_FOUND,
    "key-locked": 423,
    "file-too-large": 413,
    "upload-broken": BAD_REQUEST,
    "too-many-fetches": 429,
    "quota-open-offers": 429,
    "quota-a-day": 429,
    "too-many-listeners": 503,
    "key-reused": 422,
    "no-session": 401,
    "only-at-home": 403,
    "scope-missing": 403,
    "too-many-guesses": 429,
    "unreachable": 502,
}
_BAD = "bad-"
_AGAINST_A_RULE = 409
_NOT_NOW = 503
_OURS = 500
_LOG = logging.getLogger(__name__)


def problem(error: Exception) -> tuple[int, bytes]:
    """The status and the problem object for an exception. A bug of ours is logged; its insides are not told."""
    match error:
        case Denied():
            status = _STATUS.get(error.code, BAD_REQUEST if error.code.startswith(_BAD) else _AGAINST_A_RULE)
            return status, problem_json(status, error.code, error.what, error.hint)
        case StorageAway():
            hint = "try again when the database answers; nothing that was acknowledged is lost"
            return _NOT_NOW, problem_json(_NOT_NOW, "storage-away", str(error), hint)
        case StorageFull():
            hint = "make room on the disk; nothing that was acknowledged is lost"
            return _NOT_NOW, problem_json(_NOT_NOW, "storage-full", str(error), hint)
        case StorageBroken():
            return _NOT_NOW, problem_json(_NOT_NOW, "storage-broken", str(error), "see node.log in the node's folder")
        case _:
            _LOG.error("a mistake in freehold itself", exc_info=error)
            hint = "please report it, with the last lines of node.log"
            return _OURS, problem_json(_OURS, "internal", "the node made a mistake with this request", hint)


def problem_json(status: int, code: str, detail: str, hint: str) -> bytes:
    """A problem object."""
    title = code.replace("-", " ").capitalize()
    found = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, "hint": hint}
    return msgspec.json.encode(found)
