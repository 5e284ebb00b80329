"""The door for browsers. It stands before everything that is served over TCP, and nothing turns it off.

What it does not know, it refuses: a request has exactly one Host, of those that this door answers to; it comes from no
other site; and whoever changes something shows a token, or a session together with a token from one of our own pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers

from .callers import ALL, CALLER, Caller
from .page.plain import plain_page
from .page.visit import LANGUAGE_COOKIE
from .problems import CONTENT_TYPE, problem_json
from .uploads import BEGINNING_BYTES, BYTES, FILES, FORM, SANDBOX, STREAMED, content_type, first_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .http import Application, Message, Receive, Send
    from .sessions import Sessions

ENTRANCE = "freehold.entrance"
"""The key of the scope under which the door says which one it is."""
API = "/api/"
LOGIN = "/login"
PUBLIC = (LOGIN, "/static/")
"""What is answered without a session: the way in, and files that every installation has."""
PAGE_TOKEN = "page_token"  # noqa: S105  -- the name of the field
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        b"form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),  # nobody else learns of it; with no-referrer, forms come with `Origin: null`
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
ENCRYPTED = ((b"strict-transport-security", b"max-age=31536000"),)
"""Whoever came over TLS once comes so for a year, also when a link says http; names below this one are left alone."""
_READS = frozenset({"GET", "HEAD"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_FORM_FIELDS = 1_000
_BEARER = "bearer "


class Refusal(Exception):
    """Why somebody is not let in."""

    def __init__(self, status: int, code: str, what: str, hint: str = "open the page anew: freehold open") -> None:
        super().__init__(what)
        self.status, self.code, self.what, self.hint = status, code, what, hint


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a door answers to: Host values exactly as sent, and the scheme of its origin."""

    hosts: frozenset[str]
    scheme: str
    cookie: str


