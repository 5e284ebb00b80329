"""Three owners at their counters."""

import pytest

from tests.cast import alice, bob, carol
from tests.node.api.counter import Counter, StallOffice
from tests.node.core.market import Market


@pytest.fixture
def market():
    found = Market()
    yield found
    found.close()


@pytest.fixture
def counters(market):
    """Those of alice (client), bob (freelancer) and carol (bystander)."""
    return [Counter(StallOffice(market, stall)) for stall in [market.open(who) for who in (alice, bob, carol)]]
