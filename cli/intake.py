"""Bulk records on their way into one's own node on a test network, and what became of them."""

from __future__ import annotations

import base64
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .errors import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .client import Client, Json

VERDICTS = ("accepted", "ignored", "refused")


@dataclass
class Tally:
    """Records by verdict, and those that were not accepted by the node's reason for it."""

    verdicts: Counter[str] = field(default_factory=Counter[str])
    reasons: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.0

    @property
    def records(self) -> int:
        """All that the node judged."""
        return self.verdicts.total()

    @property
    def rate(self) -> float:
        """Records a second, signing included."""
        return self.records / self.seconds if self.seconds else 0.0

    def add(self, answer: Json) -> None:
        """Count one answer of /dev/ingest. Raises Trouble if it is not one."""
        try:
            self.verdicts.update({verdict: int(answer[verdict]) for verdict in VERDICTS})
            self.reasons.update({str(reason): int(count) for reason, count in answer["reasons"].items()})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Trouble("bad-answer", "the node did not say what it did with the records", "see node.log") from error


def ingest(client: Client, batches: Iterable[tuple[int, bytes]], seen: Callable[[int], object]) -> Tally:
    """Hand (number of records, frame) over, a frame a call; `seen` hears how many records each call held."""
    tally = Tally()
    begun = time.monotonic()
    for number, batch in batches:
        tally.add(client.post("/dev/ingest", {"batches": [base64.b64encode(batch).decode()]}))
        seen(number)
    tally.seconds = time.monotonic() - begun
    return tally
