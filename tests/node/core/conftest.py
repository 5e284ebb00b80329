"""The market that tests of the core deal in."""

import pytest

from tests.cast import alice, bob, carol
from tests.node.core.market import Market
from tests.node.german import errors_are_known_in_german

__all__ = ["errors_are_known_in_german"]


@pytest.fixture
def market():
    found = Market()
    yield found
    found.close()


@pytest.fixture
def stalls(market):
    """Those of alice (client), bob (freelancer) and carol (bystander)."""
    return market.open(alice), market.open(bob), market.open(carol)
