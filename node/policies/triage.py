"""The triage that ships: honest counters, and near copies found. A third party's comes in by the same entry point.

Near copies: texts as sets of three words in a row; the 48 smallest hashes of each set are compared (Broder's bottom-k
sketch), so that the work is the same whatever the length of a text, and two hundred texts take some milliseconds.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from freehold.protocol.counted import counted

from ..core.ports import Remark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..core.ports import Submission

WORDS_IN_A_ROW = 3
SKETCH = 48
ALIKE = 0.7
"""Share of three-word pieces in common from which two texts count as copies of each other: a name or a sentence that is
swapped in a cover of fifty words leaves more."""
LEAST_WORDS = 12
"""Below this many words two honest texts can be alike by chance: "I would like to do this job"."""
_TEXT_CHARACTERS = 8_000
_SEPARATE = re.compile(r"\W+")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_EACH_CHARACTER = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that put no space between words."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Copies are folded; links and how much of the brief a text takes up are only told."""

    name: str = "plain"
    note: str = (
        "Near copies of another person's text are folded, with the reason. How much of your own words a proposal takes"
        " up, and its links, are told and decide nothing."
    )

    def look(self, received: Sequence[Submission]) -> list[tuple[Remark, ...]]:
        """See `ports.Triage`."""
        seen: list[tuple[Submission, frozenset[int]]] = []
        found: list[tuple[Remark, ...]] = []
        for one in received:
            words = _words(" ".join((one.cover, *one.answers)))
            sketch = _sketch(words)
            copies = _copy(one, sketch, seen) if len(words) >= LEAST_WORDS else ()
            found.append((*copies, *_of_the_brief(one, words), *_links(one)))
            seen.append((one, sketch))
        return found


def _copy(one: Submission, sketch: frozenset[int], seen: list[tuple[Submission, frozenset[int]]]) -> tuple[Remark, ...]:
    """The first text of somebody else that it is a near copy of; else one of the same author's to another offer."""
    alike = [other for other, theirs in seen if _likeness(sketch, theirs) >= ALIKE]
    for other in alike:
        if other.author != one.author:
            words = "nearly the same words came from somebody else before"
            return (Remark("near-copy", words, fold=True, other=other.id),)
    for other in alike:
        if other.offer != one.offer:
            return (Remark("same-text", "the same text came for another offer of yours", other=other.id),)
    return ()


def _of_the_brief(one: Submission, words: list[str]) -> tuple[Remark, ...]:
    brief = {word for word in _words(one.brief) if len(word) > WORDS_IN_A_ROW}
    if not brief or not words:
        return ()
    share = len(brief & set(words)) * 100 // len(brief)
    return (Remark("brief", f"takes up {share} of 100 words of your offer"),)


def _links(one: Submission) -> tuple[Remark, ...]:
    count = len(_LINK.findall(one.cover[:_TEXT_CHARACTERS]))
    return (Remark("links", counted(count, "{n} link", "{n} links")),) if count else ()


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text[:_TEXT_CHARACTERS]).casefold()
    return [word for word in _SEPARATE.split(_EACH_CHARACTER.sub(r" \g<0> ", folded)) if word]


def _sketch(words: list[str]) -> frozenset[int]:
    rows = {" ".join(words[n : n + WORDS_IN_A_ROW]) for n in range(max(1, len(words) - WORDS_IN_A_ROW + 1))}
    hashes = (int.from_bytes(hashlib.blake2b(row.encode(), digest_size=8).digest()) for row in rows)
    return frozenset(sorted(hashes)[:SKETCH])


def _likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """An estimate of the share of pieces that two texts have in common."""
    both = one & other
    if len(both) * 4 < SKETCH and len(both) * 4 < len(one):
        return 0.0
    smallest = sorted(one | other)[:SKETCH]
    return len(both.intersection(smallest)) / len(smallest)


PLAIN = Plain()
