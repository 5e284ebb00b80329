"""Three owners at their counters."""

import pytest

from freehold.node.pay.manual import MANUAL
from tests.cast import alice, bob, carol
from tests.node.api.counter import Counter, StallOffice
from tests.node.core.market import Market
from tests.node.german import errors_are_known_in_german

__all__ = ["errors_are_known_in_german"]


@pytest.fixture
def market():
    found = Market()
    yield found
    found.close()


@pytest.fixture
def counters(market):
    """Those of alice (client), bob (freelancer) and carol (bystander)."""
    stalls = [market.open(who) for who in (alice, bob, carol)]
    for stall in stalls:
        stall.desk.rails = {MANUAL.name: MANUAL}
    return [Counter(StallOffice(market, stall)) for stall in stalls]
