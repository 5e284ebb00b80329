"""Browsers that the owner let in: by a code that was made over the socket, is good once and for a minute."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .callers import caller_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

CODE_MS = 60 * 1000
SESSION_MS = 12 * 60 * 60 * 1000
"""Without a request for this long, a browser has to come with a new code."""
CODES = 16
SESSIONS = 64
"""Beyond these the oldest is forgotten: nobody opens more within their time."""
_SECRET_BYTES = 24


@dataclass(slots=True)
class Session:
    """One browser. `page_token` stands in the node's own pages: cookies ignore ports, so another local server sees the
    cookie, but never a page. `language` is chosen in the page; empty: as the browser asks."""

    page_token: str
    expires: int
    language: str = ""

    def has_token(self, given: str) -> bool:
        """Whether this came from one of our own pages."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.page_token.encode())


@dataclass(frozen=True, slots=True)
class _Code:
    expires: int
    path: str


class Sessions:
    """Codes and sessions of one node, in memory: a restart ends them all. Secrets are kept as their hashes."""

    def __init__(self, now: Callable[[], int], random_bytes: Callable[[int], bytes]) -> None:
        self._now, self._random = now, random_bytes
        self._codes: dict[str, _Code] = {}
        self._sessions: dict[str, Session] = {}

    def new_code(self, path: str = "/") -> tuple[str, int]:
        """A code, and until when it is good; `path` is where it leads."""
        code, until = self._secret(), self._now() + CODE_MS
        self._codes[_hash(code)] = _Code(until, path)
        while len(self._codes) > CODES:
            del self._codes[next(iter(self._codes))]
        return code, until

    def redeem(self, code: str) -> tuple[str, Session, str] | None:
        """(cookie, session, where to go) for a code that is good; never twice."""
        found = self._codes.pop(_hash(code), None)
        if found is None or found.expires < self._now():
            return None
        cookie, session = self._secret(), Session(self._secret(), self._now() + SESSION_MS)
        self._sessions[_hash(cookie)] = session
        while len(self._sessions) > SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return cookie, session, found.path

    def find(self, cookie: str) -> Session | None:
        """The session of a cookie, which lives on by being used."""
        name = _hash(cookie)
        session = self._sessions.get(name)
        if session is None:
            return None
        if session.expires < self._now():
            del self._sessions[name]
            return None
        session.expires = self._now() + SESSION_MS
        return session

    def end(self, session: Session) -> None:
        """Nobody comes in by it any more."""
        self._sessions = {name: kept for name, kept in self._sessions.items() if kept is not session}

    def _secret(self) -> str:
        return self._random(_SECRET_BYTES).hex()


def session_of(request: Request) -> Session:
    """The session in which a page is asked for. The guard lets no page be asked for without one."""
    caller = caller_of(request.scope)
    if caller is None or caller.session is None:
        raise LookupError("a page was asked for without a session: the guard stands before every page")
    return caller.session


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
