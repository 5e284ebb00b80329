"""The rail without a rail: what it says of payments that people state."""

from freehold.node.core.ports import Rail
from freehold.node.pay.manual import MANUAL
from freehold.protocol.kinds.payments import PaymentSent
from freehold.protocol.kinds.values import Money

DUE = Money(15_000, "EUR")


def rail() -> Rail:
    return MANUAL


def test_what_is_sent_is_what_is_due():
    assert rail().quote(DUE) == DUE


def test_another_amount_or_unit_is_told():
    assert rail().check(PaymentSent(DUE, "SEPA"), DUE) is None
    assert rail().check(PaymentSent(Money(15_000, "USD"), "SEPA"), DUE) == (
        "the payer states 150.00 USD, and 150.00 EUR is due"
    )
    assert rail().check(PaymentSent(Money(14_999, "EUR"), "SEPA"), DUE) == (
        "the payer states 149.99 EUR, and 150.00 EUR is due"
    )


def test_a_payment_in_words():
    assert rail().describe(PaymentSent(DUE, "SEPA", "RF18")) == "150.00 EUR by SEPA, reference RF18"
    assert rail().describe(PaymentSent(Money(500, "JPY"), "cash")) == "500 JPY by cash"
