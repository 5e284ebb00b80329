"""Fetching files of a contract from the nodes of whoever named them: a piece after the other, started by the owner.

Whoever is asked may lie, be slow, or never end: a try has an end in pieces and in time, what came is compared with the
SHA-256 that was signed, and nothing has the file's own name before that.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

import trio

from freehold.protocol import limits, requests
from freehold.protocol.errors import ProtocolError

from ..core import filing
from ..core.desk import Denied
from ..core.ports import StorageFull
from ..net.port import NetworkError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.desk import Desk
    from ..core.filing import Named
    from .incoming import Incoming
    from .shelf import Shelf

AT_ONCE = 2
WAITING = 64
"""Files that wait for their turn: three deliveries of the most that one holds."""
REMEMBERED = 256
"""Fetches whose outcome can still be asked for."""
NODES_TRIED = 6
PIECE_S = 15.0
FILE_S = 600.0
"""25 MiB in this time are 350 kbit/s; who is slower goes on from there at the next try."""
AGAIN_S = 2.0
"""After a node said that it is enough for now."""
PATIENCE = 60
"""So often in one try."""
STRIKE = 5
_LOG = logging.getLogger(__name__)


class Peers(Protocol):
    """What this needs of the network; see `net.libp2p.Network`."""

    async def connect(self, address: str) -> str: ...  # noqa: D102

    async def request(self, peer: str, payload: bytes, *, timeout_s: float) -> bytes: ...  # noqa: D102

    def penalize(self, peer: str, reason: str, weight: int) -> None: ...  # noqa: D102


class State(Enum):
    """Of a fetch."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Fetch:
    """One file on its way, or what became of it."""

    named: Named
    contract: bytes
    state: State = State.WAITING
    got: int = 0
    size: int | None = None
    trouble: str = ""
    tried: int = 0

    def view(self) -> dict[str, Any]:
        """For the API."""
        return {"state": self.state.value, "got": self.got, "size": self.size, "trouble": self.trouble or None}


class _Unwilling(Exception):
    """A node does not hand the file over; the message says why, in its own words or in ours."""


class _Liar(Exception):
    """A node sent what cannot be."""