class Guard:
    """An application behind the rules. `tokens` finds the caller of a bearer token, None for one that is not good."""

    def __init__(
        self, application: Application, entrance: Entrance, sessions: Sessions, tokens: Callable[[str], Caller | None]
    ) -> None:
        self._application, self._entrance = application, entrance
        self._sessions, self._tokens = sessions, tokens

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._headers(str(scope["path"]), message.get("headers", ()))}
            await send(message)

        try:
            if scope.get(STREAMED):
                self._check_source(scope)
            begun = await _beginning(scope, receive)
            scope[CALLER] = self._admit(scope, begun["body"])
        except Refusal as refusal:
            await _refuse(scope, refusal, answer)
            return
        read = False

        async def again() -> Message:
            nonlocal read
            if read:
                return await receive()
            read = True
            return begun

        scope[ENTRANCE] = self._entrance
        await self._application(scope, again, answer)

    def _check_source(self, scope: Message) -> None:
        """Of a body that is long, before anything of it is read. Raises Refusal."""
        headers = Headers(scope=scope)
        self._check_host(headers)
        self._comes_from_us(headers)
        if self._caller(headers)[0] is None:
            raise Refusal(401, "no-session", "this browser is not signed in to your node")

    def _headers(self, path: str, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """An answer's headers with ours in the place of its own. None ever says that others may read it."""
        encrypted = self._entrance.scheme == "https"
        ours = HEADERS + (ENCRYPTED if encrypted else ())
        taken = {name for name, _ in ours}
        headers = [(name.lower(), value) for name, value in given]
        kept = [pair for pair in headers if pair[0] not in taken and not pair[0].startswith(b"access-control-")]
        if not path.startswith("/static/"):
            kept = [pair for pair in kept if pair[0] != b"cache-control"]  # the server says no-store then
        if encrypted:
            kept = [(name, _secure(value) if name == b"set-cookie" else value) for name, value in kept]
        return [*kept, *(SANDBOX if pair[0] == SANDBOX[0] and SANDBOX in headers else pair for pair in ours)]

    def _admit(self, scope: Message, body: bytes) -> Caller | None:
        headers, method, path = Headers(scope=scope), str(scope["method"]), str(scope["path"])
        self._check_host(headers)
        from_us = self._comes_from_us(headers)
        if method not in _READS | _WRITES:
            raise Refusal(405, "bad-request", f"{method[:20]} is not answered here", "use GET or POST")
        caller, by_token = self._caller(headers)
        if method in _WRITES:
            _check_content(scope, headers, body)
            if not by_token:
                self._check_page(caller, from_us=from_us, tokens=_page_tokens(scope, headers, body))
        if caller is None and not path.startswith(PUBLIC):
            raise Refusal(401, "no-session", "this browser is not signed in to your node")
        return caller

    def _check_host(self, headers: Headers) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._entrance.hosts:
            known = ", ".join(sorted(self._entrance.hosts))
            raise Refusal(421, "wrong-host", "this node does not answer to that name", f"use one of: {known}")

    def _comes_from_us(self, headers: Headers) -> bool:
        """Whether it says so (`Origin`). Raises Refusal for what comes from elsewhere."""
        origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
        ours = f"{self._entrance.scheme}://{headers['host']}"
        if any(origin != ours for origin in origins) or any(site not in ("same-origin", "none") for site in sites):
            raise Refusal(403, "other-origin", "another site asked your browser to do this: it was not done")
        return len(origins) == 1

    def _caller(self, headers: Headers) -> tuple[Caller | None, bool]:
        """Who asks, and whether by a token."""
        given = headers.getlist("authorization")
        if given:
            found = self._tokens(given[0][len(_BEARER) :].strip()) if given[0].lower().startswith(_BEARER) else None
            if found is None or len(given) > 1:
                raise Refusal(401, "bad-token", "this token is not known, or it has expired", "freehold node token new")
            return found, True
        session = None
        for value in _cookies(headers.getlist("cookie"), self._entrance.cookie):
            session = session or self._sessions.find(value)
        return (None if session is None else Caller("page", ALL, session=session)), False

    def _check_page(self, caller: Caller | None, *, from_us: bool, tokens: list[str]) -> None:
        if not from_us:
            raise Refusal(403, "no-origin", "a request that changes something says where it comes from, or has a token")
        if caller is None or caller.session is None:
            raise Refusal(401, "no-session", "this browser is not signed in to your node")
        if not any(caller.session.has_token(token) for token in tokens):
            raise Refusal(
                403, "no-page-token", "this did not come from one of your node's pages", "load the page again"
            )


async def _beginning(scope: Message, receive: Receive) -> Message:
    """The whole body; of one that is read as it comes, and has its page token inside, the beginning alone."""
    if not scope.get(STREAMED):
        return {"type": "http.request", "body": (await receive()).get("body", b""), "more_body": False}
    body, more = bytearray(), True
    while more and len(body) < BEGINNING_BYTES and content_type(scope) == FORM:
        message = await receive()
        body += message.get("body", b"")
        more = bool(message.get("more_body"))
    return {"type": "http.request", "body": bytes(body), "more_body": more}


def _check_content(scope: Message, headers: Headers, body: bytes) -> None:
    """JSON for the API, forms for the pages; nothing that another site's form could send as well."""
    path = str(scope["path"])
    types = [value.partition(";")[0].strip().lower() for value in headers.getlist("content-type")]
    wanted = BYTES if path == FILES else _JSON if path.startswith(API) else FORM if scope.get(STREAMED) else _FORM
    if types != [wanted] and (types or body or scope.get(STREAMED)):
        raise Refusal(415, "bad-request", f"its body is not {wanted}", "correct it and try again")


def _page_tokens(scope: Message, headers: Headers, body: bytes) -> list[str]:
    if scope.get(STREAMED):
        found = first_field(scope, body) if content_type(scope) == FORM else None
        return [*headers.getlist("x-page-token"), *([] if found is None or found[0] != PAGE_TOKEN else [found[1]])]
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return headers.getlist("x-page-token")
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_FORM_FIELDS)
    except ValueError as error:
        raise Refusal(400, "bad-request", f"the form has more than {_FORM_FIELDS} fields", "send less") from error
    return [*headers.getlist("x-page-token"), *fields.get(PAGE_TOKEN, [])]


def _cookies(given: list[str], name: str) -> list[str]:
    found: list[str] = []
    for line in given:
        for part in line.split(";"):
            key, _, value = part.partition("=")
            if key.strip() == name:
                found.append(value.strip())
    return found[:4]


def _secure(cookie: bytes) -> bytes:
    """A cookie that is sent over TLS alone."""
    return cookie if b"; secure" in cookie.lower() else cookie + b"; Secure"


def cookie_header(name: str, value: str, max_age_s: int, *, secure: bool) -> str:
    """A cookie that no script reads and that no other site sends."""
    more = "; Secure" if secure else ""
    return f"{name}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={max_age_s}{more}"


async def _refuse(scope: Message, refusal: Refusal, answer: Send) -> None:
    if str(scope["path"]).startswith(API):
        body = problem_json(refusal.status, refusal.code, refusal.what, refusal.hint)
        kind = CONTENT_TYPE
    else:
        headers = Headers(scope=scope)
        chosen = _cookies(headers.getlist("cookie"), LANGUAGE_COOKIE)
        body = plain_page(headers.get("accept-language", ""), refusal.what, refusal.hint, chosen)
        kind = "text/html; charset=utf-8"
    started = {"type": "http.response.start", "status": refusal.status, "headers": [(b"content-type", kind.encode())]}
    await answer(started)
    await answer({"type": "http.response.body", "body": body})
