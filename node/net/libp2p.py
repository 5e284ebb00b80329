"""The network: a hardened libp2p host, gossip, requests, and the peers it keeps. It moves bytes, not records."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false, reportUnknownMemberType=false
# pyright: reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false
from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

import trio
from libp2p.custom_types import TProtocol
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.protocol_muxer.exceptions import MultiselectClientError
from multiaddr import Multiaddr

from freehold.protocol import limits

from . import streams
from .addresses import check_free
from .announcer import Announcer
from .connections import Connections
from .keeper import Keeper
from .life import Life
from .port import BadReply, NetworkError, NotConnected, NotSpoken, PeerInfo, TimedOut, Unreachable
from .reason import why
from .standing import Standing
from .talks import Talks

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from ..core.ports import PeerBook
    from .port import Inbound, NetConfig

DIAL_S = 10.0
RESTART_S, LONGEST_RESTART_S, STEADY_S = 1.0, 60.0, 300.0
"""Before a host that ended begins again, doubling; one that lived five minutes begins anew at the first."""
SILENT = 3
"""Requests, or streams to be opened, in a row that a peer leaves unanswered before it is taken for gone: a line can die
without a word, and the system would wait for it for a quarter of an hour."""
BAD_REPLY = 5
_SILENT_PEERS = 1024
_LOG = logging.getLogger(__name__)


class Network:
    """One node's place in the network. `peer_id` and `addresses` hold from the moment `run` has started."""

    def __init__(
        self,
        config: NetConfig,
        transport_key: bytes,
        inbound: Inbound,
        book: PeerBook,
        now_ms: Callable[[], int],
        rng: random.Random,
    ) -> None:
        self._config, self._key, self._inbound = config, transport_key, inbound
        self._standing = Standing(book, now_ms)
        self._connections = Connections(inbound, self._standing.banned, now_ms)
        self._requests = streams.Requests(inbound)
        self._talks = Talks(inbound)
        self._announcer = Announcer(self._publish)
        self._keeper = Keeper(config, self, self._standing, rng)
        self._counts: Counter[str] = Counter()
        self._silent: Counter[str] = Counter()
        self._turns: dict[str, trio.CapacityLimiter] = {}
        self._life: Life | None = None
        self.peer_id = ""
        self.addresses: tuple[str, ...] = ()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Listen and keep connections, for ever. Raises NetworkError if an address cannot be listened on."""
        listen = list(self._config.listen)
        for address in listen:
            check_free(address)
        async with trio.open_nursery() as nursery:
            await nursery.start(self._live_on, listen)
            task_status.started()
            nursery.start_soon(self._announcer.run)
            nursery.start_soon(self._keeper.run)

    async def announce(self, topic: str, record: bytes) -> None:
        """Gossip one packed record, within 50 ms."""
        await self._announcer.announce(topic, record)

    async def request(self, peer: str, payload: bytes, *, timeout_s: float = 10.0) -> bytes:
        """Ask a connected peer. Raises NotConnected, TimedOut or RemoteFailed."""
        if len(payload) > limits.FRAME_BYTES:
            raise NetworkError(f"a request of {len(payload)} bytes is more than {limits.FRAME_BYTES}")
        if peer not in self._connections:
            raise NotConnected(f"there is no connection to {peer}")
        turn = self._turns.setdefault(peer, trio.CapacityLimiter(streams.AT_ONCE_A_PEER))
        try:
            with trio.fail_after(timeout_s):
                async with turn:  # the other side turns away whoever asks more at once
                    reply = await self._ask(peer, payload)
        except trio.TooSlowError as error:
            self._count_silence(peer)
            raise TimedOut(f"{peer} did not answer within {timeout_s:g} seconds") from error
        except streams.STREAM_ERRORS as error:
            raise NotConnected(f"the connection to {peer} failed: {error}") from error
        except BadReply as error:
            self.penalize(peer, str(error), BAD_REPLY)
            raise
        finally:
            if not turn.statistics().borrowed_tokens:
                self._turns.pop(peer, None)
        del self._silent[peer]
        return reply

    async def converse(self, peer: str, number: int, first: bytes) -> None:
        """Open a conversation with a connected peer and carry it to its end, which the node hears.

        Raises NotConnected or NotSpoken; then nothing was said.
        """
        if self._life is None or peer not in self._connections:
            raise NotConnected(f"there is no connection to {peer}")
        try:
            with trio.fail_after(DIAL_S):
                stream = await self._life.stream(ID.from_string(peer), TProtocol(self._config.talk_protocol))
        except trio.TooSlowError as error:
            self._count_silence(peer)
            raise NotConnected(f"{peer} opens no stream within {DIAL_S:g} seconds") from error
        except streams.STREAM_ERRORS as error:
            if _says_no(error):
                raise NotSpoken(f"{peer} does not speak {self._config.talk_protocol}") from error
            raise NotConnected(f"the connection to {peer} failed: {error}") from error
        del self._silent[peer]
        await self._talks.carry(stream, number, (first,))

    async def connect(self, address: str) -> str:
        """Dial a multiaddr that ends in /p2p/ and a peer's id; the id. Raises Unreachable."""
        try:
            place = Multiaddr(address)
            identity = info_from_p2p_addr(place).peer_id
        except (*streams.STREAM_ERRORS, ValueError) as error:
            raise Unreachable(f"{address} is not an address such as /ip4/203.0.113.5/tcp/7747/p2p/12D3...") from error
        peer, life = str(identity), self._life
        if peer in self._connections:
            return peer
        if peer == self.peer_id:
            raise Unreachable(f"{address} is this node itself")
        if self._standing.banned(peer):
            raise Unreachable(f"{peer} is banned here")
        if life is None:
            raise Unreachable("the network is beginning again; try in a moment")
        try:
            with trio.fail_after(DIAL_S):
                await life.dial(place, identity)
        except trio.TooSlowError as error:
            raise Unreachable(f"{address} did not answer within {DIAL_S:g} seconds") from error
        except streams.STREAM_ERRORS as error:
            raise Unreachable(f"{address} cannot be reached: {why(error)}") from error
        self._connections.dialled(peer, address)
        self._standing.reached(peer, address)
        return peer

    async def drop(self, peer: str) -> None:
        """Close every connection to a peer."""
        if self._life is not None and peer in self._connections:
            await self._life.disconnect(ID.from_string(peer))

    def peers(self) -> list[PeerInfo]:
        """Who is connected."""
        return self._connections.peers()

    def offer_address(self, address: str) -> None:
        """Another address worth a dial when a place is free."""
        self._keeper.offer(address)

    def penalize(self, peer: str, reason: str, weight: int = 1) -> None:
        """Strike a peer; at 20 it is disconnected and banned, for an hour at first, doubling to a day."""
        _LOG.debug("strike against %s: %s", peer, reason)
        if self._standing.strike(peer, reason, weight):
            self._counts["bans"] += 1
            self._drop(peer)

    def statistics(self) -> dict[str, int]:
        """Counts since the start, and the connections there are."""
        counts = self._counts + self._requests.counts + self._talks.counts
        if self._life is not None:
            counts += self._life.counts()
        return {
            **counts,
            "connections": len(self._connections.peers()),
            "restarts": self._counts["restarts"],
            "strikes": self._standing.strikes,
            "records not announced": self._announcer.lost,
        }

    def heard(self, topic: str, data: bytes, peer: str) -> bool:
        """See `gossip.Judge`."""
        self._counts["gossip heard"] += 1
        try:
            return self._inbound.heard(topic, data, peer)
        except Exception:  # noqa: BLE001  -- a mistake of ours costs the message that reaches it, and its sender nothing
            _LOG.exception("a mistake in freehold itself")
            return False

    def refuses(self, peer: str) -> bool:
        """See `gossip.Judge`."""
        return self._standing.banned(peer)

    async def _live_on(
        self, listen: list[str], *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Supervise the host: whatever ends it, another begins, with the same key and port."""
        wait_s = RESTART_S
        while True:
            began = trio.current_time()
            try:
                await self._live(listen, task_status)
            except Exception:  # whatever a peer or the library did to it, the node goes on
                if not self.peer_id:
                    raise
                _LOG.exception("the network host ended; it begins again in %g s", wait_s)
            finally:
                self._life = None
                self._connections.all_gone()
            self._counts["restarts"] += 1
            wait_s = RESTART_S if trio.current_time() - began > STEADY_S else wait_s
            await trio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_RESTART_S)
            task_status = trio.TASK_STATUS_IGNORED

    async def _live(self, listen: list[str], task_status: trio.TaskStatus[None]) -> None:
        life = Life(self._config, self._key, self, self._requests.serve, self._talks.serve, self._connections)
        async with life.running(listen):
            self.peer_id, self.addresses = life.peer_id, life.addresses
            listen[:] = life.listening
            self._connections.on_change = self._keeper.look
            self._life = life
            task_status.started()
            await life.ended()

    async def _publish(self, topic: str, data: bytes) -> None:
        if self._life is None:
            self._counts["gossip lost while beginning again"] += 1
            return
        try:
            await self._life.publish(topic, data)
            self._counts["gossip sent"] += 1
        except streams.STREAM_ERRORS as error:
            _LOG.warning("announcing failed, catch-up brings it: %r", error)

    async def _ask(self, peer: str, payload: bytes) -> bytes:
        if self._life is None:
            raise NotConnected(f"there is no connection to {peer}")
        stream = await self._life.stream(ID.from_string(peer), TProtocol(self._config.protocol))
        whole = False
        try:
            reply = await streams.ask(stream, payload)
            whole = True
            return reply
        finally:
            await streams.end(stream, whole=whole)

    def _count_silence(self, peer: str) -> None:
        if len(self._silent) >= _SILENT_PEERS:
            self._silent.clear()
        self._silent[peer] += 1
        if self._silent[peer] >= SILENT:
            del self._silent[peer]
            self._drop(peer)

    def _drop(self, peer: str) -> None:
        if self._life is not None:
            self._life.drop(ID.from_string(peer))


def _says_no(error: BaseException) -> bool:
    """Whether a stream was not opened because the peer does not speak its protocol. Upstream raises the same when the
    line fails while the two agree, from what failed."""
    refusal = error.__cause__
    return isinstance(refusal, MultiselectClientError) and refusal.__cause__ is None
