"""What the owner alone thinks of people: whom they trust, whom they blocked, what they call whom. It stays here.

A label stands beside the name that somebody chose, wherever people are named: names are free to choose, so two people
can go by one. A block takes somebody out of sight and out of mind, and never out of a contract: their entries, and
whatever else belongs to a contract in force, come through as before, since silence there counts against somebody. Of
the rest, proposals are kept and folded, as many as a stranger's; anything else that is handed over is declined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import identities
from .desk import Denied
from .standing import together

if TYPE_CHECKING:
    from freehold.protocol.envelope import Record

    from .desk import Desk

LABEL_CHARACTERS = 60
LABELS = 5_000
"""People with a label: all are in memory, a megabyte at most."""
BLOCKED = 5_000
"""People who are blocked: the same."""
_ALWAYS_TAKEN = frozenset(("proposal/1", "decline/1", "proposal-withdrawal/1", "agreement/1"))
"""What somebody blocked may still hand over: a proposal is folded; the others answer a proposal, or take one back."""


def trust(desk: Desk, identity: bytes, label: str, now: int) -> None:
    """Put somebody on the owner's list. Raises Denied: `not-found`, `blocked`, `bad-label`, `label-taken`."""
    identities.show(desk, identity)
    if identity in desk.stores.contacts.blocked():
        raise Denied("blocked", "you have blocked this person", "first: freehold contact unblock WHO")
    label = _checked(desk, identity, label)
    desk.stores.contacts.trust(identity, label, now)
    desk.stores.records.welcome(identity)


def distrust(desk: Desk, identity: bytes) -> None:
    """Take somebody off the owner's list. Raises Denied `not-found`."""
    if not desk.stores.contacts.distrust(identity):
        raise Denied("not-found", "this identity is not among your contacts", "see: freehold contact list")


def call(desk: Desk, identity: bytes, label: str, now: int) -> str:
    """Give somebody a label, or with an empty one take it away; the label as it is kept.

    Raises Denied: `not-found`, `bad-label`, `label-taken`, `too-many-people`.
    """
    identities.show(desk, identity)
    label = _checked(desk, identity, label)
    desk.stores.contacts.call(identity, label, now)
    return label


def block(desk: Desk, identity: bytes, now: int) -> None:
    """See the module. Raises Denied: `not-found`, `own-identity`, `too-many-people`."""
    identities.show(desk, identity)
    if identity == desk.me:
        raise Denied("own-identity", "this is yourself", "name somebody else")
    blocked = desk.stores.contacts.blocked()
    if identity not in blocked and len(blocked) >= BLOCKED:
        raise _full(f"you have blocked {BLOCKED} people already")
    desk.stores.contacts.block(identity, now)


def unblock(desk: Desk, identity: bytes) -> None:
    """Everything is as before. Raises Denied `not-found`."""
    if not desk.stores.contacts.unblock(identity):
        raise Denied("not-found", "you have not blocked this identity", "see: freehold contact list --blocked")


def unwanted(desk: Desk, record: Record) -> bool:
    """Whether a record that is handed over is of somebody blocked and of no contract in force with the owner."""
    if record.author not in desk.stores.contacts.blocked() or record.header.kind in _ALWAYS_TAKEN:
        return False
    return not together(desk, record.header.context, record.author)


def _checked(desk: Desk, identity: bytes, label: str) -> str:
    label = label.strip()
    if len(label) > LABEL_CHARACTERS or not label.isprintable():
        what = f"{label[:80]!r} is no name for somebody"
        raise Denied("bad-label", what, f"take a word or two in one line, {LABEL_CHARACTERS} characters at most")
    labels = desk.stores.contacts.labels()
    if any(one.casefold() == label.casefold() for who, one in labels.items() if label and who != identity):
        what = f"you call somebody else {label!r} already"
        raise Denied("label-taken", what, "take another word: a label that two people have tells nobody apart")
    if label and identity not in labels and len(labels) >= LABELS:
        raise _full(f"{LABELS} people have a label of yours already")
    return label


def _full(what: str) -> Denied:
    return Denied("too-many-people", what, "take some off first: freehold contact list")
