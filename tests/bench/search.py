"""Queries on a market of 10^5 offers (and, with --big, 10^6): how long they take, beside tantivy on the same texts.

    python -m tests.bench.search [--big]

The texts are made up: words by Zipf's law, from a seed. What is measured is the whole question, `Records.search`, with
the records read and checked; tantivy, a full-text index in Rust that skips what cannot be among the best, only names
documents. So the ratio is against us by what a page of 20 records costs, which is told beside it. Without tantivy
(`pip install tantivy`) the ratios are missing, and that is said.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from bisect import bisect_left
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freehold.node.core.ports import OfferQuery
from freehold.node.store.sqlite import SqliteStore
from freehold.protocol import keylog
from freehold.protocol.envelope import seal
from freehold.protocol.identity import Root
from freehold.protocol.kinds.offer import FIXED, HOURLY, OFFER, SERVICE, WANTED, Budget, Offer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from freehold.protocol.envelope import Record

SEED = 5
NETWORK = "test-bench"
NOW = 1_750_000_000_000
DAY_MS = 24 * 60 * 60 * 1000
WORDS, SKILLS = 30_000, 2_000
AUTHORS = 2_000
TITLE_WORDS, TEXT_WORDS = 5, 40
QUERIES = 60
"""Of each sort, each with other words."""
BATCH = 500
UNITS = ("USD",) * 12 + ("EUR",) * 6 + ("GBP", "INR")
LANGUAGES = ("en",) * 30 + ("de", "es", "fr", "ja")


class Texts:
    """Words by Zipf's law: the n-th is met 1/n as often as the first."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.words = [_word(number) for number in range(WORDS)]
        self._sums = list(accumulate(1 / (rank + 1) for rank in range(WORDS)))

    def some(self, count: int) -> str:
        total, dice = self._sums[-1], self.dice
        return " ".join(self.words[bisect_left(self._sums, dice.random() * total)] for _ in range(count))

    def skills(self) -> tuple[str, ...]:
        ranks = {int(SKILLS ** self.dice.random()) for _ in range(4)}
        return tuple(f"skill {self.words[rank]}" for rank in sorted(ranks))


def _word(number: int) -> str:
    dice = random.Random(number)
    syllables = (dice.choice("bcdfghklmnprstvwz") + dice.choice("aeiou") for _ in range(dice.randint(2, 4)))
    return "".join(syllables) + ("" if number % 3 else dice.choice("nrst"))


def offers(texts: Texts, count: int) -> Iterator[tuple[int, Offer]]:
    """Offers with the number of their author."""
    dice = texts.dice
    for _ in range(count):
        low = int(10 ** dice.uniform(3, 5))
        hourly = dice.random() < 0.5
        yield (
            dice.randrange(AUTHORS),
            Offer(
                side=SERVICE if dice.random() < 0.1 else WANTED,
                title=texts.some(TITLE_WORDS),
                description=texts.some(TEXT_WORDS),
                skills=texts.skills(),
                budget=Budget(HOURLY if hourly else FIXED, dice.choice(UNITS), low, low * 2),
                languages=(dice.choice(LANGUAGES),),
            ),
        )


def filled(path: Path, count: int) -> tuple[SqliteStore, Any]:
    """A store with so many offers, and a tantivy index of the same, if that is installed."""
    store, other = SqliteStore.open(path), _tantivy()
    roots = [Root((number + 1).to_bytes(32, "big")) for number in range(AUTHORS)]
    keys = [keylog.incept(root, NOW - 60 * DAY_MS, NETWORK)[0] for root in roots]
    numbered = enumerate(offers(Texts(SEED), count), start=1)
    while batch := list(islice(numbered, BATCH)):
        records: list[Record] = []
        for number, (author, body) in batch:
            at = NOW - (count - number) % (25 * DAY_MS)
            draft = OFFER.draft(body, at, slot=number.to_bytes(16, "big"), till=NOW + 30 * DAY_MS)
            records.append(seal(draft, NETWORK, keys[author]))
            if other is not None:
                other.add(body)
        store.records.foresee(records)
        for record in records:
            store.records.add(record, NOW, shared=True)
        store.commit()
    store.checkpoint()
    if other is not None:
        other.ready()
    return store, other


class Tantivy:
    """The same texts and filters in tantivy, in memory."""

    def __init__(self, module: Any) -> None:
        self._module = module
        builder = module.SchemaBuilder()
        for field in ("title", "skills", "description"):
            builder.add_text_field(field, stored=False)
        builder.add_text_field("unit", stored=False, tokenizer_name="raw")
        builder.add_integer_field("high", indexed=True)
        self._index = module.Index(builder.build())
        self._writer = self._index.writer(100_000_000, 1)

    def add(self, offer: Offer) -> None:
        budget = offer.budget
        assert budget is not None
        texts = {"title": offer.title, "skills": " ".join(offer.skills), "description": offer.description}
        self._writer.add_document(self._module.Document(**texts, unit=budget.unit, high=budget.high))

    def ready(self) -> None:
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def find(self, query: OfferQuery) -> int:
        """The best twenty, as tantivy counts: all words must be there."""
        pieces = [word if word.startswith("-") else f"+{word}" for word in query.text.split()]
        if query.unit:
            pieces.append(f"+unit:{query.unit}")
        if query.least is not None:
            pieces.append(f"+high:[{query.least} TO 9000000000]")
        parsed = self._index.parse_query(" ".join(pieces), ["title", "skills", "description"])
        return len(self._searcher.search(parsed, 20).hits)


