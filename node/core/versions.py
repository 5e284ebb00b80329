"""Versions: what fills a place of the owner's is replaced by what is signed later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from freehold.protocol.envelope import Record, seal

from .effects import Announce, Effect

if TYPE_CHECKING:
    from freehold.protocol.kind import AnyKind

    from .desk import Desk


def next_version(
    desk: Desk,
    kind: AnyKind,
    body: Any,  # noqa: ANN401  -- what the kind says
    slot: bytes,
    now: int,
    life_ms: int | None = None,
) -> tuple[Record, list[Effect]]:
    """Sign, keep and announce the next version of a place, which expires after `life_ms`.

    It is dated after the one before, even in the same millisecond or when the clock went back. Raises ProtocolError for
    a body that breaks a rule of its kind; nothing is kept then.
    """
    signer = desk.signing()
    current = desk.stores.records.latest(signer.identity, kind.name, slot)
    at = now if current is None else max(now, current.header.at + 1)
    till = None if life_ms is None else at + life_ms
    record = seal(kind.draft(body, at, slot=slot, till=till), desk.network.name, signer)
    kind.open(record)
    desk.stores.records.add(record, now, shared=True)
    return record, [Announce(kind.topic, record)]
