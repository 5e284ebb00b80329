"""Bearer tokens: for programs of the owner's that come over TCP. Each is good for named scopes and until a time; the
node keeps a hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from ..core.desk import Denied
from ..core.ports import Token
from .bearers import PREFIX, hash_of
from .bodies.given import Given, Nothing
from .callers import Scope
from .operations import CREATED, AnyOperation, Call, Operation

if TYPE_CHECKING:
    from .port import Json

MOST = 64
_NAME_BYTES, _SECRET_BYTES = 6, 32
_DAY_MS = 24 * 60 * 60 * 1000


class NewToken(Given):
    """POST /tokens: good for `scopes`, for `days`."""

    scopes: Annotated[tuple[Literal["read", "write", "sign", "admin"], ...], Meta(min_length=1, max_length=4)]
    days: Annotated[int, Meta(ge=1, le=366)] = 30
    label: Annotated[str, Meta(max_length=60)] = ""


async def make(call: Call[NewToken]) -> Json:
    """A new token, shown this once."""
    given, tokens, now = call.given, call.office.desk.stores.tokens, call.office.now()
    wanted = {Scope(name) for name in given.scopes}
    if not wanted <= call.caller.scopes:
        raise Denied("scope-missing", "a token cannot make one that may do more than itself", "ask over the socket")
    if len(tokens.listed()) >= MOST and all(token.expires > now for token in tokens.listed()):
        raise Denied("too-many-tokens", f"there are {MOST} tokens already", "revoke one: freehold node token list")
    random = call.office.desk.random_bytes
    name, secret = random(_NAME_BYTES).hex(), random(_SECRET_BYTES).hex()
    scopes = tuple(scope.value for scope in Scope if scope in wanted)
    token = Token(name, hash_of(secret), given.label, scopes, now, now + given.days * _DAY_MS)
    await call.office.do(lambda _now: (tokens.add(token), []))
    return {"token": f"{PREFIX}_{name}_{secret}", **_shown(token, now)}


async def listed(call: Call[Nothing]) -> Json:
    """All tokens, without their secrets."""
    now = call.office.now()
    return {"tokens": [_shown(token, now) for token in call.office.desk.stores.tokens.listed()]}


async def revoke(call: Call[Nothing]) -> Json:
    """End a token."""
    tokens = call.office.desk.stores.tokens
    if not await call.office.do(lambda _now: (tokens.revoke(call.ref), [])):
        raise Denied("not-found", f"there is no token {call.ref[:40]}", "see: freehold node token list")
    return {}


def _shown(token: Token, now: int) -> Json:
    return {
        "name": token.name,
        "label": token.label,
        "scopes": list(token.scopes),
        "made": token.made,
        "expires": token.expires,
        "good": token.expires > now,
    }


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("POST", "/tokens", NewToken, make, "A token for a program of the owner's", Scope.ADMIN, CREATED),
    Operation("GET", "/tokens", Nothing, listed, "Tokens, without their secrets", Scope.ADMIN),
    Operation("DELETE", "/tokens/{ref}", Nothing, revoke, "End a token", Scope.ADMIN),
)
