"""Sketches: what differs comes out, with about a third more cells; what is no sketch comes to an end."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given, settings, strategies as st

from freehold.protocol.errors import Malformed
from freehold.protocol.reconcile import sketch
from freehold.protocol.reconcile.sketch import CELLS, Peeler, Sketch, dump, load
from tests.protocol.planted import Bug

PREFIXES = st.sets(st.binary(min_size=8, max_size=8), max_size=40)


def peeled(mine: Sketch, theirs: Sketch, first: int = 32) -> Peeler:
    peeler, upto = Peeler(mine.cells), first
    while len(peeler) < CELLS and not (peeler.whole or peeler.broken):
        peeler.read(theirs.cells[len(peeler) : upto])
        upto = peeler.wanted()
    return peeler


def of(prefixes) -> Sketch:
    made = Sketch()
    for prefix in sorted(prefixes):
        made.toggle(prefix)
    return made


def comes_out(common, mine, theirs) -> None:
    peeler = peeled(of(common | mine), of(common | theirs))
    assert set(peeler.found) == (common | mine) ^ (common | theirs)


@settings(max_examples=40, deadline=None)
@given(PREFIXES, PREFIXES, PREFIXES)
def test_what_is_in_one_set_only_comes_out(common, mine, theirs):
    comes_out(common, mine, theirs)


def _crc(prefix: bytes) -> tuple[int, int]:
    """A linear check: with an odd number of prefixes in a cell, theirs together is right as well."""
    return int.from_bytes(prefix + zlib.crc32(prefix).to_bytes(4, "big"), "big"), int.from_bytes(prefix, "big")


def test_a_crc_would_be_noticed():
    bug = Bug(sketch, "symbol", _crc)
    bug.must_be_caught(comes_out, PREFIXES, PREFIXES, PREFIXES, examples=200)


@pytest.mark.parametrize("differences", [1, 10, 100, 1_000, 2_500])
def test_it_takes_about_a_third_more_cells_than_there_are_differences(differences):
    rng = random.Random(differences)
    both = of(rng.randbytes(8) for _ in range(50))
    mine, theirs = Sketch(both.cells.copy()), Sketch(both.cells.copy())
    for number in range(differences):
        (mine if number % 2 else theirs).toggle(rng.randbytes(8))
    peeler = peeled(mine, theirs)
    assert peeler.whole
    assert len(peeler.found) == differences
    assert len(peeler) <= max(48, 1.7 * differences)


def test_taking_out_undoes_putting_in():
    once = of([b"a prefix"])
    once.toggle(b"a prefix")
    assert once.cells == [0] * CELLS


@pytest.mark.parametrize("seed", range(5))
def test_noise_never_peels_and_comes_to_an_end(seed):
    rng = random.Random(seed)
    peeler = peeled(Sketch(), Sketch([rng.getrandbits(96) for _ in range(CELLS)]))
    assert not peeler.whole
    assert len(peeler.found) < 3


def test_a_symbol_that_comes_out_again_ends_it():
    """Cells that show one prefix alone, but not where its walk leads: taking it out puts it into others."""
    value, _ = sketch.symbol(b"a prefix")
    peeler = peeled(Sketch(), Sketch([value] * CELLS))
    assert peeler.broken
    assert not peeler.whole


def test_cells_are_read_as_they_were_written():
    made = of([b"prefix 1", b"prefix 2"])
    assert load(made.dump()) == made.cells
    with pytest.raises(Malformed):
        load(bytes(13))
    with pytest.raises(Malformed):
        load(dump([0] * (CELLS + 1)))
