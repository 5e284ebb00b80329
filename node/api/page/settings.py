"""Settings: language, look, this browser; what of the node can be set here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from ...core.desk import Denied
from . import amounts
from .visit import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, YEAR_S

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from ..port import Json
    from .visit import Visit


TOPICS = ("turn", "deadline", "claim", "claimable", "change", "proposal", "stamp", "offer")
_BACK = re.compile(r"/settings|/offers/fho1[a-z0-9]{8,80}/proposals")
"""Pages that have the form of the rules for folding."""
SCOPES = ("read", "write", "sign", "admin")


async def settings(visit: Visit) -> Response:
    """What can be chosen."""
    return await _settings(visit, None)


async def _settings(visit: Visit, problem: Json | None, made: Json | None = None) -> Response:
    found, tokens = await visit.ask("/config"), (await visit.ask("/tokens"))["tokens"]
    return await visit.show(
        "settings.html", 200 if problem is None else problem["status"],
        area="settings", config=found["config"], restart=found["restart"], tokens=tokens,
        topics=TOPICS, scopes=SCOPES, made=made, problem=problem,
    )  # fmt: skip


async def save_node(visit: Visit) -> Response:
    """Settings of the node that are harmless to change from a browser: none of them runs a program or opens a door."""
    try:
        changes = {
            "witness": visit.one("witness") == "yes",
            "store_mb": amounts.whole(visit.one("store_mb"), 0),
            "files_mb": amounts.whole(visit.one("files_mb"), 0),
            "seeds": visit.one("seeds").split(),
            "announce": visit.one("announce").split(),
            "notify_topics": [topic for topic in visit.typed.get("topic", []) if topic in TOPICS],
            "notify_quiet": visit.one("notify_quiet"),
            "stamp_ask": amounts.whole(visit.one("stamp_ask"), 0),
            "stamp_pay": amounts.whole(visit.one("stamp_pay"), 0),
        }
        await _change(visit, changes)
    except Denied as denied:
        return await _settings(visit, visit.problem(denied))
    return visit.go("/settings", "settings")


async def save_folding(visit: Visit) -> Response:
    """The reader's own rules; then back to where they were changed."""
    try:
        changes = {
            "fold_copies": visit.one("fold_copies") == "yes",
            "fold_short": amounts.whole(visit.one("fold_short"), 0),
            "fold_stamp": amounts.whole(visit.one("fold_stamp"), 0),
            "fold_languages": visit.one("fold_languages").replace(",", " ").split(),
        }
        await _change(visit, changes)
    except Denied as denied:
        return await _settings(visit, visit.problem(denied))
    back = visit.one("back")
    return visit.go(back if _BACK.fullmatch(back) else "/settings", "settings")


async def _change(visit: Visit, changes: Json) -> None:
    """Those of the settings that are other than before. Raises Denied."""
    now = (await visit.ask("/config"))["config"]
    changed = {name: value for name, value in changes.items() if name in now and list_of(now[name]) != value}
    if changed:
        await visit.act("PATCH", "/config", body={"set": changed})


def list_of(value: object) -> object:
    """A setting as a form gives it: tuples are lists."""
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value


async def make_token(visit: Visit) -> Response:
    """A token for a program, shown this once: on this page, never in an address."""
    try:
        body = {
            "scopes": [scope for scope in visit.typed.get("scope", []) if scope in SCOPES],
            "days": amounts.whole(visit.one("days"), 30),
            "label": visit.one("label"),
        }
        made = await visit.act("POST", "/tokens", body=body)
    except Denied as denied:
        return await _settings(visit, visit.problem(denied))
    return await _settings(visit, None, made)


async def revoke_token(visit: Visit) -> Response:
    """End a token."""
    await visit.act("DELETE", "/tokens/{ref}", visit.ref)
    return visit.go("/settings", "revoked")


async def save(visit: Visit) -> Response:
    """Language and look, for this browser; empty: as the browser and the system have it."""
    language, theme = visit.one("language"), visit.one("theme")
    visit.session.language = language if language in visit.site.paper.languages else ""
    answer = visit.go("/settings", "settings")
    for name, value in ((LANGUAGE_COOKIE, visit.session.language), (THEME_COOKIE, theme if theme in THEMES else "")):
        if value:
            answer.set_cookie(name, value, max_age=YEAR_S, httponly=True, samesite="strict")
        else:
            answer.delete_cookie(name, httponly=True, samesite="strict")
    return answer


async def sign_out(visit: Visit) -> Response:
    """End this browser's session."""
    await visit.act("POST", "/session/logout")
    return visit.go("/")


PAGES: tuple[tuple[str, dict[str, Callable[[Visit], Awaitable[Response]]]], ...] = (
    ("/settings", {"GET": settings, "POST": save}),
    ("/settings/node", {"POST": save_node}),
    ("/settings/folding", {"POST": save_folding}),
    ("/settings/tokens", {"POST": make_token}),
    ("/settings/tokens/{ref}/revoke", {"POST": revoke_token}),
    ("/settings/sign-out", {"POST": sign_out}),
)
