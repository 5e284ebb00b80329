"""A client and a freelancer, each with a real node, who have signed a contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.e2e.household import answer, eventually

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.household import Household, Resident

PART = {"title": "Sketch", "amount": 15_000, "unit": "EUR", "days": 7}
OFFER = {"side": "wanted", "title": "A logo", "description": "For a bakery."}


@dataclass
class Deal:
    """Both, and the name of their contract."""

    home: Household
    client: Resident
    freelancer: Resident
    contract: str

    def by(self, who: Resident, *arguments: str | Path) -> Any:
        """What a command of somebody's prints as JSON."""
        return answer(*arguments, "--folder", who.folder)


def struck(home: Household) -> Deal:
    """Two new nodes and their contract."""
    client = home.start("client")
    freelancer = home.start("freelancer", seeds=[client.address])
    for resident in (client, freelancer):
        resident.api.put("/identity", {"name": resident.folder.name})
    offer = client.api.post("/offers", OFFER)["offer"]
    assert eventually(lambda: any(one["offer"] == offer for one in freelancer.api.get("/offers")["offers"]))
    body = {"offer": offer, "cover": "I draw.", "parts": [PART], "clauses": [{"id": "1", "text": "Blue."}]}
    proposal = freelancer.api.post("/proposals", body)["proposal"]
    assert eventually(lambda: client.api.get("/proposals")["received"])
    contract = client.api.post(f"/proposals/{proposal}/accept")["contract"]
    assert eventually(lambda: [one["state"] for one in freelancer.api.get("/contracts")["contracts"]] == ["active"])
    return Deal(home, client, freelancer, contract)
