"""A node of a few lines behind a real unix socket: keeps offers and checks batches, and fails when told to."""

from __future__ import annotations

import base64
import json
import socketserver
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from freehold.cli.folder import SOCKET_NAME
from freehold.protocol import frame, keylog
from freehold.protocol.envelope import unpack
from freehold.protocol.errors import ProtocolError
from freehold.protocol.kind import Registry
from freehold.protocol.kinds import BUILTIN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from freehold.protocol.envelope import Record

Answer = tuple[int, dict[str, Any]]
PAGE = 2
"""Offers on one page: few, so that every listing needs several."""


def problem(status: int, code: str, detail: str) -> Answer:
    return status, {"status": status, "code": code, "detail": detail, "hint": f"do something about {code}"}


@dataclass
class SmallNode:
    """`trouble` looks at an offer before it is kept, and may answer instead."""

    folder: Path
    network: str = "test-market"
    trouble: Callable[[dict[str, Any]], Answer | None] = lambda _offer: None
    offers: list[dict[str, Any]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def answer(self, method: str, url: str, body: dict[str, Any]) -> Answer:
        path = urlsplit(url).path.removeprefix("/api/v1")
        query = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
        self.calls.append(f"{method} {path}")
        match method, path:
            case "GET", "/status":
                return 200, {"network": self.network}
            case "GET", "/offers":
                return 200, self._page(int(query.get("before", 0)))
            case "POST", "/offers":
                return self.trouble(body) or self._keep(body)
            case "POST", "/dev/ingest":
                return 200, self._ingest(body["batches"])
            case _:
                return problem(404, "not-found", f"there is no {method} {path}")

    def _page(self, start: int) -> dict[str, Any]:
        following = start + PAGE
        return {
            "offers": self.offers[start:following],
            "next": following if following < len(self.offers) else None,
        }

    def _keep(self, body: dict[str, Any]) -> Answer:
        self.offers.append({**body, "offer": f"fho1number{len(self.offers)}", "closed": False})
        return 201, self.offers[-1]

    def _ingest(self, batches: list[str]) -> dict[str, Any]:
        verdicts, reasons = Counter[str](), Counter[str]()
        for batch in batches:
            for data in frame.unpack_batch(base64.b64decode(batch)):
                reason = self._judge(data)
                verdicts["refused" if reason else "accepted"] += 1
                reasons.update([reason] if reason else [])
        return {verdict: verdicts[verdict] for verdict in ("accepted", "ignored", "refused")} | {"reasons": reasons}

    def _judge(self, data: bytes) -> str:
        """As a real node does: signature, network, the author's log, the rules of the kind."""
        logs = {record.author: record for record in self.records if record.header.kind == keylog.INCEPTION.name}
        try:
            record = unpack(data)
            Registry(BUILTIN)[record.header.kind].open(record)
            keylog.state(logs.get(record.author, record)).check(record.header)
        except ProtocolError as error:
            return str(error)
        if record.header.network != self.network:
            return "another network"
        self.records.append(record)
        return ""

    def __enter__(self) -> Self:
        self._server = _Server(str(self.folder / SOCKET_NAME), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.UnixStreamServer):
    def get_request(self) -> tuple[Any, Any]:
        connection, _ = super().get_request()
        return connection, ("unix", 0)


def _handler(node: SmallNode) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            length = int(self.headers.get("Content-Length", 0))
            status, answer = node.answer(method, self.path, json.loads(self.rfile.read(length)) if length else {})
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nobody reads it."""

    return Handler
