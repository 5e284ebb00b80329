"""What the local API works with: the owner's acts, made durable before they are answered, and the node's state."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import trio

from freehold.protocol.kinds.offer import OFFER
from freehold.protocol.text import IDENTITY, show

from . import clock, config, doctor, settings
from .core.desk import Denied
from .core.identities import name_of
from .core.ports import StorageFull
from .inflow import take_in
from .keyring import Keyring
from .net.port import NetworkError
from .newcomer import Newcomer
from .reach import reachable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .core.admission import Finding
    from .core.effects import Effect
    from .core.filing import Named
    from .core.service import Service
    from .files.fetching import Fetcher
    from .housekeeping import Housekeeper
    from .inflow import Inflow
    from .ledger import Ledger
    from .net.libp2p import Network
    from .startup import Prepared

T = TypeVar("T")
_FAR_FUTURE_MS = 2**53 - 1
_VERSION = version("freehold")
"""Read once: it is in a file."""
_COUNTED_PARCELS = 1_000
"""More undelivered parcels than this are shown as this many."""
PASSED_ON = 8
"""Records of the owner's own batch that are passed on at once: as many as people make by hand."""
_HOUR_MS = 60 * 60 * 1000


class Office:
    """The node as its owner's API sees it."""

    def __init__(  # noqa: PLR0913, PLR0917  -- all parts of the node that its owner has to do with
        self,
        service: Service,
        ledger: Ledger,
        network: Network,
        prepared: Prepared,
        housekeeper: Housekeeper,
        inflow: Inflow,
        fetcher: Fetcher,
    ) -> None:
        self.desk, self.service = service.desk, service
        self._fetcher = fetcher
        self._inflow = inflow
        self._ledger, self._network, self._prepared = ledger, network, prepared
        self._housekeeper = housekeeper
        self._started = clock.started()
        self._running = prepared.config
        self.keys = Keyring(self, prepared.folder.identity_key)
        """Locks and unlocks the owner's key."""
        self.newcomer = Newcomer(self, self.keys, prepared.folder.identity_key)
        """Makes an identity for a node that has none."""
        self.stopping = trio.Event()
        """Set when the owner asks the node to stop."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where others reach this node."""
        return reachable(self._network.addresses, self._prepared.config.announce, self._network.peer_id)

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return clock.now_ms()

    async def do(self, act: Callable[[int], tuple[T, list[Effect]]]) -> T:
        """An act of the owner at this moment: durable, and on its way, when this returns.

        Raises Denied (a rule of the core), StorageFull (nothing was kept).
        """
        now = clock.now_ms()
        try:
            result, effects = act(now)
            effects = [*effects, *self.service.acted(effects, now)]
        except StorageFull:
            self._ledger.lost()
            raise
        self._ledger.note(effects)
        self._ledger.settle()
        await trio.lowlevel.checkpoint()
        return result

    async def take_in(self, packed: Sequence[bytes]) -> list[Finding]:
        """Records of any number that the owner brings: durable when this returns. Raises StorageFull (some of them may
        be kept)."""
        if len(packed) <= PASSED_ON:
            return await self.do(lambda now: self.service.ingest(packed, now))
        async with self._ledger.bulk():
            return await take_in(self._inflow, self.service, self._ledger, packed)

    def status(self) -> dict[str, Any]:
        """The object of GET /status."""
        now, me = clock.now_ms(), self.desk.me
        totals = self._housekeeper.census.totals()
        undelivered = self.desk.stores.outbox.due(_FAR_FUTURE_MS, _COUNTED_PARCELS)
        return {
            "version": _VERSION,
            "network": self.desk.network.name,
            "identity": None if me is None else show(me, IDENTITY),
            "name": None if me is None else name_of(self.desk, me),
            "peer_id": self._network.peer_id,
            "addresses": list(self.addresses),
            "peers": len(self._network.peers()),
            "records": sum(totals.values()),
            "offers": totals.get(OFFER.name, 0),
            "parked": self.service.statistics().get("parked", 0),
            "undelivered": len(undelivered),
            "sync": self._sync(now),
            "uptime_s": int(clock.uptime_s(self._started)),
            **self.keys.state(),
            "unsigned": self.service.unsigned,
            "reached_until": self.service.reached_until(),
            "clocks_ahead_ms": self.service.ahead_ms(now),
            "last_backup": (self.last_backup() or {}).get("at"),
            "folder": str(self._prepared.folder.root),
            "pid": os.getpid(),
            "time": now,
        }

    def settings(self) -> dict[str, Any]:
        """The object of GET /config: what config.toml says, and what this node was started with instead."""
        written = settings.shown(self._prepared.folder.config)
        running = config.masked(msgspec.to_builtins(self._running))
        return {"config": written, "restart": sorted(name for name in written if written[name] != running[name])}

    def configure(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Change config.toml; as `settings`. `restart` names what waits for the next start. Raises Denied."""
        path = self._prepared.folder.config
        settings.change(path, changes)
        written = config.load(path)
        now: dict[str, Any] = {name: getattr(written, name) for name in changes if name in settings.AT_ONCE}
        self._running = msgspec.structs.replace(self._running, **now)
        settings.take_up(self.desk, self._running)
        return self.settings()

    async def doctor(self, page: dict[str, Any]) -> dict[str, Any]:
        """The object of GET /doctor."""
        status, now = self.status() | {"page": page}, clock.now_ms()
        return doctor.told(await trio.to_thread.run_sync(doctor.examine, self._prepared.folder, now, status))

    async def fix(self, check: str) -> None:
        """Do what a finding of the doctor says. Raises Denied, StorageFull, StorageBroken."""
        if check == "search":
            self._ledger.settle()
            await self._housekeeper.index_missing()
            return
        doctor.fix(self._prepared.folder, check)

    def _sync(self, now: int) -> dict[str, Any]:
        """How far this node has what others have; empty where nodes are only read by cursors."""
        return {} if self.service.reconciling is None else self.service.reconciling.status(now)

    def statistics(self) -> dict[str, Any]:
        """What was counted since the start, by the network and by the core."""
        return {
            "net": self._network.statistics(),
            "core": self.service.statistics(),
            "store": {
                "full": self._ledger.full_since_start,
                "kinds": self._housekeeper.census.totals(),
                **self._housekeeper.budget.state(),
            },
        }

    def peers(self) -> dict[str, Any]:
        """The object of GET /node/peers."""
        bans = self.desk.stores.peers.bans(clock.now_ms())
        return {
            "peers": [
                {"peer": peer.peer, "address": peer.address, "direction": peer.direction, "since": peer.since}
                for peer in self._network.peers()
            ],
            "banned": [{"peer": peer, "until": until, "reason": reason} for peer, until, reason in bans],
        }

    async def connect(self, address: str) -> str:
        """Dial a multiaddr now; the peer's id. Raises Denied."""
        try:
            return await self._network.connect(address)
        except NetworkError as error:
            hint = "check the address, and that a node runs there: `freehold status` prints it on that side"
            raise Denied("unreachable", str(error), hint) from error

    async def ban(self, peer: str, hours: int) -> None:
        """Refuse a peer, and drop it if it is connected."""
        now = clock.now_ms()
        self.desk.stores.peers.ban(peer, now + hours * _HOUR_MS, "by the owner")
        self._ledger.settle()
        await self._network.drop(peer)

    async def unban(self, peer: str) -> None:
        """Let a peer in again."""
        self.desk.stores.peers.ban(peer, 0, "")
        self._ledger.settle()
        await trio.lowlevel.checkpoint()

    def fetch(self, contract: bytes, named: Named) -> None:
        """Fetch a file that a contract names, soon. Raises Denied, StorageFull."""
        self._fetcher.begin(contract, named)

    def fetching(self, sha256: bytes) -> dict[str, Any] | None:
        """How far that is; None if it was not asked for since the start."""
        return self._fetcher.view(sha256)

    async def scrub(self) -> bool:
        """Take what was erased out of every file; False if that takes a while yet. Raises StorageFull or -Broken."""
        self._ledger.settle()
        return await self._housekeeper.scrub()

    async def backup(self, target: str) -> dict[str, Any]:
        """Write a backup to a new file. Raises Denied."""
        self._ledger.settle()
        return await self._housekeeper.backup(Path(target))

    async def backup_here(self) -> dict[str, Any]:
        """Write a backup into the node's own folder of them. Raises Denied."""
        self._ledger.settle()
        return await self._housekeeper.backup_here()

    def last_backup(self) -> dict[str, Any] | None:
        """When (`at`, ms) and where the last backup was written; None if none is known of."""
        return self._housekeeper.last_backup()

    def shutdown(self) -> None:
        """Stop soon: after the answer to whoever asked."""
        self.stopping.set()
