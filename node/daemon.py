"""The composition root: one node from its parts, in one trio nursery, until it is told to stop."""

from __future__ import annotations

import errno
import gc
import logging
import random
import secrets
from functools import partial
from typing import TYPE_CHECKING, cast

import trio

from freehold.protocol import topics
from freehold.protocol.network import network as network_named

from . import lifetime, plugins, settings
from .api.application import application
from .api.browser_door import Place, serve_browsers
from .api.events import Events
from .api.server import serve
from .api.surface import surface
from .border import Border
from .budgeting import BudgetKeeper
from .checking import Checking
from .checkpoints import Checkpoints
from .clock import now_ms
from .config import page_place, participation
from .core.desk import Denied, Desk
from .core.ports import StorageAway, StorageBroken, StorageFull
from .core.service import Service
from .courier import Courier
from .files.fetching import Fetcher
from .files.shelf import Shelf
from .herald import Herald
from .housekeeping import Housekeeper
from .inflow import Inflow
from .ledger import Ledger
from .net.libp2p import Network
from .net.port import NetConfig, NetworkError
from .notifying import Notifier
from .office import Office
from .store.opening import DriverMissing, open_store

if TYPE_CHECKING:
    from .core.effects import Effect
    from .startup import Conversation, Prepared
    from .store.opening import Storage

TICK_S = 1.0
TEND_S = 0.03
ADDRESSES_S = 60.0
_MB = 1_000_000
_LOG = logging.getLogger(__name__)


def run(prepared: Prepared, talk: Conversation, *, leashed: bool) -> int:
    """Run a node until a signal, its owner or (leashed) the end of standard input stops it. Raises Denied."""
    try:
        trio.run(partial(_live, prepared, talk, leashed=leashed))
    except BaseExceptionGroup as group:
        raise _in_words(group) from group
    _LOG.info("stopped")
    return 0


class Node:
    """The parts of one node, joined. Every part knows only those before it."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.store = open_stores(prepared)
        wire_names = topics.wire_names(prepared.config.network)
        self.desk = Desk(
            network=network_named(prepared.config.network),
            registry=plugins.registry(),
            stores=self.store,
            ranking=plugins.ranking(prepared.config.ranking),
            triage=plugins.triage(prepared.config.triage),
            random_bytes=secrets.token_bytes,
            signer=None if prepared.owner is None else prepared.owner.signer,
            owner=prepared.identity,
            rails=plugins.rails(),
        )
        settings.take_up(self.desk, prepared.config)
        self.desk.files = shelf = Shelf(prepared.folder.files, prepared.config.files_mb * _MB, now_ms)
        self.service = Service(self.desk, participation(prepared.config))
        self.courier = Courier(wire_names)
        self.events = Events(now_ms)
        self.herald = Herald(self.desk, self.events.announce)
        self.ledger = Ledger(self.store, self._carry, self._broken)
        self.checking = Checking()
        self.inflow = Inflow(self.checking)
        self.border = Border(self.service, self.ledger, self.inflow, wire_names, self._broken, self.events.announce)
        config = NetConfig(
            listen=prepared.config.listen,
            seeds=prepared.config.seeds,
            topics=tuple(wire_names.values()),
            protocol=f"/{prepared.config.network}/req/1",
            talk_protocol=f"/{prepared.config.network}/sync/1",
        )
        self.network = Network(config, prepared.transport_key, self.border, self.store.peers, now_ms, _dice())
        budget = BudgetKeeper(self.desk, self.store, self.ledger, prepared.config.store_mb * _MB, now_ms)
        self.housekeeper = Housekeeper(self.store, budget, prepared.folder)
        self.fetcher = Fetcher(self.desk, shelf, self.network, self.events.announce)
        self.office = Office(
            self.service, self.ledger, self.network, prepared, self.housekeeper, self.inflow, self.fetcher
        )
        self.surface = surface(self.office, self.events)
        self.broken: StorageBroken | None = None

    def close(self) -> None:
        """Make the last writes durable and close the database."""
        try:
            self.ledger.settle()
            self.store.close()
        except (StorageFull, StorageBroken) as error:
            _LOG.warning("the last writes are not kept: %s", error)

    async def introduce(self) -> None:
        """Publish the own key log and where this node can be reached, as far as there is an owner."""
        if self.prepared.owner is not None:
            await self.office.keys.take(self.prepared.owner, self.prepared.unlocked_minutes)
        await self.office.do(lambda now: (None, self.service.set_nodes(self.office.addresses, now)))

    def _carry(self, effect: Effect) -> None:
        self.courier.carry(effect)
        self.herald.carry(effect)

    def _broken(self, error: StorageBroken) -> None:
        self.broken = error
        self.office.shutdown()


async def _live(prepared: Prepared, talk: Conversation, *, leashed: bool) -> None:
    node = Node(prepared)
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lifetime.stop_on_signal, node.office.shutdown)
            await nursery.start(node.network.run)
            await node.introduce()
            await _open_doors(node, nursery)
            for task in (
                node.ledger.run,
                node.checking.run,
                node.housekeeper.run,
                node.housekeeper.census.run,
                node.fetcher.run,
                Notifier(node.store, node.ledger, prepared.config, now_ms).run,
            ):
                nursery.start_soon(task)
            nursery.start_soon(node.courier.run, node.network, node.border)
            nursery.start_soon(_tick, node)
            nursery.start_soon(Checkpoints(node.store, node.ledger).run)
            nursery.start_soon(_mind_addresses, node)
            nursery.start_soon(node.housekeeper.budget.run)
            _LOG.info("running as %s on %s", node.network.peer_id, ", ".join(node.network.addresses))
            gc.freeze()  # what is here now stays: a full collection that looks at it all stops the loop for 60 ms
            talk.ready(node.office.status() | {"page": node.surface.page.status()})
            if leashed:
                nursery.start_soon(lifetime.stop_with_starter, node.office.shutdown)
            else:
                lifetime.let_go()
            node.events.announce("node.started", {"peer_id": node.network.peer_id})
            await node.office.stopping.wait()
            node.events.announce("node.stopping", {})
            lifetime.end_in_time()
            nursery.cancel_scope.cancel()
    finally:
        node.close()
    if node.broken is not None:
        raise _unusable(node.broken)


async def _open_doors(node: Node, nursery: trio.Nursery) -> None:
    """The local API: on the owner's socket, and for browsers. What fails there later, or at the page, ends nothing."""
    app, config, folder = application(node.office, node.surface), node.prepared.config, node.prepared.folder
    await nursery.start(serve, app, folder.socket)
    found = page_place(config)
    if found is None:
        return
    files = [folder.root / name if name else None for name in (config.page_certificate, config.page_key)]
    place = Place(*found, *files, names=config.page_names)
    await nursery.start(serve_browsers, app, node.surface, place)


