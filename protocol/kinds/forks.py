"""fork/1: proof that somebody signed two different entries for one place of a chain. Anybody may publish it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import limits, topics
from ..envelope import Record, unpack
from ..errors import NotAllowed
from ..kind import Kind
from ..schema import Raw

if TYPE_CHECKING:
    from ..header import Header

_Half = Annotated[bytes, Raw(most=limits.HEADER_BYTES + 128)]


@dataclass(frozen=True)
class Fork:
    """Two packed records without their bodies, by one author, in one contract, with one `seq`: smaller id first."""

    one: _Half
    other: _Half


def halves(fork: Fork) -> tuple[Record, Record]:
    """The two records, verified. Raises ProtocolError if they do not verify or prove nothing."""
    one, other = unpack(fork.one), unpack(fork.other)
    if (one.body, other.body) != (None, None):
        raise NotAllowed("a fork proof carries headers only")
    if one.id >= other.id:
        raise NotAllowed("a fork proof names two different records, the smaller id first")
    ours, theirs = one.header, other.header
    if (ours.by, ours.key, ours.context, ours.network) != (theirs.by, theirs.key, theirs.context, theirs.network):
        raise NotAllowed("the two records have not the same author, key, contract and network")
    if ours.seq is None or ours.seq != theirs.seq:
        raise NotAllowed("the two records do not stand at one place of a chain")
    if ours.seq == 0 and ours.body == theirs.body:
        raise NotAllowed("whoever signs an agreement twice has said nothing new")
    return one, other


def _check(body: Fork, header: Header) -> None:
    one, _ = halves(body)
    if header.context != one.header.context or header.network != one.header.network:
        raise NotAllowed("a fork proof stands in the contract (in) and the network of the records it holds")
    if header.slot != one.header.key or header.till is not None:
        raise NotAllowed("a fork proof fills the slot of the key that forked, and does not expire")


FORK = Kind("fork/1", Fork, _check, topic=topics.CONTRACTS)
