"""One side's set: keys (time, id) in order, in buckets whose sums add, so that any range is summed in microseconds.

A bucket may stay on the disk until somebody looks into it: then `load` brings its keys, packed. Keys take 40 bytes each
in memory, sums about 5 more.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

TIME_BYTES, ID_BYTES = 8, 32
KEY_BYTES = TIME_BYTES + ID_BYTES
SUM_BYTES = 32
START = bytes(KEY_BYTES)
"""Not after any key."""
_END = b"\xff" * (KEY_BYTES + 1)
"""After every key."""
BUCKET_KEYS = 1024
"""A bucket that outgrows this is split: at 10^6 keys there are about a thousand to two."""
_STRIDE = 32
"""A sum is kept at every 32nd key of a bucket that was summed in part."""
_TIME = Struct(">Q").unpack_from
_MASK = (1 << 8 * SUM_BYTES) - 1


def key(at: int, record_id: bytes) -> bytes:
    """A record's key: its time (ms, the author's claim), 8 bytes big endian, and its id."""
    return at.to_bytes(TIME_BYTES, "big") + record_id


def id_of(one: bytes) -> bytes:
    """The id in a key."""
    return one[TIME_BYTES:]


def time_of(one: bytes) -> int:
    """The time in a key, ms."""
    return _TIME(one)[0]


def number_of(one: bytes) -> int:
    """What a key adds to a sum: its id as a number."""
    return int.from_bytes(one[TIME_BYTES:], "big")


def sum_of(packed: bytes | bytearray) -> int:
    """The sum of packed keys."""
    whole = (int.from_bytes(packed[at + TIME_BYTES : at + KEY_BYTES], "big") for at in range(0, len(packed), KEY_BYTES))
    return sum(whole) & _MASK


def _times(packed: bytearray) -> array[int]:
    """The times of packed keys."""
    words = array("Q", bytes(packed))
    if sys.byteorder == "little":
        words.byteswap()
    return words[:: KEY_BYTES // TIME_BYTES]


class Stale(Exception):
    """A bucket's keys are not those that it was summed from: the keys on the disk have changed meanwhile."""


class Bucket:
    """Keys from `low` to the next bucket's; `packed` is None while they are only on the disk."""

    __slots__ = ("count", "low", "marks", "packed", "times", "total")

    def __init__(self, low: bytes, count: int, total: int, packed: bytearray | None = None) -> None:
        self.low, self.count, self.total = low, count, total
        self.packed = packed
        self.marks: list[int] | None = None
        self.times: array[int] | None = None
        """Of its keys, once somebody looked for one: they are searched in a tenth of the time."""

    def place(self, one: bytes, low: int = 0) -> int:
        """How many keys of the bucket are below a key; `low` of them are known to be."""
        packed, times = self._here(), self.times
        if times is None:
            times = self.times = _times(packed)
        at = time_of(one) if len(one) >= TIME_BYTES else time_of(one.ljust(TIME_BYTES, b"\0"))
        low = bisect_left(times, at, low)
        if low == len(times) or times[low] != at:
            return low  # few keys have a time in common
        high = bisect_right(times, at, low)
        while low < high:
            middle = (low + high) >> 1
            start = middle * KEY_BYTES
            if packed[start : start + KEY_BYTES] < one:
                low = middle + 1
            else:
                high = middle
        return low

    def key(self, place: int) -> bytes:
        """The key at a place."""
        return bytes(self._here()[place * KEY_BYTES : (place + 1) * KEY_BYTES])

    def has(self, one: bytes, place: int) -> bool:
        """Whether a key stands at its place."""
        return self._here().startswith(one, place * KEY_BYTES)

    def sum_below(self, place: int) -> int:
        """The sum of the first `place` keys."""
        packed = self._here()
        if self.marks is None:
            step = _STRIDE * KEY_BYTES
            self.marks = [0]
            for start in range(0, len(packed) - step + 1, step):
                self.marks.append((self.marks[-1] + sum_of(packed[start : start + step])) & _MASK)
        mark = place // _STRIDE
        return self.marks[mark] + sum_of(packed[mark * _STRIDE * KEY_BYTES : place * KEY_BYTES])

    def put(self, place: int, one: bytes) -> None:
        """Put a key in at a place."""
        packed, start = self._here(), place * KEY_BYTES
        packed[start:start] = one
        if self.times is not None:
            self.times.insert(place, time_of(one))
        self.count += 1
        self.total = (self.total + int.from_bytes(one[TIME_BYTES:], "big")) & _MASK
        self.marks = None

    def take(self, place: int) -> None:
        """Take the key at a place out."""
        packed, start = self._here(), place * KEY_BYTES
        self.total = (self.total - number_of(self.key(place))) & _MASK
        del packed[start : start + KEY_BYTES]
        if self.times is not None:
            del self.times[place]
        self.count -= 1
        self.marks = None

    def _here(self) -> bytearray:
        if self.packed is None:
            raise Stale("a bucket was used before it was loaded")
        return self.packed


