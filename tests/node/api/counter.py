"""The API in process: calls to the application over a stall of the market, without a socket."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from freehold.node.api.application import PREFIX, application
from freehold.node.api.callers import CALLER, OWNER
from freehold.node.api.http import AFTERWARDS
from freehold.node.api.surface import surface
from freehold.node.core.desk import Denied
from freehold.node.office import PASSED_ON
from freehold.node.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from freehold.node.api.callers import Caller
    from freehold.node.core.admission import Finding
    from freehold.node.core.desk import Desk
    from freehold.node.core.effects import Effect
    from freehold.node.core.filing import Named
    from freehold.node.core.service import Service
    from freehold.protocol.kinds.profile import Profile
    from tests.node.core.market import Market, Stall


class StallKeys:
    """The key of a stall: it stays as it is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def state(self) -> dict[str, Any]:
        return {"key": "locked" if self._desk.signer is None else "unlocked"}

    async def unlock(self, passphrase: str, minutes: int | None) -> None:
        del passphrase, minutes
        raise Denied("wrong-passphrase", "no passphrase opens it", "try nothing else")

    async def export(self, passphrase: str) -> str:
        del passphrase
        raise Denied("wrong-passphrase", "no passphrase opens it", "try nothing else")

    def lock(self) -> None:
        """Not here: what is asked of a stall afterwards would only find a locked key."""


class StallNewcomer:
    """Every stall has an identity."""

    def new(self, profile: Profile, passphrase: str) -> dict[str, Any]:
        del profile, passphrase
        raise Denied("identity-exists", "there is an identity", "use it")

    async def keep(self, check: Mapping[int, str]) -> None:
        del check
        raise Denied("no-draft", "there are no words", "begin again")

    async def recover(self, words: str, passphrase: str) -> None:
        del words, passphrase
        raise Denied("identity-exists", "there is an identity", "use it")


class StallOffice:
    """An `Office` over a stall; `trouble` is raised by the next act, `stopped` counts calls of shutdown."""

    def __init__(self, market: Market, stall: Stall) -> None:
        self._market, self._stall = market, stall
        self.trouble: Exception | None = None
        self.stopped = 0
        self._backups: list[str] = []
        self.banned: dict[str, int] = {}
        self.keys: Any = StallKeys(stall.desk)
        self.newcomer: Any = StallNewcomer()
        self.fetches: dict[bytes, dict[str, Any]] = {}
        """What was asked for, and how far it is."""

    @property
    def desk(self) -> Desk:
        return self._stall.desk

    @property
    def service(self) -> Service:
        return self._stall.service

    def now(self) -> int:
        return self._market.now

    async def do(self, act: Callable[[int], tuple[Any, list[Effect]]]) -> Any:
        if self.trouble is not None:
            raise self.trouble
        result, effects = act(self._market.now)
        self.desk.stores.commit()
        self._market.carry(self._stall, effects)
        return result

    async def take_in(self, packed: Sequence[bytes]) -> list[Finding]:
        if len(packed) > PASSED_ON:
            return self.service.ingest_many(packed, self.now())
        return await self.do(lambda now: self.service.ingest(packed, now))

    def status(self) -> dict[str, Any]:
        return {"network": self.desk.network.name}

    def settings(self) -> dict[str, Any]:
        return {"config": {}, "restart": []}

    def configure(self, changes: dict[str, Any]) -> dict[str, Any]:
        return {"config": changes, "restart": sorted(changes)}

    async def doctor(self, page: dict[str, Any]) -> dict[str, Any]:
        return {"state": "ok", "findings": [], "page": page}

    async def fix(self, check: str) -> None:
        raise Denied("not-fixable", f"nothing is known of {check}", "see: freehold doctor")

    def statistics(self) -> dict[str, Any]:
        return {"core": self.service.statistics()}

    def peers(self) -> dict[str, Any]:
        return {"peers": [], "banned": [{"peer": peer, "until": hours} for peer, hours in self.banned.items()]}

    async def connect(self, address: str) -> str:
        if not address.startswith("/"):
            raise Denied("unreachable", f"no connection to {address}", "check the address")
        return "12D3"

    async def ban(self, peer: str, hours: int) -> None:
        self.banned[peer] = hours

    async def unban(self, peer: str) -> None:
        self.banned.pop(peer, None)

    def fetch(self, contract: bytes, named: Named) -> None:
        self.fetches[named.sha256] = {"state": "waiting", "got": 0, "size": None, "trouble": None}

    def fetching(self, sha256: bytes) -> dict[str, Any] | None:
        return self.fetches.get(sha256)

    async def scrub(self) -> bool:
        store = self._stall.desk.stores
        assert isinstance(store, SqliteStore)
        scrubbing = store.scrubbing
        while scrubbing.step():
            pass
        scrubbing.done()
        return True

    async def backup(self, target: str) -> dict[str, Any]:
        self._backups.append(target)
        return {"file": target, "at": self._market.now, "bytes": 1, "files": ["node.db"]}

    async def backup_here(self) -> dict[str, Any]:
        return await self.backup("/node/backups/one.backup")

    def last_backup(self) -> dict[str, Any] | None:
        return {"at": self._market.now, "file": self._backups[-1]} if self._backups else None

    def shutdown(self) -> None:
        self.stopped += 1


