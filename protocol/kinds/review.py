"""review-commit/1, review/1, review-reply/1: what the parties of a contract say of each other afterwards.

Each commits to a hash first; the review itself is shown when both have committed or the time for it is over, so that
nobody can answer a bad review with a bad review. Public; whether a review counts is `evidence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from .. import limits, topics
from ..errors import NotAllowed
from ..identity import digest
from ..kind import Kind, check_lasting
from ..schema import Raw, Text, Whole

if TYPE_CHECKING:
    from ..header import Header

Level = Annotated[int, Whole(most=4)]
"""0 very bad, 4 very good."""
SALT_BYTES = 16


@dataclass(frozen=True)
class ReviewCommit:
    """A promise: the review whose body has this hash (`promise`) is written, and will not be changed."""

    hash: Annotated[bytes, Raw(32)]


@dataclass(frozen=True)
class Review:
    """Fixed fields, each 0 to 4. Of a client, `quality` is the clarity of the brief and `time` is paying on time.

    `salt` keeps the commitment from being guessed.
    """

    subject: Annotated[bytes, Raw(32)]
    scope: Level
    communication: Level
    quality: Level
    time: Level
    again: Level
    salt: Annotated[bytes, Raw(SALT_BYTES)]
    text: Annotated[str, Text(2000, least=0, lines=True)] = ""

    @property
    def levels(self) -> tuple[int, int, int, int, int]:
        """The five fields in their order."""
        return (self.scope, self.communication, self.quality, self.time, self.again)


@dataclass(frozen=True)
class ReviewReply:
    """The subject's one public answer to the review that fills its slot."""

    text: Annotated[str, Text(2000, lines=True)]


def promise(review_body: bytes) -> bytes:
    """The hash that commits to a review before it is shown; `review_body` is its canonical bytes."""
    return digest("freehold/review/1", review_body)


def _in_contract(header: Header) -> None:
    if header.context is None:
        raise NotAllowed(f"{header.kind} names its contract (in)")
    check_lasting(header)


def _check(body: Review, header: Header) -> None:
    if body.subject == header.by:
        raise NotAllowed("nobody reviews themselves")


def _answers(header: Header) -> None:
    if header.context is None or header.slot is None or len(header.slot) != 32:  # noqa: PLR2004  -- a record's id
        raise NotAllowed("a reply names its contract (in) and fills the slot of the review it answers")
    if header.till is not None:
        raise NotAllowed("a reply does not expire")


REVIEW_COMMIT = Kind("review-commit/1", ReviewCommit, place=_in_contract, topic=topics.REVIEWS)
REVIEW = Kind("review/1", Review, _check, _in_contract, topic=topics.REVIEWS, max_bytes=limits.REVIEW_BODY_BYTES)
REVIEW_REPLY = Kind(
    "review-reply/1", ReviewReply, place=_answers, topic=topics.REVIEWS, max_bytes=limits.REVIEW_BODY_BYTES
)

REVIEWS = (REVIEW_COMMIT, REVIEW, REVIEW_REPLY)