class OrderedKeys:
    """See the module. `changed` and `removed` hold the lower ends of buckets that whoever keeps them has to write."""

    def __init__(
        self, kept: Iterable[tuple[bytes, int, int]] = (), load: Callable[[bytes, bytes | None], bytes] | None = None
    ) -> None:
        self._load = load
        self._buckets = [Bucket(low, count, total) for low, count, total in kept]
        if not self._buckets or self._buckets[0].low != START:
            self._buckets.insert(0, Bucket(START, 0, 0, bytearray()))
        self._lows = [bucket.low for bucket in self._buckets]
        self._below: list[tuple[int, int]] = [(0, 0)]
        self._cold = 0
        self.changed: set[bytes] = set()
        self.removed: set[bytes] = set()

    @classmethod
    def of(cls, keys: Iterable[bytes]) -> OrderedKeys:
        """A set of ascending keys, all in memory."""
        packed = b"".join(keys)
        made, step = cls(), BUCKET_KEYS * KEY_BYTES
        pieces = [packed[start : start + step] for start in range(0, len(packed), step)]
        buckets = [Bucket(p[:KEY_BYTES], len(p) // KEY_BYTES, sum_of(p), bytearray(p)) for p in pieces]
        if buckets:
            buckets[0].low = START
            made._buckets, made._lows = buckets, [bucket.low for bucket in buckets]
            made.changed = set(made._lows)
        return made

    def __len__(self) -> int:
        return self._cumulated(len(self._buckets))[0]

    def __iter__(self) -> Iterator[bytes]:
        for number in range(len(self._buckets)):
            packed = bytes(self._loaded(number).packed or b"")
            for start in range(0, len(packed), KEY_BYTES):
                yield packed[start : start + KEY_BYTES]

    def __contains__(self, one: bytes) -> bool:
        bucket = self._loaded(self._number(one))
        place = bucket.place(one)
        return bucket.has(one, place)

    @property
    def total(self) -> int:
        """The sum of all ids, modulo 2^256."""
        return self._cumulated(len(self._buckets))[1]

    def add(self, one: bytes) -> bool:
        """Put a key in; False if it is there."""
        number = self._number(one)
        bucket = self._loaded(number)
        place = bucket.place(one)
        if bucket.has(one, place):
            return False
        bucket.put(place, one)
        self._touch(number)
        if bucket.count > BUCKET_KEYS:
            self._split(number, at_end=place == bucket.count - 1)
        return True

    def add_many(self, keys: Iterable[bytes]) -> list[bytes]:
        """Put keys in, in any order; those of them that were there. What `add` does, at a third of the cost."""
        there: list[bytes] = []
        bucket: Bucket | None = None
        number, place, high = 0, 0, START
        for one in sorted(keys):
            if bucket is None or one >= high:
                number, place = self._number(one), 0
                bucket = self._loaded(number)
                high = self._lows[number + 1] if number + 1 < len(self._lows) else _END
                self._touch(number)
            place = bucket.place(one, place)
            if bucket.has(one, place):
                there.append(one)
                continue
            bucket.put(place, one)
            if bucket.count > BUCKET_KEYS:
                self._split(number, at_end=place == bucket.count - 1)
                bucket = None
        return there

    def discard(self, one: bytes) -> bool:
        """Take a key out; False if it is not there."""
        number = self._number(one)
        bucket = self._loaded(number)
        place = bucket.place(one)
        if not bucket.has(one, place):
            return False
        bucket.take(place)
        self._touch(number)
        if not bucket.count and number:
            self.changed.discard(bucket.low)
            self.removed.add(bucket.low)
            del self._buckets[number], self._lows[number]
        return True

    def rank(self, one: bytes | None) -> int:
        """How many keys are below a key; all of them for None, which stands for the end."""
        if one is None:
            return len(self)
        number = self._number(one)
        below = self._cumulated(number)[0]
        return below if one == self._lows[number] else below + self._loaded(number).place(one)

    def summed(self, low: bytes, high: bytes | None) -> tuple[int, int]:
        """Number and sum of the keys from `low` up to, not including, `high` (None: the end)."""
        count_low, sum_low = self._up_to(low)
        count_high, sum_high = self._up_to(high)
        return max(0, count_high - count_low), (sum_high - sum_low) & _MASK

    def key_at(self, rank: int) -> bytes:
        """The key above so many others."""
        number = bisect_right(range(len(self._buckets)), rank, key=lambda bucket: self._cumulated(bucket)[0]) - 1
        return self._loaded(number).key(rank - self._cumulated(number)[0])

    def keys_from(self, low: bytes, high: bytes | None, most: int) -> list[bytes]:
        """Up to `most` keys from `low` up to `high`, in order."""
        found: list[bytes] = []
        number = self._number(low)
        place = self._loaded(number).place(low)
        while len(found) < most and number < len(self._buckets):
            bucket = self._loaded(number)
            end = bucket.count if high is None else bucket.place(high)
            found += [bucket.key(each) for each in range(place, min(end, place + most - len(found)))]
            if end < bucket.count:
                break
            number, place = number + 1, 0
        return found

    def load_one(self) -> bool:
        """Load one more bucket from the disk, so that nobody waits for it later; False when all are here."""
        while self._cold < len(self._buckets) and self._buckets[self._cold].packed is not None:
            self._cold += 1
        if self._cold >= len(self._buckets):
            return False
        self._loaded(self._cold)
        return True

    def rows(self, lows: Iterable[bytes]) -> list[tuple[bytes, int, int]]:
        """Lower end, number and sum of the buckets that begin there."""
        found = (self._buckets[self._number(low)] for low in lows)
        return [(bucket.low, bucket.count, bucket.total) for bucket in found]

    def _number(self, one: bytes) -> int:
        return bisect_right(self._lows, one) - 1

    def _loaded(self, number: int) -> Bucket:
        bucket = self._buckets[number]
        if bucket.packed is None and self._load is not None:
            high = self._lows[number + 1] if number + 1 < len(self._lows) else None
            packed = self._load(bucket.low, high)
            if len(packed) != bucket.count * KEY_BYTES or sum_of(packed) != bucket.total:
                raise Stale("a bucket's keys are not those that it was summed from")
            bucket.packed = bytearray(packed)
        return bucket

    def _up_to(self, one: bytes | None) -> tuple[int, int]:
        if one is None:
            return self._cumulated(len(self._buckets))
        number = self._number(one)
        count, total = self._cumulated(number)
        if one == self._lows[number]:
            return count, total
        bucket = self._loaded(number)
        place = bucket.place(one)
        return count + place, (total + bucket.sum_below(place)) & _MASK

    def _cumulated(self, number: int) -> tuple[int, int]:
        """Number and sum of what is in the buckets before one; worked out up to there, and kept until they change."""
        while len(self._below) <= number:
            bucket = self._buckets[len(self._below) - 1]
            count, total = self._below[-1]
            self._below.append((count + bucket.count, (total + bucket.total) & _MASK))
        return self._below[number]

    def _touch(self, number: int) -> None:
        del self._below[number + 1 :]
        self.changed.add(self._lows[number])

    def _split(self, number: int, *, at_end: bool) -> None:
        """In halves; where keys come in order, the full bucket stays whole and a new one begins with the last key."""
        bucket = self._buckets[number]
        keep = bucket.count - 1 if at_end else bucket.count // 2
        packed = bucket.packed or bytearray()
        rest = packed[keep * KEY_BYTES :]
        new = Bucket(bytes(rest[:KEY_BYTES]), bucket.count - keep, sum_of(rest), rest)
        del packed[keep * KEY_BYTES :]
        bucket.count, bucket.total, bucket.marks = keep, (bucket.total - new.total) & _MASK, None
        bucket.times = None
        self._buckets.insert(number + 1, new)
        self._lows.insert(number + 1, new.low)
        self.changed.add(new.low)
        self.removed.discard(new.low)
