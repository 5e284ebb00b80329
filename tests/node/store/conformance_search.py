"""What search must do, whatever store it runs over."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from freehold.node.core.ports import OfferQuery
from freehold.protocol.kinds.offer import FIXED, HOURLY, SERVICE, WANTED, Budget
from tests.cast import DAY_MS, START_MS, alice, bob, carol, offer
from tests.node.store.conformance import NOW, Conformance, add

if TYPE_CHECKING:
    from freehold.node.core.ports import Stores
    from freehold.protocol.envelope import Record


def found(stores: Stores, text: str = "", **filters: Any) -> list[Record]:
    filters.setdefault("now", NOW)
    return list(stores.records.search(OfferQuery(text=text, **filters)).records)


def pages(stores: Stores, query: dict[str, Any]) -> list[list[Record]]:
    """All pages until there is no next one."""
    shown: list[list[Record]] = []
    before: int | None = None
    while True:
        page = stores.records.search(OfferQuery(now=NOW, before=before, **query))
        shown.append(list(page.records))
        if page.next is None:
            return shown
        before = page.next


FINDS = [
    ("A logo for a bakery", "LOGO bakery"),
    ("Ein Logo für die Bäckerei", "fur backerei"),
    ("Diseño de sitio web", "DISENO"),
    ("Straße", "strasse"),
    ("Łódź, øl og æbler", "lodz ol aebler"),
    ("İstanbul ışık", "istanbul isik"),
    ("Перевод на русский", "перевод"),
    ("Ελληνικά κείμενα", "ελληνικα"),
    ("日本語のウェブサイト", "ウェブ"),
    ("日本語のウェブサイト", "日本"),
    ("我需要一个标志设计", "标志"),
    ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
    ("ต้องการออกแบบโลโก้", "โลโก้"),
    ("한국어 번역가를 찾습니다", "번역가"),
    ("हिन्दी अनुवाद", "हिन्दी"),
    ("مُتَرْجِم", "مترجم"),
    ("C++ and C# and F", "c#"),
    ("node.js developer", "Node.js"),
    ("e-commerce site", "e-commerce"),
    ("WordPress plugin", "wordp*"),
    ("ﬁnance ①", "finance 1"),
    ("ฉันต้องการนักแปลภาษาไทยเป็นภาษาอังกฤษ", "นักแปล"),
    ("أحتاج إلى مُصمِّم شعار لمخبز صغير", "مصمم شعار"),
    ("אני מחפשת מעצב לוגו למאפייה", "מעצב לוגו"),
    ("עִבְרִית מְנֻקֶּדֶת", "מנקדת"),
    ("मुझे अपनी बेकरी के लिए लोगो चाहिए", "लोगो बेकरी"),
    ("Ищу переводчика с немецкого на русский", "переводчик*"),
    ("Нужен дизайнер для сайта кофейни", "ДИЗАЙНЕР сайта"),
    ("ﾃﾞｻﾞｲﾅｰを探しています", "デザイナー"),
    ("請幫我設計一個麵包店的商標", "麵包店 商標"),
    ("웹사이트를 디자인해 주세요", "디자인"),
    ("Cần người thiết kế biểu trưng cho tiệm bánh", "thiet ke bieu trung"),
    ("Cafe\u0301 menu", "café"),
    ("বেকারির জন্য লোগো", "লোগো"),
    ("ต้องการออกแบบโลโก้ร้านกาแฟ", "โลโก้ กาแฟ"),
    ("WordPress and WooCommerce", "wo*"),
    ("node.js and next.js", "node.j*"),
    ("Enamel signs for a station", '"enamel signs"'),
    ("Enamel signs for a station", "station „Enamel Signs“"),
    ("Emaillierte Schilder", "«emaillierte schilder»"),
    ("日本語のウェブサイト", "「日本語」"),
    ("Enamel signs for a station", '"signs for*"'),
    ("A logo for a bakery", "logo -wordpress"),
    ("A logo for a bakery", 'logo -"bakery logo"'),
    ("A logo for a bakery", "-else"),
    ("A logo for a bakery", "logo - bakery"),
    ("A logo for a bakery", "logo -"),
    ("A logo for a bakery", '"logo'),
    ('A 24" screen', '24"'),
    ("e-commerce site", "site -commercial"),
]
MISSES = [
    ("C and Java", "c++"),
    ("JavaScript", "java"),
    ("日本語のウェブサイト", "本日"),
    ("A logo for a bakery", "logo butcher"),
    ("WordPress", "word"),
    ("site web", "logo"),
    ("ฉันต้องการนักแปล", "แปลนัก"),
    ("अनुवाद", "वादअनु"),
    ("WordPress", "press*"),
    ("A logo", "l*"),
    ("Signs of enamel", '"enamel signs"'),
    ("A logo for a bakery", "logo -bakery"),
    ("A logo for a bakery", "logo -BAKERY"),
    ("A logo for a bakery", 'logo -"for a"'),
    ("A logo for a bakery", "logo -bak*"),
    ("A logo for a bakery", "-bakery"),
    ("A logo for a bakery", "-bakery -wordpress"),
    ("日本語のウェブサイト", "日本語 -ウェブ"),
    ("A logo for a bakery", '""'),
    ("A logo for a bakery", "-"),
]


class SearchConformance(Conformance):
    @pytest.mark.parametrize(("title", "text"), FINDS)
    def test_an_offer_is_found_by_words_of_its_language(self, stores: Stores, title: str, text: str) -> None:
        written = offer(title=unicodedata.normalize("NFC", title))
        add(stores, written, offer(title="Something else", number=2))
        assert found(stores, text) == [written]

    @pytest.mark.parametrize(("title", "text"), MISSES)
    def test_other_words_do_not_find_it(self, stores: Stores, title: str, text: str) -> None:
        add(stores, offer(title=title))
        assert found(stores, text) == []

    def test_title_skills_and_description_are_searched(self, stores: Stores) -> None:
        written = offer(title="One", skills=("Two words",), description="Three\nlines")
        add(stores, written)
        assert [found(stores, text) for text in ("one", "words two", "lines")] == [[written]] * 3
        assert found(stores, "skill_two_words") == []

    def test_the_title_weighs_most_and_the_description_least(self, stores: Stores) -> None:
        in_description = offer(number=1, title="Something", description="needs a falcon here")
        in_skills = offer(number=2, title="Something", skills=("falcon",))
        in_title = offer(number=3, title="falcon wanted")
        add(stores, in_title, in_skills, in_description, *(offer(number=n, title="Other") for n in range(4, 20)))
        assert found(stores, "falcon") == [in_title, in_skills, in_description]

    def test_without_words_the_newest_come_first(self, stores: Stores) -> None:
        written = [offer(number=number) for number in range(4)]
        add(stores, *written)
        assert found(stores) == written[::-1]

    def test_closed_and_expired_offers_are_shown_only_on_request(self, stores: Stores) -> None:
        live, closed, expired = offer(number=1), offer(number=2, closed=True), offer(number=3, life_ms=1)
        add(stores, live, closed, expired)
        assert found(stores, "logo") == found(stores) == [live]
        assert set(found(stores, "logo", open_only=False)) == {live, closed, expired}

    def test_only_the_current_version_is_found(self, stores: Stores) -> None:
        old, new = offer(title="A falcon"), offer(title="A heron", at=START_MS + 1)
        add(stores, old, new)
        assert found(stores, "falcon") == []
        assert found(stores, "heron") == [new]

    def test_an_expired_offer_is_gone_from_the_index(self, stores: Stores) -> None:
        add(stores, offer(), offer(number=2, life_ms=90 * DAY_MS))
        assert stores.records.expire(START_MS + 40 * DAY_MS, 10) == 1
        assert len(found(stores, "logo", open_only=False)) == 1

    def test_filters_narrow_the_result(self, stores: Stores) -> None:
        wanted = offer(number=1, side=WANTED, budget=Budget(FIXED, "EUR", 100, 900), languages=("en-GB", "de"))
        service = offer(bob, side=SERVICE, budget=Budget(HOURLY, "USD", 20, 40), skills=("Node.js", "Logo Design"))
        unpriced = offer(carol, budget=None, skills=("logo design",), languages=("pt",))
        add(stores, wanted, service, unpriced)
        for text in ("", "logo"):
            assert found(stores, text, side=SERVICE) == [service]
            assert found(stores, text, author=alice.id) == [wanted]
            assert found(stores, text, author=b"x" * 32) == []
            assert found(stores, text, basis=HOURLY) == [service]
            assert found(stores, text, unit="EUR", least=900) == [wanted]
            assert found(stores, text, unit="EUR", least=901) == []
            assert set(found(stores, text, least=1)) == {wanted, service}
            assert found(stores, text, skills=("node.js",)) == [service]
            assert set(found(stores, text, skills=("LOGO design",))) == {service, unpriced}
            assert found(stores, text, skills=("logo design", "node.js")) == [service]
            assert found(stores, text, skills=("design",)) == []
            assert found(stores, text, language="en") == [wanted]
            assert found(stores, text, language="en-GB") == [wanted]
            assert found(stores, text, language="en-US") == []
            assert found(stores, text, language="pt") == [unpriced]

    @pytest.mark.parametrize("text", ["", "logo"])
    def test_a_budget_fits_that_reaches_into_the_range(self, stores: Stores, text: str) -> None:
        add(stores, written := offer(budget=Budget(FIXED, "EUR", 100, 900)), offer(bob, budget=None))
        add(stores, hourly := offer(carol, budget=Budget(HOURLY, "EUR", 2_000, 2_000)))
        add(stores, offer(bob, number=2, budget=Budget(FIXED, "USD", 100, 900)))
        for least, most, shown in [
            (None, 99, []), (None, 100, [written]), (900, 900, [written]), (901, 1_999, []), (901, None, [hourly]),
            (0, None, [written, hourly]), (500, 5_000, [written, hourly]), (2_001, None, []), (2_000, 100, []),
        ]:  # fmt: skip
            assert set(found(stores, text, unit="EUR", least=least, most=most)) == set(shown), (least, most)
        assert found(stores, text, unit="EUR", least=1_500, most=2_500, basis=HOURLY) == [hourly]

    @pytest.mark.parametrize("text", ["", "logo"])
    def test_any_of_some_skills_and_a_date_narrow_the_result(self, stores: Stores, text: str) -> None:
        old, new = offer(number=1, skills=("Go",)), offer(number=2, at=START_MS + DAY_MS, skills=("Rust", "C++"))
        add(stores, old, offer(number=3, skills=("COBOL",)))
        stores.records.add(new, NOW + DAY_MS, shared=True)
        assert set(found(stores, text, any_skills=("go", "c++", "Ada"))) == {old, new}
        assert found(stores, text, any_skills=("go", "c++"), skills=("rust",)) == [new]
        assert found(stores, text, any_skills=("!!!",)) == found(stores, text, any_skills=("ada",)) == []
        assert found(stores, text, since=START_MS + 1) == [new]
        assert len(found(stores, text, since=START_MS)) == 3
        assert found(stores, text, since=START_MS + DAY_MS + 1) == []
        assert len(found(stores, text, since=-(2**70))) == 3
        assert found(stores, text, since=2**70) == []

    def test_a_rare_filter_among_many_matches_is_found_on_the_first_page(self, stores: Stores) -> None:
        rare = offer(bob, budget=Budget(HOURLY, "JPY", 3_000, 4_000), languages=("ja",), skills=("Kanji",))
        add(stores, rare, *(offer(number=number) for number in range(600)))
        wishes: list[dict[str, Any]] = [
            {"unit": "JPY"}, {"basis": HOURLY}, {"language": "ja"}, {"author": bob.id}, {"any_skills": ("kanji", "x")},
            {"unit": "JPY", "least": 3_500},
        ]  # fmt: skip
        for wish in wishes:
            assert found(stores, "logo", **wish) == found(stores, **wish) == [rare]

    def test_words_that_begin_so_stand_for_the_first_that_were_met(self, stores: Stores) -> None:
        add(stores, common := offer(title="developer"))
        add(stores, *(offer(bob, number=n, title=f"dev{n:04}a dev{n:04}b") for n in range(60)))
        assert common in found(stores, "dev*", limit=100)
        assert found(stores, "deve*") == [common]

    def test_a_page_goes_on_after_any_of_its_offers(self, stores: Stores) -> None:
        add(stores, *(offer(number=number, title=f"logo {'logo ' * (number % 3)}") for number in range(9)))
        whole = stores.records.search(OfferQuery(now=NOW, text="logo"))
        assert (len(whole.records), len(whole.marks), whole.marks[-1]) == (9, 9, whole.next)
        for place, mark in enumerate(whole.marks[:-1], start=1):
            assert found(stores, "logo", before=mark) == list(whole.records[place:])

    @pytest.mark.parametrize("text", ["", "logo"])
    def test_pages_show_every_match_once_windows_newest_first(self, stores: Stores, text: str) -> None:
        written = [offer(number=number, title=f"logo {number % 7}") for number in range(1203)]
        add(stores, *written, *(offer(bob, number=number, title="noise") for number in range(3)))
        shown = pages(stores, {"text": text, "limit": 100, "author": alice.id})
        flat = [record for page in shown for record in page]
        assert len(flat) == len(set(flat)) == 1203
        assert max(map(len, shown)) == 100
        order = {record.id: number for number, record in enumerate(written)}
        newest_window = {order[record.id] for record in flat[:500]}
        assert newest_window == set(range(703, 1203))

    def test_offers_that_arrive_between_two_pages_do_not_shift_them(self, stores: Stores) -> None:
        add(stores, *(offer(number=number) for number in range(6)))
        first = stores.records.search(OfferQuery(now=NOW, text="logo", limit=3))
        add(stores, *(offer(bob, number=number) for number in range(5)))
        second = stores.records.search(OfferQuery(now=NOW, text="logo", limit=3, before=first.next))
        assert {*first.records, *second.records} == {offer(number=number) for number in range(6)}

    @pytest.mark.parametrize("before", [0, -1, 1, 1023, 2**53, 2**63, 2**200, -(2**64)])
    @pytest.mark.parametrize("limit", [-5, 0, 1, 10**9, 2**70])
    def test_any_page_mark_and_limit_is_answered(self, stores: Stores, before: int, limit: int) -> None:
        add(stores, offer())
        for text in ("", "logo"):
            assert len(found(stores, text, before=before, limit=limit)) <= 1

    @pytest.mark.parametrize(
        "text",
        [
            '"', "'", '""', "logo\"", "AND", "NOT", "a OR", "NEAR(", "NEAR(a b, 2)", "title:logo", "{title}: x",
            "^logo", "*", "logo**", "(", ")", "\\", "%", ";drop table record", "\x00", "logo\x00bakery", "\ud800",
            "-logo", "+", "#", "!!!", "🦅", "x" * 100_000, "a " * 100_000, "* " * 5_000, "日" * 10_000,
            "\u0301" * 500, "\ufdfa" * 400,
        ],
    )  # fmt: skip
    def test_no_text_is_an_error(self, stores: Stores, text: str) -> None:
        add(stores, offer())
        assert found(stores, text) in ([], [offer()])
        assert found(stores, "logo") == [offer()]

    @pytest.mark.parametrize("odd", ["\ud800", "", "\x00", "x" * 100_000, "' OR 1=1 --"])
    def test_no_filter_is_an_error(self, stores: Stores, odd: str) -> None:
        add(stores, offer(languages=("en",), skills=("Logo",)))
        for name in ("side", "basis", "unit", "language"):
            assert found(stores, **{name: odd}) == []
        assert found(stores, skills=(odd,)) == found(stores, any_skills=(odd,)) == []
        assert found(stores, unit=odd, least=1, most=9) == []
        assert found(stores, least=2**64) == []
        assert len(found(stores, least=-(2**64))) == 1

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(max_size=60), skill=st.text(max_size=20), unit=st.text(max_size=5))
    def test_whatever_is_typed_finds_offers_or_nothing(self, stores: Stores, text: str, skill: str, unit: str) -> None:
        add(stores, offer())
        for query in ({"text": text}, {"text": text, "skills": (skill,)}, {"unit": unit}):
            assert found(stores, **query) in ([], [offer()])  # pyright: ignore[reportArgumentType]
