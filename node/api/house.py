"""Operations on the node itself: status, peers, stop, and bulk records on a test network."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

from freehold.protocol.errors import ProtocolError
from freehold.protocol.frame import unpack_batch
from freehold.protocol.network import TEST_PREFIX

from ..core import inbox
from ..core.desk import Denied
from ..core.effects import Verdict
from ..core.telling import subject
from .bodies.given import Nothing
from .bodies.house import Address, Batches, LiftedBan, NewBan, NoticeList
from .callers import Scope
from .operations import ACCEPTED, AnyOperation, Call, Operation
from .reading import bad_request

if TYPE_CHECKING:
    from .port import Json

_VERDICTS = {Verdict.ACCEPT: "accepted", Verdict.IGNORE: "ignored", Verdict.REFUSE: "refused"}


async def status(call: Call[Nothing]) -> Json:
    """How the node is doing, and what waits for its owner."""
    waiting = inbox.waiting(call.office.desk, call.office.now())
    page = call.surface.page.status()
    return call.office.status() | {"waiting": dataclasses.asdict(waiting), "page": page}


async def notices(call: Call[NoticeList]) -> Json:
    """What the owner was told; `next` asks for what comes after."""
    kept, after = call.office.desk.stores.notices, call.given.after
    found = kept.latest(call.given.limit) if after is None else kept.after(after, call.given.limit)
    shown = [
        {
            "number": notice.number,
            "at": notice.at,
            "topic": notice.topic,
            "about": subject(notice),
            "text": notice.text,
        }
        for notice in found
    ]
    return {"notices": shown, "next": found[-1].number if found else after or 0}


async def shutdown(call: Call[Nothing]) -> Json:
    """Stop, once this is answered."""
    call.afterwards.append(call.office.shutdown)
    return {}


async def peers(call: Call[Nothing]) -> Json:
    """Connected and refused nodes."""
    return call.office.peers()


async def connect(call: Call[Address]) -> Json:
    """Dial another node."""
    return {"peer": await call.office.connect(call.given.address)}


async def ban(call: Call[NewBan]) -> Json:
    """Refuse a peer for a time."""
    await call.office.ban(call.given.peer, call.given.hours)
    return {}


async def unban(call: Call[LiftedBan]) -> Json:
    """Let a peer in again."""
    await call.office.unban(call.given.peer)
    return {}


async def statistics(call: Call[Nothing]) -> Json:
    """What was counted since the start."""
    return call.office.statistics()


async def ingest(call: Call[Batches]) -> Json:
    """Records of any number, judged as gossip is. A few are passed on; bulk is found by other nodes in catch-up."""
    office = call.office
    if not office.desk.network.name.startswith(TEST_PREFIX):
        raise Denied(
            "not-a-test-network",
            f"bulk records are for networks whose names begin with {TEST_PREFIX}, not for {office.desk.network.name}",
            f"start a node with --network {TEST_PREFIX}... and a folder of its own",
        )
    try:
        packed = [one for batch in call.given.batches for one in unpack_batch(_decoded(batch))]
    except ProtocolError as error:
        raise bad_request(str(error)) from error
    findings = await office.take_in(packed)
    verdicts = Counter(_VERDICTS[finding.verdict] for finding in findings)
    reasons = Counter(finding.reason for finding in findings if finding.verdict is not Verdict.ACCEPT)
    return {name: verdicts[name] for name in _VERDICTS.values()} | {"reasons": dict(sorted(reasons.items()))}


def _decoded(batch: str) -> bytes:
    try:
        return base64.b64decode(batch, validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad_request(f"a batch is not base64: {error}") from error


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("GET", "/status", Nothing, status, "How the node is doing", Scope.READ),
    Operation(
        "GET",
        "/notices",
        NoticeList,
        notices,
        "What the owner was told, of contracts, offers and proposals",
        Scope.READ,
    ),
    Operation("POST", "/shutdown", Nothing, shutdown, "Stop the node", Scope.ADMIN, ACCEPTED),
    Operation("GET", "/node/peers", Nothing, peers, "Connected and refused nodes", Scope.READ),
    Operation("POST", "/node/connect", Address, connect, "Dial another node", Scope.ADMIN),
    Operation("POST", "/node/ban", NewBan, ban, "Refuse a peer for a time", Scope.ADMIN),
    Operation("POST", "/node/unban", LiftedBan, unban, "Let a peer in again", Scope.ADMIN),
    Operation("GET", "/node/statistics", Nothing, statistics, "What was counted since the start", Scope.READ),
    Operation("POST", "/dev/ingest", Batches, ingest, "Bulk records, on test networks only", Scope.ADMIN),
)
