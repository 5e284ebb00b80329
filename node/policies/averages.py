"""The market of plain averages: a ranking in its smallest form, to compare with and to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.ports import Score, Share, Verdict

if TYPE_CHECKING:
    from ..core.reputation.opinions import Opinion, Place, Vouch

_BEST = 4
_FIELDS = 5
_UNKNOWN = 0.5


class AverageMarket:
    """See `ports.Market`; its own `ports.Viewpoint` as well, since it looks the same from everywhere."""

    label = "from nobody's place: everybody's reviews count alike, those of people who do not exist included"

    def __init__(self) -> None:
        self.dropped: dict[str, int] = {}
        self._opinions: dict[bytes, Opinion] = {}
        self._about: dict[bytes, set[bytes]] = {}

    def add(self, opinion: Opinion) -> None:
        """See `ports.Market`."""
        self.discard(opinion.review)
        self._opinions[opinion.review[:8]] = opinion
        self._about.setdefault(opinion.of, set()).add(opinion.review[:8])

    def discard(self, review: bytes) -> None:
        """See `ports.Market`."""
        known = self._opinions.pop(review[:8], None)
        if known is not None:
            self._about[known.of].discard(review[:8])

    def vouch(self, vouch: Vouch) -> None:
        """Vouches do not change an average."""

    def unvouch(self, by: bytes, of: bytes) -> None:
        """Vouches do not change an average."""

    def until(self, at: int) -> AverageMarket:
        """See `ports.Market`."""
        earlier = AverageMarket()
        for opinion in self._opinions.values():
            if opinion.at <= at:
                earlier.add(opinion)
        return earlier

    def seen_from(self, place: Place, now: int) -> AverageMarket:
        """See `ports.Market`."""
        del place, now
        return self

    def of(self, subject: bytes, as_role: str | None = None) -> Verdict:
        """See `ports.Viewpoint`. The range is that of the reviews, from the worst to the best."""
        found = [self._opinions[review] for review in sorted(self._about.get(subject, ()))]
        found = [one for one in found if as_role in (None, one.as_role)]
        worths = [sum(one.levels) for one in found]
        if not found:
            return Verdict(Score(0.0, _UNKNOWN, 1.0, 0), ())
        mean = _part(sum(worths), len(worths))
        shares = tuple(
            Share(one.review[:8], one.by, one.levels, one.at, 1.0, mean - _without(worths, worth))
            for one, worth in zip(found, worths, strict=True)
        )
        authors = len({one.by for one in found})
        score = Score(_part(min(worths), 1), mean, _part(max(worths), 1), len(found), float(len(found)), authors)
        return Verdict(score, tuple(sorted(shares, key=lambda share: (share.at, share.review))))


def _part(worth: int, reviews: int) -> float:
    return worth / (_BEST * _FIELDS * reviews)


def _without(worths: list[int], worth: int) -> float:
    return _part(sum(worths) - worth, len(worths) - 1) if len(worths) > 1 else _UNKNOWN