@dataclass(slots=True)
class Fetcher:
    """One for a node."""

    desk: Desk
    shelf: Shelf
    peers: Peers
    tell: Callable[[str, dict[str, Any]], None]
    _fetches: dict[bytes, Fetch] = field(default_factory=dict[bytes, Fetch], init=False)
    _queue: list[Fetch] = field(default_factory=list["Fetch"], init=False)
    _more: trio.Event = field(default_factory=trio.Event, init=False)

    def begin(self, contract: bytes, named: Named) -> None:
        """Fetch a file, soon. Nothing happens if it is here or on its way. Raises Denied `too-many-fetches`."""
        known = self._fetches.get(named.sha256)
        under_way = known is not None and known.state in (State.WAITING, State.RUNNING)
        if under_way or self.shelf.get(named.sha256) is not None:
            self.shelf.refer(named.sha256, contract)
            return
        if len(self._queue) >= WAITING:
            raise Denied("too-many-fetches", f"{WAITING} files wait to be fetched already", "wait for some of them")
        self._fetches.pop(named.sha256, None)
        fetch = self._fetches[named.sha256] = Fetch(named, contract)
        self._queue.append(fetch)
        self._more.set()
        for old in [sha256 for sha256, one in self._fetches.items() if one.state in (State.DONE, State.FAILED)]:
            if len(self._fetches) <= REMEMBERED:
                break
            del self._fetches[old]

    def view(self, sha256: bytes) -> dict[str, Any] | None:
        """How far a fetch is; None if there was none since the start."""
        found = self._fetches.get(sha256)
        return None if found is None else found.view()

    async def run(self) -> None:
        """Fetch what is asked for, for ever."""
        async with trio.open_nursery() as nursery:
            for _ in range(AT_ONCE):
                nursery.start_soon(self._work)

    async def _work(self) -> None:
        while True:
            while not self._queue:
                self._more = trio.Event() if self._more.is_set() else self._more
                await self._more.wait()
            fetch = self._queue.pop(0)
            fetch.state = State.RUNNING
            try:
                await self._fetch(fetch)
            except (Denied, StorageFull) as error:
                fetch.trouble = error.what if isinstance(error, Denied) else str(error)
            except Exception:  # noqa: BLE001  -- what some node sends must not end the work on other files
                _LOG.exception("a mistake in freehold itself")
                trouble = "the node made a mistake with this file: see node.log"
                fetch.trouble = trouble
            fetch.state = State.DONE if self.shelf.get(fetch.named.sha256) is not None else State.FAILED
            self.tell(
                "file.fetched" if fetch.state is State.DONE else "file.missed", {"sha256": fetch.named.sha256.hex()}
            )

    async def _fetch(self, fetch: Fetch) -> None:
        """From one node after the other, until it is here."""
        nodes = filing.sources(self.desk, fetch.contract, fetch.named.author)[:NODES_TRIED]
        trouble = "none of the contract's people has said where their node is reached"
        for address in nodes:
            fetch.tried += 1
            try:
                with trio.fail_after(FILE_S):
                    await self._fetch_at(fetch, address)
            except trio.TooSlowError:
                trouble = f"it was not here within {FILE_S:.0f} seconds; the next try goes on from there"
            except (NetworkError, _Unwilling) as error:
                trouble = str(error)
            else:
                return
        fetch.trouble = trouble

    async def _fetch_at(self, fetch: Fetch, address: str) -> None:
        """Raises NetworkError, _Unwilling, Denied, StorageFull."""
        peer = await self.peers.connect(address)
        with self.shelf.resumed(fetch.named.sha256, fetch.named.name) as coming:
            for _ in range(2):
                mixed = coming.written > 0
                try:
                    await self._read(fetch, peer, coming)
                except _Liar as error:
                    coming.begin_again()
                    if mixed:
                        continue  # perhaps another one has sent the first part
                    self.peers.penalize(peer, str(error), STRIKE)
                    raise _Unwilling(f"their node sent something else: {error}") from error
                await trio.to_thread.run_sync(coming.settle)
                coming.keep(fetch.contract)
                return
        raise _Unwilling("what came is not the file that was signed")

    async def _read(self, fetch: Fetch, peer: str, coming: Incoming) -> None:
        """All that is missing. Raises _Liar if it is not the file that was signed, and as `_fetch_at`."""
        patience = PATIENCE
        size: int | None = None
        while True:
            fetch.got = coming.written
            reply = await self._ask(peer, requests.File(fetch.named.sha256, coming.written))
            if isinstance(reply, requests.Declined):
                if not reply.again or patience == 0:
                    raise _Unwilling(f"their node does not hand it over: {reply.reason}")
                patience -= 1
                await trio.sleep(AGAIN_S)
                continue
            left = reply.size - coming.written
            if size not in (None, reply.size) or len(reply.data) != max(0, min(left, limits.PIECE_BYTES)) or left < 0:
                raise _Liar("a piece that does not fit the one before")
            size = fetch.size = reply.size
            coming.write(reply.data)
            fetch.got = coming.written
            if coming.written == size:
                if coming.sha256 != fetch.named.sha256:
                    raise _Liar("its SHA-256 is not the one that was signed")
                return

    async def _ask(self, peer: str, request: requests.File) -> requests.Piece | requests.Declined:
        data = await self.peers.request(peer, requests.write(request), timeout_s=PIECE_S)
        try:
            reply = requests.read_reply(data)
        except ProtocolError as error:
            raise _Liar(f"an answer that cannot be read: {error}") from error
        if not isinstance(reply, requests.Piece | requests.Declined):
            raise _Liar("an answer to another question")
        return reply
