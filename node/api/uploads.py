"""Bodies that are read as they come, since they may be longer than what is held in memory: files, forms with files."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from ..core.desk import Denied
from .multipart import BadForm, Begin, Data, End, Event, Parser, boundary_of

if TYPE_CHECKING:
    from .http import Message, Receive

STREAMED = "freehold.streamed"
"""The key of the scope under which the server says that the body has not been read yet."""
BYTES, FORM = "application/octet-stream", "multipart/form-data"
FILES = "/api/v1/files"
FORMS = "/contracts/"
BROKEN = "upload-broken"
SANDBOX = (b"content-security-policy", b"default-src 'none'; sandbox")
"""Of files that came from others, wherever a browser would show them: no script, no form, no origin."""
BEGINNING_BYTES = 8 * 1024
"""What the guard looks at: the page token is the first field of every form with files."""


def is_streamed(scope: Message) -> bool:
    """Whether a request's body is read as it comes."""
    if scope["method"] != "POST":
        return False
    return scope["path"] == FILES or (str(scope["path"]).startswith(FORMS) and content_type(scope) == FORM)


def content_type(scope: Message) -> str:
    """What a body says that it is, without its parameters; empty if it does not say, or says it twice."""
    return _content_types(scope).partition(";")[0].strip().lower()


def first_field(scope: Message, beginning: bytes) -> tuple[str, str] | None:
    """Name and value of the first field of a form, if it stands in its beginning and is no file."""
    try:
        events = Parser(boundary_of(_content_types(scope))).feed(beginning)
    except BadForm:
        return None
    match events:
        case [Begin(name, None), Data(value), End(), *_]:
            return name, value.decode("utf-8", "replace")
        case _:
            return None


class Pieces:
    """A body as it comes. Raises Denied `upload-broken` if it breaks off. (A generator would have to be closed.)"""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._more = receive, True

    def __aiter__(self) -> Pieces:
        return self

    async def __anext__(self) -> bytes:
        """What comes next of it."""
        if not self._more:
            raise StopAsyncIteration
        message = await self._receive()
        if message["type"] != "http.request":
            raise broken()
        self._more = bool(message.get("more_body"))
        return bytes(message.get("body", b""))


class Parts:
    """A form as it comes. Raises Denied: `upload-broken`, `bad-request`."""

    def __init__(self, scope: Message, receive: Receive) -> None:
        self._pieces, self._events = Pieces(receive), deque[Event]()
        try:
            self._parser = Parser(boundary_of(_content_types(scope)))
        except BadForm as error:
            raise _unreadable(error) from error

    def __aiter__(self) -> Parts:
        return self

    async def __anext__(self) -> Event:
        """What it brings next."""
        while not self._events:
            try:
                self._events += self._parser.feed(await anext(self._pieces))
            except BadForm as error:
                raise _unreadable(error) from error
            except StopAsyncIteration:
                if not self._parser.over:
                    raise broken() from None
                raise
        return self._events.popleft()


def _content_types(scope: Message) -> str:
    found = [value for name, value in scope["headers"] if name == b"content-type"]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def broken() -> Denied:
    """It ended before its end."""
    return Denied(BROKEN, "the upload broke off, or took too long: nothing of it was kept", "send it once more")


def _unreadable(error: BadForm) -> Denied:
    return Denied("bad-request", f"the form cannot be read: {error}", "send it once more")
