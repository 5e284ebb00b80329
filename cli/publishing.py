"""Publishing many offers through one's own node: each is published, or there is a reason why not.

Importing a file again goes on where it stopped: rows that are open offers already are not published twice.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from .errors import Trouble
from .postings import Posting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from freehold.protocol.kinds.offer import Offer

    from .client import Client, Json
    from .postings import Row

PUBLISHED, ALREADY, READY = "published", "already published", "ready"
REFUSED, FAILED, NOT_TRIED = "refused", "failed", "not tried"
DONE_STATES = frozenset({PUBLISHED, ALREADY, READY})
"""What a row may end as for the import to have succeeded; `ready` is a dry run's word."""

_ABOUT_THIS_ROW = frozenset({400, 409, 413, 422})
"""Answers that say something of one offer. Any other (quota, locked key, full disk) meets the next row as well."""
_TOO_MANY = 429
_PAGE = 100
_CONTENT = ("side", "title", "description", "skills", "budget")
"""By these an offer of the API is the same as a row."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row."""

    line: int
    title: str
    state: str
    offer: str | None = None
    reason: str = ""
    code: str = ""
    hint: str = ""

    @property
    def done(self) -> bool:
        """Whether the row is where its owner wants it."""
        return self.state in DONE_STATES


def publish_all(client: Client, rows: Sequence[Row], days: int, *, dry_run: bool) -> Iterator[Outcome]:
    """Publish every row as an offer open for `days`; one outcome a row, in order. Raises Trouble before the first."""
    open_already = Counter(_mine(client))
    stopped: Trouble | None = None
    for row in rows:
        if not isinstance(row, Posting):
            yield Outcome(row.line, row.title, REFUSED, reason=row.reason, code="unreadable-row")
            continue
        content = _content(row.offer)
        if open_already[_key(content)] > 0:
            open_already[_key(content)] -= 1
            yield Outcome(row.line, row.offer.title, ALREADY)
        elif dry_run:
            yield Outcome(row.line, row.offer.title, READY)
        elif stopped is not None:
            yield _without(row, NOT_TRIED, stopped)
        else:
            outcome, stopped = _publish(client, row, {**content, "days": days})
            yield outcome


def _publish(client: Client, row: Posting, body: Json) -> tuple[Outcome, Trouble | None]:
    """One row's outcome, and the trouble that the rows after it would meet as well."""
    try:
        answer = client.post("/offers", body)
    except Trouble as trouble:
        status = trouble.extra.get("status")
        if status in _ABOUT_THIS_ROW:
            return _without(row, REFUSED, trouble), None
        return _without(row, REFUSED if status == _TOO_MANY else FAILED, trouble), trouble
    return Outcome(row.line, row.offer.title, PUBLISHED, offer=str(answer.get("offer"))), None


def _without(row: Posting, state: str, trouble: Trouble) -> Outcome:
    return Outcome(row.line, row.offer.title, state, reason=trouble.what, code=trouble.code, hint=trouble.hint)


def _content(offer: Offer) -> Json:
    """What an offer says, as the API writes it."""
    return {
        "side": offer.side,
        "title": offer.title,
        "description": offer.description,
        "skills": list(offer.skills),
        "budget": None if offer.budget is None else asdict(offer.budget),
    }


def _mine(client: Client) -> Iterator[str]:
    """The contents of one's own open offers."""
    before: object = None
    while True:
        page = client.get("/offers", {"mine": 1, "limit": _PAGE, "before": before})
        yield from (_key(offer) for offer in page["offers"] if not offer["closed"])
        following = page.get("next")
        if following is None or following == before:
            return
        before = following


def _key(content: Json) -> str:
    """One text for one content."""
    return json.dumps([content[name] for name in _CONTENT], sort_keys=True)
