"""Settings: language, look, this browser; what of the node can be set here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .visit import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, YEAR_S

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from .visit import Visit


async def settings(visit: Visit) -> Response:
    """What can be chosen."""
    return await visit.show("settings.html", area="settings")


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
    ("/settings/sign-out", {"POST": sign_out}),
)
