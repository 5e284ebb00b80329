"""The API as an ASGI application: the table of operations made into routes, and every error into a problem object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from . import bundles, deals, disputes, entries, house, keeping, offers, opinions, people, reputations, vouches
from .drafts import Drafted, Drafts
from .http import AFTERWARDS
from .operations import AnyOperation, Call
from .problems import BAD_REQUEST, CONTENT_TYPE, NOT_FOUND, problem, problem_json
from .reading import given

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from .port import Office

PREFIX = "/api/v1"
OPERATIONS: tuple[AnyOperation, ...] = (
    *house.OPERATIONS,
    *people.OPERATIONS,
    *offers.OPERATIONS,
    *deals.OPERATIONS,
    *entries.OPERATIONS,
    *disputes.OPERATIONS,
    *bundles.OPERATIONS,
    *opinions.OPERATIONS,
    *reputations.OPERATIONS,
    *vouches.OPERATIONS,
    *keeping.OPERATIONS,
)


def application(office: Office) -> Starlette:
    """The application over one node."""
    drafts = Drafts()
    routes = [
        Route(PREFIX + operation.path, _endpoint(office, operation, drafts), methods=[operation.method])
        for operation in OPERATIONS
    ]
    found = Starlette(routes=routes, exception_handlers={HTTPException: _no_such_operation})
    found.router.redirect_slashes = False
    return found


def _endpoint(office: Office, operation: AnyOperation, drafts: Drafts) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            found = await given(request, operation.takes)
            call = Call(office, found, drafts, request.path_params.get("ref", ""))
            answer = msgspec.json.encode(await operation.act(call))
        except Drafted as drafted:
            return Response(msgspec.json.encode(drafted.answer), media_type="application/json")
        except Exception as error:  # noqa: BLE001  -- the API's border: a mistake of ours is a 500, never the node's end
            status, answer = problem(error)
            return Response(answer, status, media_type=CONTENT_TYPE)
        request.scope.setdefault(AFTERWARDS, []).extend(call.afterwards)
        return Response(answer, operation.status, media_type="application/json")

    return endpoint


async def _no_such_operation(request: Request, error: Exception) -> Response:
    """No route: 404; or a route for other methods: 405."""
    status = error.status_code if isinstance(error, HTTPException) else BAD_REQUEST
    code = "not-found" if status == NOT_FOUND else "bad-request"
    detail = f"there is no operation {request.method} {request.url.path}"[:500]
    hint = "is the command as old as the node? See: freehold status"
    return Response(problem_json(status, code, detail, hint), status, media_type=CONTENT_TYPE)
