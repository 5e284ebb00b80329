"""Two languages, complete; and how another one is dropped in."""

import re

import pytest

from freehold.node.api.page import amounts, catalogues
from freehold.node.api.page.catalogues import ENGLISH, read, wanted
from freehold.node.api.page.words import Words
from freehold.node.core.desk import Denied
from freehold.protocol.codes import MEANINGS
from specs import texts
from tests.cast import START_MS
from tests.node.api.story import LOGO

KNOWN = catalogues.load()
GERMAN = KNOWN["de"]
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_VALUE = re.compile(r"\{(\w+)\}")
PATHS = sorted((texts.PAGE / "languages").glob("*.po"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_text_is_translated_and_its_placeholders_agree(path):
    found = texts.translated(path)
    assert set(found) == set(texts.used()), "run: python specs/texts.py"
    assert len(found) > 1_000
    for (one, many), translations in found.items():
        assert all(translations), one
        for text in translations:
            if (one, many) in texts.said():
                assert set(_VALUE.findall(text)) <= set(_VALUE.findall(many or one)), one
                continue
            assert set(_PLACEHOLDER.findall(text)) == set(_PLACEHOLDER.findall(many or one)), one
            assert text.count("%") == text.count("%("), one
    assert path.read_text("utf-8") == texts.written(path), "run: python specs/texts.py"


def test_a_code_or_a_sentence_without_a_translation_is_noticed():
    """A planted bug: a catalogue that lacks the meaning of a code, an error, and a finding."""
    lacking = texts.translated(PATHS[0])
    for text in (MEANINGS["not-found"], "{typed} is not an amount", "the database is sound"):
        del lacking[text, ""]
    assert len(set(texts.used()) - set(lacking)) == 3


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_our_reader_reads_what_gettext_tools_read(path):
    ours = read(path.stem, path.read_text("utf-8"))
    for (one, _), translations in texts.translated(path).items():
        assert tuple(ours.texts[one, number] for number in range(len(translations))) == translations


def test_a_catalogue_that_is_dropped_in_is_a_language(tmp_path):
    (tmp_path / "ar.po").write_text(
        'msgid ""\nmsgstr ""\n"X-Name: العربية\\n"\n"X-Direction: rtl\\n"\n'
        '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"\n\n'
        'msgid "Inbox"\nmsgstr "الوارد"\n\n'
        '#, fuzzy\nmsgid "Offers"\nmsgstr "guessed"\n\n'
        'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "a"\nmsgstr[1] "b"\nmsgstr[2] "c"\n',
        "utf-8",
    )
    found = catalogues.load(tmp_path)["ar"]
    assert (found.name, found.direction) == ("العربية", "rtl")
    assert found.gettext("Inbox") == "الوارد"
    assert found.gettext("Offers") == "Offers"
    assert [found.ngettext("%(n)s day", "%(n)s days", n) for n in (1, 2, 5)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("accepts", "tag"),
    [
        ("de-AT,en;q=0.5", "de"), ("en-GB,de;q=0.9", "en"), ("fr,de;q=0.2,en;q=0.1", "de"), ("", "en"), ("*", "en"),
        ("xx;q=nonsense", "en"), ("DE", "de"), ("de;q=0.1, en;q=0.9", "en"),
    ],
)  # fmt: skip
def test_the_browsers_wish_counts(accepts, tag):
    assert wanted(accepts, KNOWN) == tag


async def test_pages_are_german_for_germans_and_what_people_wrote_stays(readers, counters):
    at_bob = readers[1]
    await counters[0].post("/offers", LOGO)
    at_bob.language = "de-DE,de;q=0.9"
    page = await at_bob.get("/offers")
    assert page.says("Angebote", "Auftrag gesucht", "A logo for a bakery", "400–600 EUR")
    assert '<html lang="de" dir="ltr">' in page.html
    at_bob.cookies["freehold_language"] = "en"
    assert (await at_bob.get("/offers")).says("work wanted")
    at_bob.cookies["freehold_language"] = "../../etc"
    assert (await at_bob.get("/offers")).says("Auftrag gesucht")


def test_numbers_and_times_are_written_as_the_language_writes_them():
    money = {"amount": 123_456_789, "unit": "EUR"}
    assert Words(ENGLISH).money(money) == "1,234,567.89 EUR"
    assert Words(GERMAN).money(money) == "1.234.567,89 EUR"
    assert Words(GERMAN).budget({"basis": "fixed", "unit": "JPY", "low": 1000, "high": 2000}) == "1.000–2.000 JPY"
    assert Words(ENGLISH).date(START_MS) == "Jun 15, 2025"
    assert Words(GERMAN).date(START_MS) == "15. Juni 2025"
    assert Words(GERMAN).from_now(START_MS + 90 * 60_000, START_MS) == "in 1 Stunde"
    assert Words(ENGLISH).date(2**53 - 1) == "in a year beyond the calendar"


@pytest.mark.parametrize(
    ("typed", "unit", "catalogue", "amount"),
    [
        ("150", "EUR", ENGLISH, 15_000), ("150.5", "EUR", ENGLISH, 15_050), ("150,50", "EUR", ENGLISH, 15_050),
        ("1,500", "EUR", ENGLISH, 150_000), ("1.500", "EUR", GERMAN, 150_000), ("1.234,56", "EUR", ENGLISH, 123_456),
        ("1,234.56", "EUR", GERMAN, 123_456), ("1 234 567", "EUR", ENGLISH, 123_456_700), ("0.5", "EUR", GERMAN, 50),
        ("1,234,567", "EUR", GERMAN, 123_456_700), ("500", "JPY", ENGLISH, 500), ("1.000", "JPY", ENGLISH, 1000),
        ("1'000", "CHF", ENGLISH, 100_000), ("7", "POINTS", ENGLISH, 7),
    ],
)  # fmt: skip
def test_amounts_as_people_type_them(typed, unit, catalogue, amount):
    assert amounts.minor(typed, unit, catalogue) == amount
    assert amounts.minor(amounts.shown(amount, unit, catalogue), unit, catalogue) == amount


@pytest.mark.parametrize(
    "typed", ["", "x", "1.500", "1,5,0", "-1", "1e3", "٣", "1.234.56", "9" * 17, "12,34,567", "1." * 50]
)
def test_what_may_mean_two_things_is_asked_back(typed):
    with pytest.raises(Denied) as denied:
        amounts.minor(typed, "EUR", ENGLISH)
    assert denied.value.code == "bad-amount"
