"""The API as an ASGI application: the table of operations made into routes, and every error into a problem object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from ..core.desk import Denied
from . import (
    bundles,
    contacts,
    deals,
    describing,
    disputes,
    doctor,
    entries,
    event_stream,
    exports,
    files,
    house,
    keeping,
    keys,
    kinds,
    login,
    markets,
    offers,
    opinions,
    page,
    people,
    reputations,
    searches,
    tokens,
    vouches,
)
from .callers import Caller, caller_of
from .drafts import Drafted
from .http import AFTERWARDS
from .operations import AnyOperation, Call
from .problems import BAD_REQUEST, CONTENT_TYPE, NOT_FOUND, problem, problem_json
from .reading import given
from .surface import Surface, surface
from .uploads import Pieces

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from .port import Json, Office

PREFIX = "/api/v1"
_DIGITS = 16
OPERATIONS: tuple[AnyOperation, ...] = (
    *house.OPERATIONS,
    *doctor.OPERATIONS,
    *login.OPERATIONS,
    *event_stream.OPERATIONS,
    *people.OPERATIONS,
    *contacts.OPERATIONS,
    *keys.OPERATIONS,
    *offers.OPERATIONS,
    *searches.OPERATIONS,
    *markets.OPERATIONS,
    *deals.OPERATIONS,
    *entries.OPERATIONS,
    *disputes.OPERATIONS,
    *bundles.OPERATIONS,
    *exports.OPERATIONS,
    *files.OPERATIONS,
    *opinions.OPERATIONS,
    *reputations.OPERATIONS,
    *vouches.OPERATIONS,
    *keeping.OPERATIONS,
    *tokens.OPERATIONS,
    *kinds.OPERATIONS,
    *describing.operations(lambda: OPERATIONS, PREFIX),
)


def application(office: Office, held: Surface | None = None) -> Starlette:
    """The application over one node. It answers those whom a door has let in (see callers.py), and nobody else."""
    held = held or surface(office)
    routes = [
        Route(PREFIX + operation.path, _endpoint(office, operation, held), methods=[operation.method])
        for operation in OPERATIONS
    ]
    site = page.Site(office, held, OPERATIONS, events=PREFIX + "/events")
    routes += [login.login_route(held), *page.routes(site)]
    found = Starlette(routes=routes, exception_handlers={HTTPException: _nothing_there(site)})
    found.router.redirect_slashes = False
    return found


def _endpoint(office: Office, operation: AnyOperation, held: Surface) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        async def act(by: Office = office) -> Response:
            found = await given(request, operation.takes, raw=operation.raw)
            call = Call(by, found, held, caller, request.path_params.get("ref", ""))
            call.last_event, call.body = _last_event(request), Pieces(request.receive) if operation.raw else None
            try:
                answer = await operation.act(call)
            except Drafted as drafted:
                return _json(drafted.answer)
            request.scope.setdefault(AFTERWARDS, []).extend(call.afterwards)
            return answer if isinstance(answer, Response) else _json(answer, operation.status)

        try:
            caller = _allowed(request, operation)
            key = request.headers.get("idempotency-key")
            if key is None or not describing.remembered(operation):
                return await act()
            question = f"{request.method} {request.url.path}\0".encode() + await request.body()
            return await held.repeats.once(caller.name, key, question, act)
        except Exception as error:  # noqa: BLE001  -- the API's border: a mistake of ours is a 500, never the node's end
            status, told = problem(error)
            return Response(told, status, media_type=CONTENT_TYPE)

    return endpoint


def _allowed(request: Request, operation: AnyOperation) -> Caller:
    """Who asks, if they may. Raises Denied."""
    caller = caller_of(request.scope)
    if caller is None:
        raise Denied("no-session", "nobody has let you in", "freehold open")
    if operation.only_socket and not caller.owner:
        raise Denied("only-at-home", "this is done by the command alone, on the node's own machine", "freehold --help")
    if operation.scope not in caller.scopes:
        held = ", ".join(sorted(scope.value for scope in caller.scopes)) or "nothing"
        needed = operation.scope.value
        hint = f"make another one: freehold node token new --scope {needed}"
        raise Denied("scope-missing", f"this needs a token for {needed}; this one is for {held}", hint)
    return caller


def _last_event(request: Request) -> int | None:
    """A browser's own word of what it had; anything else than a number of ours is as good as none."""
    number = request.headers.get("last-event-id", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= _DIGITS else None


def _json(answer: Json, status: int = 200) -> Response:
    return Response(msgspec.json.encode(answer), status, media_type="application/json")


def _nothing_there(site: page.Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    """No route for this address, or only one for other methods."""
    page_missing = page.missing(site)

    async def endpoint(request: Request, error: Exception) -> Response:
        if request.url.path.startswith(PREFIX):
            return _no_such_operation(request, error)
        return await page_missing(request)

    return endpoint


def _no_such_operation(request: Request, error: Exception) -> Response:
    """No route: 404; or a route for other methods: 405."""
    status = error.status_code if isinstance(error, HTTPException) else BAD_REQUEST
    code = "not-found" if status == NOT_FOUND else "bad-request"
    detail = f"there is no operation {request.method} {request.url.path}"[:500]
    hint = "is the command as old as the node? See: freehold status"
    return Response(problem_json(status, code, detail, hint), status, media_type=CONTENT_TYPE)
