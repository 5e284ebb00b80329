"""What the node says in English is read in the reader's language: errors, findings of the doctor, notices, reasons."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from freehold.node import doctor
from freehold.node.api.page import catalogues
from freehold.node.api.page.retelling import LETTERS, Retelling
from freehold.node.folder import Folder
from freehold.protocol.counted import counted
from specs import texts
from tests.cast import START_MS

GERMAN = catalogues.load()["de"]
RETOLD = Retelling(GERMAN)
VALUE = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize(
    ("sentence", "german"),
    [
        ("your key is locked", "dein Schlüssel ist gesperrt"),
        ("there are 64 tokens already", "es gibt schon 64 Token"),
        (
            "this offer cannot be published: title has 900 characters, allowed are 1 to 200",
            "dieses Angebot kann nicht veröffentlicht werden: der Titel hat 900 Zeichen, erlaubt sind 1 bis 200",
        ),
        (
            "this request cannot be read: Expected `str` of length <= 300 - at `$.text`",
            "diese Anfrage kann nicht gelesen werden: der Text ist zu lang: höchstens 300",
        ),
        ("milestone 2 is delivered: it is your turn", "Meilenstein 2 (Stand: geliefert): du bist dran"),
        (
            "acceptance is not possible while the milestone is working",
            "„Arbeit annehmen“ ist bei diesem Stand des Meilensteins nicht möglich: in Arbeit",
        ),
        (
            "/x/config.toml: line 7: page_listen: others could reach [::]:1: that needs also page_names",
            "/x/config.toml: Zeile 7: page_listen: andere könnten [::]:1 erreichen: dafür braucht es auch page_names",
        ),
        ("1 record came while your key was locked", "1 Eintrag kam, während dein Schlüssel gesperrt war"),
        ("3 records came while your key was locked", "3 Einträge kamen, während dein Schlüssel gesperrt war"),
        ("'your key is locked' is not an amount", "'your key is locked' ist kein Betrag"),
    ],
)
def test_sentences_in_german(sentence, german):
    assert RETOLD(sentence) == german


@pytest.mark.parametrize("sentence", ["", "who knows", "an extension's own words", ": ", "x" * (LETTERS + 1)])
def test_what_nobody_of_us_said_is_not_known(sentence):
    assert RETOLD(sentence) is None


def test_every_template_is_recognised_as_itself():
    """Else two of them could be taken for each other. Those that begin alike and go on as free text may be."""
    wrong: list[str] = []
    for one, many in GERMAN.said:
        for number, text in enumerate((one, many) if many else (one,)):
            values = {name: f"w{place}w" for place, name in enumerate(VALUE.findall(text))}
            values |= {"n": "17" if number else "1"} if many else {}
            told = RETOLD(VALUE.sub(lambda gap, known=values: known[gap[1]], text))
            meant = VALUE.sub(lambda gap, known=values: known[gap[1]], GERMAN.texts[one, number])
            wrong += [] if told == meant else [f"{text}: {told}"]
    assert wrong == []


@given(st.text(max_size=300), st.text(max_size=300))
def test_hostile_values_are_told_as_they_are_and_in_little_time(before, after):
    sentence = f"there is no page {before}: {after}: " + ": " * 400
    assert RETOLD(sentence) is not None or not before
    RETOLD(before + after)


def test_values_keep_their_direction_where_one_reads_from_right_to_left():
    arabic = replace(GERMAN, direction="rtl")
    assert (
        Retelling(arabic)("there is no page /x")
        == "es gibt keine Seite \N{FIRST STRONG ISOLATE}/x\N{POP DIRECTIONAL ISOLATE}"
    )


def test_everything_that_the_doctor_finds_is_known(tmp_path):
    folder = Folder(tmp_path / "node")
    status = {"version": "1", "peers": 0, "uptime_s": 900, "addresses": [], "page": {"address": None, "trouble": "x"}}
    sick = {
        "unsigned": 1, "wrong_passphrases": 2, "key": "locked", "reached_until": START_MS, "clocks_ahead_ms": 10**6,
        "last_backup": None,
    }  # fmt: skip
    found = doctor.examine(folder, START_MS, status | sick) + doctor.examine(folder, START_MS, None)
    folder.root.mkdir(mode=0o755)
    folder.config.write_text("peers = 3\n")
    folder.identity_key.write_bytes(b"x")
    folder.identity_key.chmod(0o644)
    folder.database.write_bytes(b"no database at all" * 300)
    found += doctor.examine(folder, START_MS, status | {"addresses": ["/ip4/1"], "peers": 2, "last_backup": 0})
    said = {sentence for one in found for sentence in (one.what, one.why, one.do) if sentence}
    assert {one.state for one in found} == {"ok", "warn", "fail"}
    assert len(said) > 40
    assert [sentence for sentence in said if RETOLD(sentence) is None] == []


def test_numbers_of_things_are_counted_in_english_too():
    assert [counted(n, "{n} offer", "{n} offers") for n in (0, 1, 2)] == ["0 offers", "1 offer", "2 offers"]


def test_most_of_what_is_said_was_found_in_the_source():
    found = set(texts.said())
    assert ("you have {open_offers} open offers, and other nodes keep no more than that of anybody", "") in found
    assert ("{field} has {value} characters, allowed are {least} to {most}", "") in found
    assert ("half of the time is over", "") in found
    assert len(found) > 600
