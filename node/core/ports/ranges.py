"""What the core needs of the store to reconcile: what is shared, in the order of (time, id), with its sums.

Times are milliseconds since the epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freehold.protocol.envelope import RecordId
    from freehold.protocol.header import Header
    from freehold.protocol.reconcile.domain import Domain
    from freehold.protocol.reconcile.keys import OrderedKeys


class View(Protocol):
    """The shared records of a domain, and ids that were put aside: what a conversation compares."""

    @property
    def keys(self) -> OrderedKeys: ...  # noqa: D102

    def sketch(self) -> list[int] | None:
        """A copy of the sketch of the same set; None while it is not up to date."""
        ...


class Ranges(Protocol):
    """The index of what this node shares, kept with the records in one transaction."""

    def view(self, domain: Domain) -> View | None:
        """What is here of a domain. None while it is being gathered: ask again later."""
        ...

    def find(self, name: bytes) -> list[RecordId]:
        """Ids of shared records that begin with these (at least 8) bytes."""
        ...

    def known(self, name: bytes) -> bool:
        """Whether an id that begins so is here, was replaced or erased, or was put aside: not to be asked for."""
        ...

    def find_each(self, names: Sequence[bytes]) -> dict[bytes, list[RecordId]]:
        """The same for several names of 8 bytes; those of which there is none are left out."""
        ...

    def known_among(self, names: Sequence[bytes]) -> set[bytes]:
        """Those of several names, all of one length, that are known."""
        ...

    def put_aside(self, record_id: bytes, header: Header, until: int) -> bool:
        """Remember what is not kept, as if it were, until a time: else it would be brought again for ever.

        False if it is here, is remembered already, or there is no room.
        """
        ...

    def reconsider(self, author: bytes) -> int:
        """Forget what was put aside of an author, whose standing has changed; how many."""
        ...

    def tend(self, now: int) -> bool:
        """A few milliseconds of work that can wait; whether there is more of it."""
        ...
