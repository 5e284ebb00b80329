"""review/1: what one party of a contract says of the other afterwards. Public; whether it counts is `evidence`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import limits, topics
from ..errors import NotAllowed
from ..kind import Kind
from ..schema import Raw, Text, Whole

if TYPE_CHECKING:
    from ..header import Header

Level = Annotated[int, Whole(most=4)]
"""0 very bad, 4 very good."""


@dataclass(frozen=True)
class Review:
    """Fixed fields, each 0 to 4. Of a client, `quality` is the clarity of the brief and `time` is paying on time."""

    subject: Annotated[bytes, Raw(32)]
    scope: Level
    communication: Level
    quality: Level
    time: Level
    again: Level
    text: Annotated[str, Text(2000, least=0, lines=True)] = ""

    @property
    def levels(self) -> tuple[int, int, int, int, int]:
        """The five fields in their order."""
        return (self.scope, self.communication, self.quality, self.time, self.again)


def _check(body: Review, header: Header) -> None:
    if header.context is None:
        raise NotAllowed("a review names its contract (in)")
    if header.slot != header.context:
        raise NotAllowed("a review fills the slot of its contract, so that a later version replaces it")
    if header.till is not None:
        raise NotAllowed("a review does not expire")
    if body.subject == header.by:
        raise NotAllowed("nobody reviews themselves")


REVIEW = Kind("review/1", Review, _check, topic=topics.REVIEWS, max_bytes=limits.REVIEW_BODY_BYTES)
