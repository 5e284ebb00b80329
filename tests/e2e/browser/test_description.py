"""The API asked as its own description says, by schemathesis, over the real door: never a mistake of ours."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from freehold.node.api.application import OPERATIONS, PREFIX
from freehold.node.api.describing import document
from freehold.node.files.shelf import Shelf
from tests.cast import alice
from tests.e2e.browser.doors import open_doors
from tests.node.api.counter import Counter, StallOffice
from tests.node.core.market import Market

pytestmark = pytest.mark.slow
ENDLESS = f"{PREFIX}/events"
SCHEMA = schemathesis.openapi.from_dict(document(OPERATIONS, PREFIX)).exclude(path=ENDLESS)
_SUPPRESSED = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
NOT_OURS = {502, 503}
"""Another node that cannot be reached, a page that is not served."""


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    """Its address, and a token that may do everything."""
    token = {}

    async def prepare():
        office = StallOffice(market := Market(), market.open(alice))
        office.desk.files = Shelf(tmp_path_factory.mktemp("kept") / "files", 100_000, office.now)
        del market
        scopes = ["read", "write", "sign", "admin"]
        token.update(await Counter(office).post("/tokens", {"scopes": scopes}))
        return [office]

    with open_doors(prepare) as found:
        yield found.address(), token["token"]


@SCHEMA.parametrize()  # pyright: ignore[reportUntypedFunctionDecorator]
@settings(max_examples=4, deadline=None, suppress_health_check=_SUPPRESSED)
def test_no_question_that_is_described_is_a_mistake_of_ours(case, door):
    address, token = door
    answer = case.call(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=20)
    assert answer.status_code < 500 or answer.status_code in NOT_OURS, answer.text
