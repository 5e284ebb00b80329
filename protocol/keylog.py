"""An identity's log of key events, and the check of a record's key against it (specs/03-identity.md).

This version knows the inception; rotation and recovery extend the same chain (`in` = the identity, `seq`, `prev`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from . import canonical, limits, topics
from .envelope import Draft, Record, seal
from .errors import NotAllowed, Unverifiable
from .identity import IdentityId, Root, SecretKey, commitment, digest, identity_of, public_key
from .kind import Kind, check_lasting
from .schema import Raw

if TYPE_CHECKING:
    from .header import Header


@dataclass(frozen=True)
class Inception:
    """The first signing key, and commitments to the next one and to the recovery set."""

    key: Annotated[bytes, Raw(32)]
    next: Annotated[bytes, Raw(32)]
    recovery: Annotated[bytes, Raw(32)]


def _check(body: Inception, header: Header) -> None:
    data = canonical.encode({"key": body.key, "next": body.next, "recovery": body.recovery})
    if header.body != hashlib.sha256(data).digest():
        raise NotAllowed("an inception has these three fields and no other: its identity is their hash")
    if header.by != identity_of(data):
        raise NotAllowed("an inception is signed in the name of the identity that it creates")
    check_lasting(header)
    if header.key != body.key:
        raise NotAllowed("an inception is signed by the key that it names")
    if header.context != header.by or header.seq != 0:
        raise NotAllowed("an inception opens the log of its identity: in is the identity, seq is 0")


INCEPTION = Kind("inception/1", Inception, _check, topic=topics.IDENTITIES, max_bytes=limits.KEY_EVENT_BODY_BYTES)


@dataclass(frozen=True, slots=True)
class KeyState:
    """The keys that speak for an identity now."""

    identity: IdentityId
    key: bytes

    def check(self, header: Header) -> None:
        """Raise Unverifiable unless the header's key speaks for its author."""
        if header.by != self.identity or header.key != self.key:
            raise Unverifiable("this key does not speak for that identity")


def incept(root: Root, at: int, network: str) -> tuple[SecretKey, Record]:
    """The signing key of a root and its inception record, made at `at` ms."""
    seed = root.signing_seed(0)
    body = Inception(
        key=public_key(seed),
        next=commitment(public_key(root.signing_seed(1))),
        recovery=digest("freehold/recovery-set/1", commitment(public_key(root.recovery_seed(0)))),
    )
    data = INCEPTION.dump(body)
    signer = SecretKey(identity_of(data), seed)
    return signer, seal(Draft(INCEPTION.name, at, data, context=signer.identity, seq=0), network, signer)


_STATES = 8192
_states: dict[bytes, KeyState] = {}
"""States by the id of the inception, which binds its body: every record that arrives asks for its author's."""


def state(log: Record) -> KeyState:
    """The keys after an inception record. Raises Malformed or NotAllowed if it is not one."""
    if (known := _states.get(log.id)) is not None:
        return known
    found = KeyState(log.header.by, INCEPTION.open(log).key)
    if len(_states) >= _STATES:
        _states.clear()
    _states[log.id] = found
    return found
