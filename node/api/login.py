"""The way in for a browser: `freehold open` makes a code over the socket, and /login takes it for a cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..core.desk import Denied
from .bodies.given import Given, Nothing
from .callers import Scope
from .guard import ENTRANCE, LOGIN, Entrance, cookie_header
from .operations import AnyOperation, Call, Operation
from .page.plain import plain_page
from .sessions import SESSION_MS

if TYPE_CHECKING:
    from starlette.requests import Request

    from .port import Json
    from .surface import Surface

_CODE_CHARACTERS = 100
_SEE_OTHER = 303


class NewCode(Given):
    """POST /session/code: `path` is the page that the link leads to."""

    path: Annotated[str, Meta(pattern=r"^/([A-Za-z0-9._~?=&-][A-Za-z0-9._~?=&/-]*)?$", max_length=300)] = "/"


async def new_code(call: Call[NewCode]) -> Json:
    """A link for a browser, good once and for a minute."""
    page = call.surface.page
    if page.address is None:
        raise Denied("no-page", f"this node serves no page: {page.trouble}", "see page_listen in config.toml")
    code, until = call.surface.sessions.new_code(call.given.path)
    return {"code": code, "url": f"{page.address}{LOGIN}?code={code}", "expires": until}


async def sign_out(call: Call[Nothing]) -> Json:
    """End this browser's session."""
    if call.caller.session is not None:
        call.surface.sessions.end(call.caller.session)
    return {}


def login_route(surface: Surface) -> Route:
    """GET /login?code="""

    async def login(request: Request) -> Response:
        entrance: Entrance | None = request.scope.get(ENTRANCE)
        asks = request.method == "GET" and "purpose" not in request.headers and "sec-purpose" not in request.headers
        code = request.query_params.get("code", "")[:_CODE_CHARACTERS]
        found = surface.sessions.redeem(code) if asks and entrance is not None else None
        if found is None or entrance is None:
            accepts = request.headers.get("accept-language", "")
            what, hint = "This link is older than a minute, or it has been used", "ask for a new one: freehold open"
            return Response(plain_page(accepts, what, hint), 403, media_type="text/html")
        cookie, _, path = found
        answer = RedirectResponse(path, _SEE_OTHER)
        header = cookie_header(entrance.cookie, cookie, SESSION_MS // 1000, secure=entrance.scheme == "https")
        answer.headers.append("set-cookie", header)
        return answer

    return Route(LOGIN, login, methods=["GET"])


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        "POST", "/session/code", NewCode, new_code, "A link that lets a browser in", Scope.ADMIN, only_socket=True
    ),
    Operation("POST", "/session/logout", Nothing, sign_out, "End this browser's session", Scope.READ),
)
