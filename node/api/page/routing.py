"""Addresses of the page, and the border at which everything that goes wrong becomes a page that can be read."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ...core.desk import Denied
from ..callers import caller_of
from . import (
    assets,
    attaching,
    catalogues,
    contracts,
    exports,
    health,
    inbox,
    messages,
    offers,
    people,
    proposals,
    reputations,
    reviews,
    settings,
    unlocking,
    welcome,
)
from .plain import plain_page
from .visit import Visit, expired, read_form

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from .site import Site

    Act = Callable[[Visit], Awaitable[Response]]

KEPT = "private, max-age=31536000, immutable"
_PAGES: tuple[tuple[str, dict[str, Act]], ...] = (
    *inbox.PAGES,
    *offers.PAGES,
    *proposals.PAGES,
    *reviews.PAGES,
    *contracts.PAGES,
    *people.PAGES,
    *reputations.PAGES,
    *messages.PAGES,
    *exports.PAGES,
    *health.PAGES,
    *settings.PAGES,
    *unlocking.PAGES,
    *welcome.PAGES,
)
_LOG = logging.getLogger(__name__)


def routes(site: Site) -> list[Route]:
    """Every address of the page. GET shows, POST changes."""
    pages = [Route(path, _page(site, act), methods=[method]) for path, acts in _PAGES for method, act in acts.items()]
    return [Route(assets.PREFIX + "{name}", _asset(site), methods=["GET"]), *pages]


def _page(site: Site, act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        visit = _visit(site, request)
        if visit is None:
            return _closed(site, request)
        try:
            if request.method == "POST" and attaching.has_files(visit):
                await attaching.read(visit)
            elif request.method == "POST":
                visit.typed = await read_form(request)
                if not visit.session.has_token(visit.one("page_token")):
                    raise expired()  # noqa: TRY301
            return await act(visit)
        except Exception as error:  # noqa: BLE001  -- the page's border: a mistake of ours is a page, never the node's end
            return await _told(visit, error)

    return endpoint


def _visit(site: Site, request: Request) -> Visit | None:
    """Only browsers have sessions; a door before this one has looked for it."""
    caller = caller_of(request.scope)
    if caller is None or caller.session is None:
        return None
    return Visit(site, request, caller, caller.session)


async def _told(visit: Visit, error: Exception) -> Response:
    try:
        return await visit.trouble(error)
    except Exception:  # noqa: BLE001  -- the same border: a mistake in the frame of the page would hide the first one
        _LOG.exception("a mistake in freehold itself, while telling of %r", error)
        accepts = visit.request.headers.get("accept-language", "")
        what, hint = "the node made a mistake with this page", "see node.log in the node's folder"
        return HTMLResponse(plain_page(accepts, what, hint, [visit.language]), 500)


def _closed(site: Site, request: Request) -> Response:
    """Nobody is let in without a link that the command made."""
    known = site.paper.languages
    language = catalogues.wanted(request.headers.get("accept-language", ""), known)
    return HTMLResponse(site.paper.write(language, "closed.html", {}), 401)


def _asset(site: Site) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        found = site.paper.assets.get(request.path_params["name"])
        if found is None:
            return Response(status_code=404)
        return Response(found.content, media_type=found.media_type, headers={"cache-control": KEPT})

    return endpoint


def missing(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """The page for an address that there is none for."""

    async def endpoint(request: Request) -> Response:
        visit = _visit(site, request)
        if visit is None:
            return _closed(site, request)
        denied = Denied("not-found", f"there is no page {request.url.path[:200]}", "the menu has them all")
        return await _told(visit, denied)

    return endpoint
