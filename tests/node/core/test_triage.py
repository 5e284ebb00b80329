"""Triage of received proposals: copies are found, honest texts are left alone, nothing is dropped."""

import random

import pytest

from freehold.node.core.ports import Submission
from freehold.node.policies import triage
from freehold.node.policies.triage import PLAIN
from freehold.protocol.envelope import RecordId
from freehold.protocol.identity import IdentityId

WORDS = [
    "logo",
    "bakery",
    "croissant",
    "drawing",
    "ink",
    "brush",
    "studio",
    "paper",
    "sketch",
    "colour",
    "client",
    "deadline",
    "week",
    "delivery",
    "file",
    "print",
    "sign",
    "window",
    "street",
    "corner",
    "morning",
    "bread",
    "flour",
    "oven",
    "hand",
    "letter",
    "type",
    "weight",
    "line",
    "curve",
    "circle",
    "balance",
    "proof",
    "round",
    "change",
]
BRIEF = "A logo for a bakery. A croissant, drawn by hand, in ink."


def text(seed, count=60):
    dice = random.Random(seed)
    return " ".join(dice.choice(WORDS) + str(dice.randrange(9)) for _ in range(count))


def sent(number, cover, author=None, offer=b"o" * 32, answers=()):
    return Submission(
        RecordId(bytes([number]) * 32), IdentityId(bytes([author or number]) * 32), offer, BRIEF, cover, answers
    )


def folds(received):
    return [[remark.other for remark in remarks if remark.fold] for remarks in PLAIN.look(received)]


def test_a_copy_with_another_name_in_it_is_folded_and_the_first_is_not():
    mine = text(1)
    received = [sent(1, mine), sent(2, mine.replace(mine.split()[7], "Anna")), sent(3, text(2))]
    assert folds(received) == [[], [received[0].id], []]


@pytest.mark.parametrize("seed", range(20))
def test_honest_texts_about_the_same_brief_are_left_alone(seed):
    shared = "I would love to draw the logo of your bakery."
    received = [sent(n + 1, f"{shared} {text(seed * 100 + n)}") for n in range(6)]
    assert folds(received) == [[]] * 6


def test_short_texts_are_never_copies():
    assert folds([sent(1, "I can do this job."), sent(2, "I can do this job.")]) == [[], []]


def test_ones_own_text_to_another_offer_is_told_and_not_folded():
    cover = text(3)
    remarks = PLAIN.look([sent(1, cover, author=9), sent(2, cover, author=9, offer=b"p" * 32)])
    assert [remark.what for remark in remarks[1] if remark.what != "brief"] == ["same-text"]
    assert folds([sent(1, cover, author=9), sent(2, cover, author=9)]) == [[], []]


def test_a_copy_in_a_script_without_spaces_is_found():
    cover = "私は二十年間パン屋の看板と包装紙の絵を描いてきました。三日で下絵をお見せできます。"
    assert folds([sent(1, cover), sent(2, cover + "よろしく")]) == [[], [bytes([1]) * 32]]


def test_links_and_the_share_of_the_brief_are_told():
    remarks = {
        r.what: r.words for r in PLAIN.look([sent(1, "A croissant for the bakery: https://a.example www.b.example")])[0]
    }
    assert remarks["links"] == "2 links"
    assert "of 100 words" in remarks["brief"]


def test_a_planted_sketch_of_the_first_words_only_is_noticed(monkeypatch):
    """Who compares only beginnings misses a copy with another greeting."""
    received = [sent(1, text(5)), sent(2, "Dear Sir or Madam of the bakery in the street " + text(5))]
    assert folds(received)[1]
    monkeypatch.setattr(triage, "_sketch", lambda words: frozenset({hash(" ".join(words[:5]))}))
    assert not folds(received)[1]


@pytest.mark.parametrize("cover", ["", " ", "\x00" * 9_000, "a" * 100_000, "\u202e" * 50, "￿ " * 5_000])
def test_anything_is_looked_at(cover):
    assert len(PLAIN.look([sent(1, cover), sent(2, cover)])) == 2
