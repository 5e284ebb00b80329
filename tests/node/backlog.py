"""Records that come in bulk, some of them forged."""

from msgspec import structs

from freehold.node.checking import BACKLOG
from freehold.protocol.envelope import pack
from tests.cast import DAY_MS, offer

NOW = 1_900_000_000_000
COUNT = BACKLOG + 70
OFFERS = [offer(number=number, title=f"A logo {number}", at=NOW, life_ms=90 * DAY_MS) for number in range(COUNT)]
FORGED = {5, 130, COUNT - 1}
PACKED = [
    pack(structs.replace(record, signature=bytes(64)) if number in FORGED else record)
    for number, record in enumerate(OFFERS)
]
