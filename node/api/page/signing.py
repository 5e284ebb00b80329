"""Every signature takes two steps: a page with exactly the text that will be signed and its hash; then the hash comes
back with the same fields, and the node signs what has it, or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...core.desk import Denied
from ..drafts import Drafted
from . import exact

if TYPE_CHECKING:
    from starlette.responses import Response

    from ..port import Json
    from .visit import Visit

STEP, SIGN, EDIT = "step", "sign", "edit"
_OURS = frozenset((STEP, "expect", "page_token"))


@dataclass(frozen=True, slots=True)
class Signature:
    """What is signed: an operation and what it is given; what it is called; where one goes then, with which word."""

    method: str
    path: str
    ref: str
    body: Json
    title: str
    button: str
    follows: str
    """In a sentence, what the signature means."""
    done: Callable[[Json], str]
    told: str
    area: str = ""
    back: str = ""
    files: Sequence[Json] = ()
    """Those that it names."""


Form = Callable[["Denied | None"], Awaitable["Response"]]
"""The form again with what was typed, and what was wrong with it."""


async def sign(visit: Visit, signature: Callable[[], Signature], form: Form) -> Response:
    """A posted form on its way to a signature."""
    step = visit.one(STEP)
    if step == EDIT or visit.refused is not None:
        return await form(visit.refused)
    try:
        wanted = signature()
        if step == SIGN:
            body = wanted.body | {"expect": visit.one("expect")}
            answer = await visit.act(wanted.method, wanted.path, wanted.ref, body)
            return visit.go(wanted.done(answer), wanted.told)
        draft = await _drafted(visit, wanted)
    except Denied as denied:
        return await form(denied)
    return await _preview(visit, wanted, draft)


async def _drafted(visit: Visit, wanted: Signature) -> Json:
    try:
        await visit.act(wanted.method, wanted.path, wanted.ref, wanted.body | {"draft": True})
    except Drafted as drafted:
        return drafted.answer
    raise AssertionError("an operation signed although a draft was asked for")


async def _preview(visit: Visit, wanted: Signature, draft: Json) -> Response:
    hidden = [(name, value) for name, values in visit.typed.items() if name not in _OURS for value in values]
    return await visit.show(
        "sign.html", area=wanted.area, wanted=wanted, draft=draft, hidden=hidden, blocks=exact.rows(draft["text"])
    )
