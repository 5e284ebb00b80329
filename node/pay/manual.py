"""manual-ack/1: money that moves outside, by bank or by hand. Nothing is locked; both sides sign that it was paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.money import show_money

if TYPE_CHECKING:
    from freehold.protocol.kinds.payments import PaymentSent
    from freehold.protocol.kinds.values import Money


class ManualAcknowledgment:
    """See `ports.Rail`. The `rail` of a payment is the payer's own word for the way: SEPA, cash."""

    name = "manual-ack/1"
    note = "Nothing is locked and nothing is checked: the payer says that it was paid, the payee that it came."

    def quote(self, due: Money) -> Money:
        """See `ports.Rail`: fees of the way are the payer's."""
        return due

    def describe(self, sent: PaymentSent) -> str:
        """See `ports.Rail`."""
        way = f"{show_money(sent.paid.amount, sent.paid.unit)} by {sent.rail}"
        return f"{way}, reference {sent.reference}" if sent.reference else way

    def check(self, sent: PaymentSent, due: Money) -> str | None:
        """See `ports.Rail`."""
        if sent.paid == due:
            return None
        paid, owed = (show_money(money.amount, money.unit) for money in (sent.paid, due))
        return f"the payer states {paid}, and {owed} is due"


MANUAL = ManualAcknowledgment()
