"""Three owners in front of their pages."""

import pytest

from freehold.node.files.shelf import Shelf
from freehold.node.pay.manual import MANUAL
from freehold.node.policies.triage import PLAIN
from tests.cast import alice, bob, carol
from tests.node.api.counter import Counter, StallOffice
from tests.node.api.page.reader import Reader, whole_status
from tests.node.core.market import Market


@pytest.fixture
def market():
    found = Market()
    yield found
    found.close()


@pytest.fixture
def offices(market, tmp_path):
    """Those of alice (client), bob (freelancer) and carol (bystander)."""
    people = (alice, bob, carol)
    found = [StallOffice(market, market.open(who)) for who in people]
    for who, office in zip(people, found, strict=True):
        office.desk.rails = {MANUAL.name: MANUAL}
        office.desk.triage = PLAIN
        office.desk.files = Shelf(tmp_path / who.id.hex()[:8], 60 * 1024 * 1024, office.now)
        office.status = lambda office=office: whole_status(office)
    return found


@pytest.fixture
def readers(offices):
    return [Reader(office) for office in offices]


@pytest.fixture
def counters(offices):
    return [Counter(office) for office in offices]
