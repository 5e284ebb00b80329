"""HTTP/1.1 for one ASGI application on a trio listener: h11 parses, everything is bounded, nothing ends the server.

Requests are held whole, but for those that are files (`uploads.is_streamed`), which the application reads as they come;
and so are answers, but for those that say that more is to come (`more_body`): these go out piece by piece. What a
client sends can end its own connection only (Hypercorn in the node's nursery was ended by hostile connections dozens of
times in 8,000).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias, TypeVar, cast
from urllib.parse import unquote_to_bytes

import h11
import trio

from .places import Places
from .problems import CONTENT_TYPE, problem_json
from .uploads import STREAMED, is_streamed

S = TypeVar("S", bound=trio.abc.Stream)
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

AFTERWARDS = "freehold.afterwards"
"""The key of the scope under which an application leaves calls that are made once the answer is out."""
HEADER_BYTES = 8 * 1024
BODY_BYTES = 1024 * 1024
"""Sixteen gossip frames in base64, the longest request there is."""
DRAINED_BYTES = 16 * 1024 * 1024
"""A longer body is read up to here, so that its sender hears why it is refused."""
DRAINED_FILE_BYTES = 128 * 1024 * 1024
"""The same for files: people choose one that is too long, and should read that it is."""
CONNECTIONS = 64
"""Streams of events take up to `events.LISTENERS` of them, and a browser opens six for a page."""
IDLE_S = 30.0
REQUEST_S = 30.0
SEND_S = 30.0
UPLOAD_S = 600.0
"""For files, each piece of which has `REQUEST_S`."""
_VERSIONS = (b"1.0", b"1.1")
_OURS = (b"content-length", b"connection", b"transfer-encoding")
_HEADER_READ_BYTES = 2 * 1024
_BODY_READ_BYTES = 64 * 1024
_LOG = logging.getLogger(__name__)


class TooLarge(Exception):
    """A body beyond `BODY_BYTES`."""


async def serve_connections(
    application: Application,
    listener: trio.abc.Listener[S],
    *,
    admits: Callable[[S], bool],
    task_status: Any = trio.TASK_STATUS_IGNORED,  # noqa: ANN401
) -> None:
    """Serve whom `admits` lets in, until cancelled. A client that never reads does not hold up the end."""
    places = Places(CONNECTIONS)

    async def connection(stream: S) -> None:
        if not await places.take(stream):
            await trio.aclose_forcefully(stream)
            return
        try:
            if admits(stream):
                await _Connection(application, stream, places).run()
        except Exception as error:  # noqa: BLE001  -- a mistake of ours that some request reached ends its connection
            if _is_the_clients(error):
                _LOG.debug("a connection ended: %r", error)
            else:
                _LOG.exception("a mistake in freehold itself")
        finally:
            places.leave(stream)
            await trio.aclose_forcefully(stream)

    await trio.serve_listeners(connection, [listener], task_status=task_status)


def _is_the_clients(error: Exception) -> bool:
    """Whether a connection ended by what its client did, or did not do."""
    if isinstance(error, ExceptionGroup):
        return all(_is_the_clients(inner) for inner in cast("ExceptionGroup[Exception]", error).exceptions)
    return isinstance(
        error, trio.BrokenResourceError | trio.ClosedResourceError | trio.TooSlowError | h11.ProtocolError
    )


class _Connection:
    """One client, one request after the other."""

    def __init__(self, application: Application, stream: trio.abc.Stream, places: Places) -> None:
        self._application, self._stream, self._places = application, stream, places
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEADER_BYTES)
        self._reusable = True

    async def run(self) -> None:
        """Until either side has had enough."""
        while await self._one_request():
            self._http.start_next_cycle()

    async def _one_request(self) -> bool:
        """Read and answer one request; whether another may follow."""
        try:
            request: h11.Event | type[h11.PAUSED] | None = None
            with trio.fail_after(IDLE_S), self._places.idle(self._stream):
                request = await self._event()
            if not isinstance(request, h11.Request):
                return False  # it left, or gave way to somebody else
            scope = _scope(request)
            scope[STREAMED] = is_streamed(scope)
            with trio.fail_after(REQUEST_S):
                body = b"" if scope[STREAMED] else await self._body()
        except TooLarge:
            await self._refuse(413, f"its body is larger than {BODY_BYTES} bytes")
            return False
        except h11.RemoteProtocolError as error:
            await self._refuse(error.error_status_hint, f"it is not HTTP/1.1 as this node speaks it: {error}")
            return False
        if request.http_version not in _VERSIONS or request.method == b"CONNECT":
            await self._refuse(501, "it is of another version of HTTP, or asks for a tunnel")
            return False
        try:
            await self._run(scope, None if scope[STREAMED] else body)
        finally:
            for call in scope.get(AFTERWARDS, ()):
                call()
        if scope[STREAMED]:
            await self._drain()
        return self._reusable and self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    async def _event(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return cast("h11.Event | type[h11.PAUSED]", event)
            if self._http.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            in_headers = self._http.their_state is h11.IDLE
            data = await self._stream.receive_some(_HEADER_READ_BYTES if in_headers else _BODY_READ_BYTES)
            self._http.receive_data(bytes(data))

    async def _body(self) -> bytes:
        body, length = bytearray(), 0
        while isinstance(event := await self._event(), h11.Data):
            length += len(event.data)
            if length <= BODY_BYTES:
                body += event.data
            elif length > DRAINED_BYTES:
                break
        if length > BODY_BYTES:
            raise TooLarge
        return bytes(body)

    async def _piece(self, until: float) -> Message:
        """What comes next of a body that is read as it comes; a client that errs or dawdles is as good as gone."""
        try:
            with trio.fail_at(min(until, trio.current_time() + REQUEST_S)):
                event = await self._event()
        except (trio.TooSlowError, trio.BrokenResourceError, h11.RemoteProtocolError):
            self._reusable = False
            return {"type": "http.disconnect"}
        piece = bytes(event.data) if isinstance(event, h11.Data) else b""
        return {"type": "http.request", "body": piece, "more_body": isinstance(event, h11.Data)}

    async def _drain(self) -> None:
        """Read what is left of such a body, so that its sender comes to read the answer."""
        left = DRAINED_FILE_BYTES
        with trio.move_on_after(REQUEST_S):
            while self._reusable and left > 0 and self._http.their_state is h11.SEND_BODY:
                event = await self._event()
                left -= len(event.data) if isinstance(event, h11.Data) else 0

    async def _run(self, scope: Message, body: bytes | None) -> None:
        """Run the application on one request, and send what it answers. Without a body, it is read as it comes."""
        start: Message = {}
        chunks: list[bytes] = []
        streaming = False
        silent = scope["method"] == "HEAD"

        async def send(message: Message) -> None:
            nonlocal streaming
            await trio.lowlevel.checkpoint()
            if message["type"] == "http.response.start":
                start.update(message)
                return
            piece = b"" if silent else bytes(message.get("body", b""))
            if streaming:
                await self._send_in_time(h11.Data(data=piece))
            elif message.get("more_body"):
                streaming = True
                headers = _headers(start.get("headers", ()), keep=b"content-length")
                await self._send_in_time(
                    h11.Response(status_code=start["status"], headers=headers), h11.Data(data=piece)
                )
            else:
                chunks.append(piece)

        await self._application(scope, self._receiver(body), send)
        if streaming:
            await self._send_in_time(h11.EndOfMessage())
        else:
            await self._answer(start["status"], start.get("headers", ()), b"".join(chunks))

    def _receiver(self, body: bytes | None) -> Receive:
        asked, until = False, trio.current_time() + UPLOAD_S

        async def receive() -> Message:
            nonlocal asked
            if body is None and not asked:
                message = await self._piece(until)
                asked = not message.get("more_body")
                return message
            if asked:
                await self._gone()
                return {"type": "http.disconnect"}
            asked = True
            await trio.lowlevel.checkpoint()
            return {"type": "http.request", "body": body or b"", "more_body": False}

        return receive

    async def _gone(self) -> None:
        """Wait until the client leaves. What it sends meanwhile is dropped, and the connection ends with the answer."""
        while await self._stream.receive_some(_HEADER_READ_BYTES):
            self._reusable = False

    async def _answer(self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
        kept = [*_headers(headers), (b"content-length", str(len(body)).encode())]
        await self._send_in_time(
            h11.Response(status_code=status, headers=kept), h11.Data(data=body), h11.EndOfMessage()
        )

    async def _refuse(self, status: int, reason: str) -> None:
        """Tell a client that what it sent cannot be read, if it can still be told."""
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = problem_json(status, "bad-request", f"this request cannot be read: {reason}", "correct it")
            await self._answer(status, [(b"content-type", CONTENT_TYPE.encode())], body)

    async def _send_in_time(self, *events: h11.Event) -> None:
        with trio.fail_after(SEND_S):
            await self._send(*events)

    async def _send(self, *events: h11.Event) -> None:
        await self._stream.send_all(b"".join(self._http.send(event) or b"" for event in events))


def _headers(given: Iterable[tuple[bytes, bytes]], keep: bytes = b"") -> Headers:
    """An answer's headers without those that are this server's to say; nothing is cached that does not say so."""
    headers = [(name.lower(), value) for name, value in given]
    kept = [(name, value) for name, value in headers if name not in _OURS or name == keep]
    cached = any(name == b"cache-control" for name, _ in kept)
    return kept if cached else [*kept, (b"cache-control", b"no-store")]


def _scope(request: h11.Request) -> Message:
    path, _, query = request.target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method.decode("ascii"),
        "scheme": "http",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers],
        "client": None,
        "server": None,
    }
