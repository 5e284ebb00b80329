"""Where the network meets the core. Whatever comes in, nothing of it ends the node."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from freehold.protocol import requests

from .clock import now_ms
from .core.effects import Verdict
from .core.ports import StorageBroken, StorageFull
from .core.reconciling import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from freehold.protocol.envelope import Sealed
    from freehold.protocol.stamp import Stamp

    from .core.admission import Finding
    from .core.effects import Ask, Effect, Pay
    from .core.ports import Parcel
    from .core.service import Service
    from .inflow import Inflow
    from .ledger import Ledger

_LOG = logging.getLogger(__name__)
_NOT_NOW = requests.write(requests.Declined("this node cannot store anything at the moment", again=True))
_MISTAKE = requests.write(requests.Declined("this node made a mistake with this request", again=False))


def _nobody(topic: str, data: dict[str, Any]) -> None:
    """Nobody listens."""
    del topic, data


class Border:
    """Takes what the network brings to the service, and what follows from it to the ledger.

    A bug that some input reaches is logged and costs that input alone: the next peer must not be able to end a node
    by repeating it. A database that cannot be used ends the node: `broken` is called with why.
    """

    def __init__(
        self,
        service: Service,
        ledger: Ledger,
        inflow: Inflow,
        topics: Mapping[str, str],
        broken: Callable[[StorageBroken], None],
        tell: Callable[[str, dict[str, Any]], None] = _nobody,
    ) -> None:
        self._service, self._ledger, self._inflow = service, ledger, inflow
        self._broken, self._tell = broken, tell
        self._topics = {wire_name: topic for topic, wire_name in topics.items()}
        self.mistakes = 0
        """Bugs of ours that input has reached since the start."""

    def heard(self, topic: str, data: bytes, peer: str) -> bool:
        """One gossip message; whether to relay it."""
        relay = False

        def take() -> list[Effect]:
            nonlocal relay
            judgement = self._service.received(data, peer, now_ms(), self._topics.get(topic))
            relay = judgement.verdict is Verdict.ACCEPT
            return list(judgement.effects)

        return self._guarded(take, passing=True) is None and relay

    def brought(
        self, packed: Sequence[bytes], peer: str, genuine: Mapping[bytes, Sealed] | None = None
    ) -> list[Finding] | None:
        """Some records that this node asked a peer for (a slice of `inflow.py`); None if they could not be taken."""
        found: list[Finding] = []

        def take() -> list[Effect]:
            findings, effects = self._service.received_many(packed, peer, now_ms(), genuine)
            found.extend(findings)
            return effects

        return found if self._guarded(take, passing=True) is None else None

    async def answer(self, peer: str, request: bytes) -> bytes:
        """One request; its reply. Who acknowledges anything in it has made it last before."""
        reply = _NOT_NOW

        def take() -> list[Effect]:
            nonlocal reply
            reply, effects = self._service.answer(request, peer, now_ms())
            return effects

        failure = self._guarded(take, passing=True)
        return reply if failure is None else failure

    def joined(self, peer: str) -> None:
        """A peer is connected."""
        self._guarded(lambda: self._service.connected(peer, now_ms()))
        self._tell("peer.connected", {"peer": peer})

    def left(self, peer: str) -> None:
        """A peer is gone."""
        self._guarded(lambda: self._service.disconnected(peer, now_ms()))
        self._tell("peer.gone", {"peer": peer})

    def replied(self, ask: Ask, reply: bytes) -> None:
        """A peer has answered."""
        self._guarded(lambda: self._service.replied(ask.peer, ask.request, reply, now_ms()))

    def failed(self, ask: Ask) -> None:
        """A peer has not answered."""
        self._guarded(lambda: self._service.failed(ask.peer, ask.request, now_ms()))

    def handed(self, parcel: Parcel, reply: bytes) -> None:
        """A node of the recipient has answered to a parcel."""
        self._guarded(lambda: self._service.handed(parcel, reply, now_ms()))

    def not_handed(self, parcel: Parcel, reason: str) -> None:
        """No node of the recipient could be reached."""
        self._guarded(lambda: self._service.not_handed(parcel, reason, now_ms()))

    def paid(self, pay: Pay, stamp: Stamp | None) -> None:
        """A stamp was found, or not."""
        self._guarded(lambda: self._service.paid(pay, stamp, now_ms()))

    def talk_opened(self, peer: str) -> int:
        """A peer opens a conversation to reconcile; its number (0: none is held)."""
        number = 0

        def take() -> list[Effect]:
            nonlocal number
            if self._service.reconciling is not None:
                number = self._service.reconciling.spoken_to(peer, now_ms())
            return []

        self._guarded(take)
        return number

    async def talk_heard(self, number: int, frame: bytes) -> tuple[Sequence[bytes], bool]:
        """The next frame of a conversation: what to say, and whether that is all. What it brings is taken before."""
        reconciling = self._service.reconciling
        if reconciling is None:
            return (), True
        said = self._said(lambda: reconciling.heard(number, frame, now_ms()))

        def take(some: Sequence[bytes], genuine: Mapping[bytes, Sealed]) -> bool:
            nonlocal said
            said = self._said(lambda: reconciling.take(number, now_ms(), len(some), genuine))
            return not said.over

        if said.busy:
            async with self._ledger.bulk():
                await self._inflow.bring(said.coming, take)
        return said.frames, said.over

    def _said(self, hear: Callable[[], Said]) -> Said:
        said = Said(over=True)

        def take() -> list[Effect]:
            nonlocal said
            said = hear()
            return list(said.effects)

        return said if self._guarded(take, passing=True) is None else Said(over=True)

    def talk_ended(self, number: int, trouble: str) -> None:
        """A conversation is over."""
        if (reconciling := self._service.reconciling) is not None:
            self._guarded(lambda: reconciling.ended(number, trouble, now_ms()))

    def talk_refused(self, number: int) -> None:
        """A peer holds no conversations."""
        if (reconciling := self._service.reconciling) is not None:
            self._guarded(lambda: reconciling.refused(number, now_ms()))

    def tended(self) -> bool:
        """A moment for work that can wait; whether there is more of it."""
        busy = False

        def take() -> list[Effect]:
            nonlocal busy
            busy = self._service.tended(now_ms())
            return []

        return self._guarded(take, passing=True) is None and busy

    def moved(self, addresses: tuple[str, ...]) -> None:
        """This node is reached at other addresses than before."""
        self._guarded(lambda: self._service.set_nodes(addresses, now_ms()))
        self._tell("node.moved", {"addresses": list(addresses)})

    def ticked(self) -> None:
        """A second has passed. What follows from it lasts; that something expired shows again after a power cut."""
        self._guarded(lambda: self._service.tick(now_ms()), passing=True)

    def _guarded(self, take: Callable[[], list[Effect]], *, passing: bool = False) -> bytes | None:
        """Run it; None, or what a request is answered when it failed. `passing` as in `Ledger.note`."""
        try:
            self._ledger.note(take(), passing=passing)
        except StorageFull as error:
            self._ledger.lost()
            _LOG.warning("not kept: %s", error)
            return _NOT_NOW
        except StorageBroken as error:
            self._broken(error)
            return _NOT_NOW
        except Exception:  # noqa: BLE001  -- see the class: a mistake of ours must not be a weapon against the node
            self.mistakes += 1
            _LOG.exception("a mistake in freehold itself")
            return _MISTAKE
        return None