class Counter:
    """Where one owner asks. `last` is the response to the last question: (status, headers, body bytes)."""

    def __init__(self, office: StallOffice) -> None:
        self.office = office
        self.surface = surface(office)
        self.caller: Caller | None = OWNER
        self.last: tuple[int, dict[str, str], bytes] = (0, {}, b"")

    @cached_property
    def _application(self) -> Any:
        return application(self.office, self.surface)

    async def get(self, path: str, **query: Any) -> Any:
        return await self.ask("GET", path, query=urlencode(query, doseq=True).encode())

    async def post(self, path: str, body: Any = None) -> Any:
        return await self.ask("POST", path, b"" if body is None else json.dumps(body).encode())

    async def put(self, path: str, body: Any) -> Any:
        return await self.ask("PUT", path, json.dumps(body).encode())

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        query: bytes = b"",
        content_type: str = "application/json",
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> Any:
        """One question; the JSON that is answered."""
        raw_path = (PREFIX + path).encode("utf-8", "replace")
        scope: dict[str, Any] = {
            "type": "http", "method": method, "path": PREFIX + path, "raw_path": raw_path,
            "query_string": query, "root_path": "", "scheme": "http", "http_version": "1.1", "client": None,
            "server": None, "headers": [(b"content-type", content_type.encode()), *headers], "asgi": {"version": "3.0"},
            CALLER: self.caller,
        }  # fmt: skip
        parts: list[Any] = []

        messages = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(messages, {"type": "http.disconnect"})  # who asked has left: a stream ends then

        async def send(message: Any) -> None:
            parts.append(message)

        await self._application(scope, receive, send)
        answered = {name.decode(): value.decode() for name, value in parts[0]["headers"]}
        self.last = parts[0]["status"], answered, b"".join(part.get("body", b"") for part in parts[1:])
        for call in scope.get(AFTERWARDS, ()):
            call()
        return json.loads(self.last[2]) if "json" in answered["content-type"] else self.last[2]

    @property
    def status(self) -> int:
        """Of the last answer."""
        return self.last[0]

    async def denied(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        """(status, code) of the problem that a question must end in; it must be one a person can read."""
        asked = b"" if body is None else json.dumps(body).encode()
        found = await self.ask(method, path, asked, urlencode(query, doseq=True).encode())
        assert self.last[1]["content-type"] == "application/problem+json", found
        assert found["status"] == self.status
        assert (found["type"], bool(found["title"])) == ("about:blank", True)
        assert found["detail"]
        assert found["hint"]
        return self.status, found["code"]
