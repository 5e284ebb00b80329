"""A browser's side of the door: raw requests to a real listener on loopback, as they stand on the wire."""

from __future__ import annotations

import json
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import trio

from freehold.node.api.application import application
from freehold.node.api.browser_door import Place, serve_browsers

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from freehold.node.api.surface import Surface
    from tests.node.api.counter import Counter


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    @property
    def code(self) -> str:
        """Of a problem object."""
        return str(json.loads(self.body)["code"])


@dataclass
class Browser:
    """Somebody at the door. `cookie` and `page_token` are those of a session, once there is one. With `trusted`
    certificates, and the `name` under which the node is known, over TLS."""

    surface: Surface
    port: int
    cookie: str = ""
    page_token: str = ""
    trusted: ssl.SSLContext | None = None
    name: str = "127.0.0.1"
    kept: list[trio.SocketStream] = field(default_factory=list[trio.SocketStream])

    @property
    def host(self) -> str:
        return f"{self.name}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{'http' if self.trusted is None else 'https'}://{self.host}"

    async def sign_in(self, path: str = "/") -> Reply:
        code, _ = self.surface.sessions.new_code(path)
        reply = await self.ask("GET", f"/login?code={code}")
        self.cookie = reply.all("set-cookie")[0].partition(";")[0]
        session = self.surface.sessions.find(self.cookie.partition("=")[2])
        assert session is not None
        self.page_token = session.page_token
        return reply

    async def get(self, path: str, **headers: str) -> Reply:
        """As the page itself asks: with its cookie."""
        return await self.ask("GET", path, [("Cookie", self.cookie), *_named(headers)])

    async def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """As the page itself does; a header is left out by giving it an empty value."""
        usual = {
            "Cookie": self.cookie, "Origin": self.origin, "X_Page_Token": self.page_token,
            "Content_Type": "application/json",
        }  # fmt: skip
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return await self.ask("POST", path, _named({**usual, **headers}), data)

    async def ask(
        self, method: str, path: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"", host: str | None = ""
    ) -> Reply:
        """One request, byte by byte as given; `host` None: without one."""
        lines = [f"{method} {path} HTTP/1.1", *([] if host is None else [f"Host: {host or self.host}"])]
        lines += [f"{name}: {value}" for name, value in headers]
        lines += ["Connection: close", *([f"Content-Length: {len(body)}"] if body or method == "POST" else [])]
        return parsed(await self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body))

    async def connect(self) -> trio.abc.Stream:
        """A connection of one's own."""
        stream = await trio.open_tcp_stream("127.0.0.1", self.port)
        return stream if self.trusted is None else trio.SSLStream(stream, self.trusted, server_hostname=self.name)

    async def send(self, data: bytes) -> bytes:
        """All that comes back until the other side closes."""
        stream = await self.connect()
        answer = bytearray()
        async with stream:
            try:
                await stream.send_all(data)
                with trio.fail_after(20):
                    while piece := await stream.receive_some(65_536):
                        answer += piece
            except trio.BrokenResourceError:
                if not answer:
                    raise
                # it left what we sent unread: what it said before counts
        return bytes(answer)


def _named(headers: dict[str, str]) -> list[tuple[str, str]]:
    return [(name.replace("_", "-"), value) for name, value in headers.items() if value]


def parsed(answer: bytes) -> Reply:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(": ") for line in rest]
    return Reply(int(first.split(" ")[1]), [(name.lower(), value) for name, _, value in pairs], body)


@asynccontextmanager
async def browser_at(counter: Counter, place: Place | None = None) -> AsyncGenerator[Browser]:
    """The door of one node, open on a free port."""
    async with trio.open_nursery() as nursery:
        app = application(counter.office, counter.surface)
        await nursery.start(serve_browsers, app, counter.surface, place or Place("127.0.0.1", 0))
        address = counter.surface.page.address
        assert address is not None, counter.surface.page.trouble
        yield Browser(counter.surface, int(address.rpartition(":")[2]))
        nursery.cancel_scope.cancel()