def _dice() -> random.Random:
    """For the order of dials and their backoff; secrets come from the desk's own source."""
    return random.Random(secrets.randbits(64))  # noqa: S311


async def _tick(node: Node) -> None:
    """Time passes; in between, work of the store that can wait is done, a few milliseconds at a time, and while records
    come in bulk once a second only."""
    while True:
        busy = node.border.tended()
        with trio.move_on_after(TICK_S):
            while True:
                await trio.sleep(TEND_S if busy else TICK_S)
                busy = node.inflow.is_busy or node.border.tended()
        node.office.keys.ticked()
        node.office.newcomer.ticked()
        node.border.ticked()


async def _mind_addresses(node: Node) -> None:
    """A machine that moves to another network is reached elsewhere: tell it."""
    told = node.office.addresses
    while True:
        await trio.sleep(ADDRESSES_S)
        if node.office.addresses != told:
            told = node.office.addresses
            node.border.moved(told)


def open_stores(prepared: Prepared) -> Storage:
    """The stores that the settings name. Raises Denied."""
    try:
        return open_store(prepared.folder.database, prepared.config.store_url)
    except DriverMissing as error:
        raise Denied("bad-config", f"store_url is set, but {error}", "pip install 'freehold[postgres]'") from error
    except StorageAway as error:
        raise Denied("storage-away", str(error), "see to the server, or take store_url out of config.toml") from None
    except StorageBroken as error:
        raise _unusable(error) from error
    except StorageFull as error:
        raise Denied("storage-full", f"the database cannot be opened: {error}", "make room on the disk") from error


def _unusable(error: StorageBroken) -> Denied:
    return Denied(
        "storage-broken",
        f"the database cannot be used: {error}",
        "see what can be saved: freehold node check --rebuild; or restore a backup: freehold backup restore",
    )


def _in_words(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What ended the nursery, if it is something for a person; else the group itself, which is a bug."""
    found = group.subgroup((Denied, NetworkError))
    first: BaseException | None = found
    while isinstance(first, BaseExceptionGroup):
        first = cast("BaseExceptionGroup[BaseException]", first).exceptions[0]
    match first:
        case Denied():
            return first
        case NetworkError():
            return _cannot_listen(first)
        case _:
            return group


def _cannot_listen(error: NetworkError) -> Denied:
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno == errno.EADDRINUSE:
        return Denied(
            "port-in-use",
            str(error),
            "stop what listens there, or choose another port: `listen` in config.toml, or --listen",
        )
    return Denied("cannot-listen", str(error), "correct `listen` in config.toml, or use --listen")
