"""Ways to pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from freehold.protocol.kinds.payments import PaymentSent
    from freehold.protocol.kinds.values import Money


class Rail(Protocol):
    """A way to pay. It decides nothing: what is due comes from our own copy of the terms."""

    @property
    def name(self) -> str:
        """As agreements name it, e.g. `manual-ack/1`."""
        ...

    @property
    def note(self) -> str:
        """What people should know before they rely on it."""
        ...

    def quote(self, due: Money) -> Money:
        """What the payer sends so that the payee gets what is due."""
        ...

    def describe(self, sent: PaymentSent) -> str:
        """A stated payment in words."""
        ...

    def check(self, sent: PaymentSent, due: Money) -> str | None:
        """Why a stated payment is not what is due, or None."""
        ...