def _tantivy() -> Tantivy | None:
    try:
        return Tantivy(import_module("tantivy"))  # an optional package, for comparison only
    except ImportError:
        return None


@dataclass(frozen=True)
class Sort:
    """A sort of query; `comparable`: tantivy is asked the same."""

    name: str
    make: Callable[[Texts], OfferQuery]
    comparable: bool = True


def _rank(texts: Texts, low: int, high: int) -> str:
    return texts.words[texts.dice.randrange(low, high)]


def sorts() -> list[Sort]:
    """What people type, from the commonest words to the rarest filters."""
    return [
        Sort("the commonest words", lambda t: OfferQuery(NOW, _rank(t, 0, 10))),
        Sort("a common word", lambda t: OfferQuery(NOW, _rank(t, 10, 300))),
        Sort("a rare word", lambda t: OfferQuery(NOW, _rank(t, 5_000, WORDS))),
        Sort("two common words", lambda t: OfferQuery(NOW, f"{_rank(t, 0, 100)} {_rank(t, 0, 100)}")),
        Sort("a common and a rare word", lambda t: OfferQuery(NOW, f"{_rank(t, 0, 50)} {_rank(t, 2_000, WORDS)}")),
        Sort("a common word without another", lambda t: OfferQuery(NOW, f"{_rank(t, 0, 50)} -{_rank(t, 0, 50)}")),
        Sort(
            "a common word without a beginning",
            lambda t: OfferQuery(NOW, f"{_rank(t, 0, 50)} -{_rank(t, 0, 300)[:3]}*"),
            comparable=False,
        ),
        Sort("all without a common word", lambda t: OfferQuery(NOW, f"-{_rank(t, 0, 50)}"), comparable=False),
        Sort(
            "two common words in a row",
            lambda t: OfferQuery(NOW, f'"{_rank(t, 0, 50)} {_rank(t, 0, 50)}"'),
            comparable=False,
        ),
        Sort("two letters typed", lambda t: OfferQuery(NOW, f"{_rank(t, 0, 300)[:2]}*"), comparable=False),
        Sort("four letters typed", lambda t: OfferQuery(NOW, f"{_rank(t, 0, 300)[:4]}*"), comparable=False),
        Sort("a common word, rare unit", lambda t: OfferQuery(NOW, _rank(t, 0, 100), unit="INR")),
        Sort(
            "a common word, unit, at least",
            lambda t: OfferQuery(NOW, _rank(t, 0, 100), unit="EUR", least=t.dice.randrange(20_000, 190_000)),
        ),
        Sort(
            "a common word, narrow price, service",
            lambda t: OfferQuery(NOW, _rank(t, 0, 100), unit="GBP", least=199_000, most=199_500, side=SERVICE),
            comparable=False,
        ),
        Sort(
            "a word and a skill", lambda t: OfferQuery(NOW, _rank(t, 0, 100), skills=t.skills()[:1]), comparable=False
        ),
        Sort("a common word, last day", lambda t: OfferQuery(NOW, _rank(t, 0, 100), since=NOW - DAY_MS), False),
        Sort(
            "no word, rare language and price",
            lambda t: OfferQuery(NOW, unit="EUR", least=150_000, language="ja"),
            False,
        ),
        Sort("no word: the newest", lambda t: OfferQuery(NOW), comparable=False),
    ]


def times(ask: Callable[[OfferQuery], object], queries: list[OfferQuery]) -> list[float]:
    """Milliseconds of CPU of each: what else runs on the machine is not counted, and all data are in memory."""
    found: list[float] = []
    for query in queries:
        start = time.process_time()
        ask(query)
        found.append((time.process_time() - start) * 1e3)
    return sorted(found)


def measure(count: int) -> str:
    """A table for one size."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        store, other = filled(Path(folder) / "node.db", count)
        filling = (time.process_time() - start) / count * 1e6
        lines = [f"{count:,} offers by {AUTHORS:,} authors ({filling:.0f} us each to make, sign and keep)"]
        lines.append(f"{'':38}{'p50 ms':>8}{'p95':>8}{'found':>7}{'tantivy p50':>13}{'p95':>8}{'p95 ratio':>11}")
        lines += [_line(sort, store, other) for sort in sorts()]
        if other is None:
            lines.append("tantivy is not installed: no comparison (pip install tantivy)")
        store.close()
    return "\n".join(lines)


def _line(sort: Sort, store: SqliteStore, other: Tantivy | None) -> str:
    texts = Texts(SEED + 1)
    queries = [sort.make(texts) for _ in range(QUERIES)]
    found = statistics.median(len(store.records.search(query).records) for query in queries)  # and warms the cache
    ours = times(store.records.search, queries)
    line = f"{sort.name:38}{statistics.median(ours):8.2f}{_p95(ours):8.2f}{found:7.0f}"
    if other is None or not sort.comparable:
        return line
    times(other.find, queries)
    theirs = times(other.find, queries)
    return line + f"{statistics.median(theirs):13.2f}{_p95(theirs):8.2f}{_p95(ours) / _p95(theirs):11.2f}"


def _p95(sorted_ms: list[float]) -> float:
    return sorted_ms[min(len(sorted_ms) - 1, int(len(sorted_ms) * 0.95))]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--big", action="store_true", help="10^6 offers as well: some minutes, 3 GB on the disk")
    parser.add_argument("--offers", type=int, default=100_000, help="of the smaller market")
    chosen = parser.parse_args(arguments)
    for count in (chosen.offers, 1_000_000) if chosen.big else (chosen.offers,):
        print(measure(count), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
