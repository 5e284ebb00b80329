"""The reader's own rules fold with a reason and a name, delete nothing, spare whom one trusts; what arrives is told."""

from __future__ import annotations

import pytest

from freehold.node.core import arriving, catalog, inbox, proposing, triaging
from freehold.node.core.postage import Postage
from freehold.node.core.proposing import Bid, Piece
from freehold.node.core.taste import Taste
from freehold.node.core.tongues import tongue
from freehold.node.policies.triage import PLAIN
from freehold.protocol.envelope import place_of
from freehold.protocol.kinds.offer import WANTED, Offer
from freehold.protocol.kinds.profile import PROFILE, Profile
from tests.cast import DAY_MS, alice, bob, carol, signed
from tests.node.core.market import Market
from tests.node.core.tale import PRICE, WORK

ENGLISH = "I drew the signs of forty bakeries, and I would love to draw the one of yours as well."
GERMAN = "Ich habe die Schilder von vierzig Bäckereien gezeichnet und würde auch das für Sie sehr gerne zeichnen."


class Shop:
    """alice's offer, which strangers answer."""

    def __init__(self) -> None:
        self.market = Market()
        for who in (alice, bob, carol):
            self.market.open(who)
        self.alice = self.market.stalls[alice.id]
        self.alice.desk.triage = PLAIN
        offer = self.market.does(self.alice, catalog.publish, Offer(WANTED, "A logo"), 30 * DAY_MS)
        self.place = place_of(offer.header)

    def gets(self, cover=ENGLISH, who=bob):
        bid = Bid(cover, (Piece("All of it", PRICE, WORK),))
        return self.market.does(self.market.stalls[who.id], proposing.propose, self.place, bid, 7 * DAY_MS)

    def looked(self, proposal):
        letters = proposing.received(self.alice.desk, self.market.now)
        return triaging.look(self.alice.desk, letters)[proposal.id]

    def waiting(self):
        found = inbox.waiting(self.alice.desk, self.market.now)
        return found.proposals, found.folded

    def told(self):
        return [one.text for one in self.alice.desk.stores.notices.latest(99) if one.topic == arriving.TOPIC]


@pytest.fixture
def shop():
    made = Shop()
    yield made
    made.market.close()


@pytest.mark.parametrize(
    ("taste", "rule", "words"),
    [
        (Taste(), None, None),
        (Taste(stamp=10), "stamp", "a stranger's, without a stamp; you want one of 10 bits"),
        (Taste(languages=("de", "fr-CA")), "language", "it seems to be written in en, which you did not name as yours"),
        (Taste(languages=("en-GB",)), None, None),
        (Taste(short=200), "short", f"its cover has {len(ENGLISH)} characters, you want 200 at least"),
    ],
)
def test_each_rule_folds_and_says_why(shop, taste, rule, words):
    proposal = shop.gets()
    shop.alice.desk.taste = taste
    found = shop.looked(proposal)
    assert (found.rule, found.folded, found.language, found.stamp) == (rule, words, "en", 0)
    assert shop.waiting() == ((0, 1) if rule else (1, 0))
    assert shop.alice.desk.stores.records.has(proposal.id)
    proposing.show(shop.alice.desk, proposal.id, shop.market.now)


def test_whom_one_trusts_is_not_folded(shop):
    proposal = shop.gets()
    shop.alice.desk.taste = Taste(stamp=10, languages=("de",), short=4_000)
    assert shop.looked(proposal).rule == "stamp"
    shop.alice.desk.stores.contacts.trust(bob.id, "bob", shop.market.now)
    assert shop.looked(proposal).rule is None


def test_a_stamp_that_is_wanted_is_paid_and_unfolds(shop):
    shop.alice.desk.taste, shop.alice.desk.postage = Taste(stamp=10), Postage(want=10)
    shop.market.passes(1_000)  # the inbox says so from now on
    found = shop.looked(shop.gets())
    assert (found.rule, found.stamp >= 10) == (None, True)
    shop.alice.desk.taste = Taste(stamp=26)
    assert "; you want 26" in str(shop.looked(shop.gets(GERMAN)).folded)


def test_where_words_do_not_tell_the_profile_does(shop):
    proposal = shop.gets("Bakery signs!")
    shop.alice.desk.taste = Taste(languages=("de",))
    assert shop.looked(proposal).rule is None
    profile = signed(PROFILE, Profile("Bob", languages=("en", "fr")), bob, shop.market.now, slot=b"profile")
    shop.alice.desk.stores.records.add(profile, shop.market.now, shared=True)
    assert shop.looked(proposal).folded == "its author writes en, fr, and you named none of these"


def test_near_copies_are_folded_unless_the_reader_wants_them(shop):
    shop.gets()
    copy = shop.gets(f"Hello! {ENGLISH}", carol)
    assert shop.looked(copy).rule == "near-copy"
    shop.alice.desk.taste = Taste(copies=False)
    found = shop.looked(copy)
    assert (found.rule, [remark.what for remark in found.remarks if remark.fold]) == (None, ["near-copy"])


def test_a_proposal_is_told_unless_it_is_folded_and_a_flood_is_told_once(shop, monkeypatch):
    monkeypatch.setattr(arriving, "A_DAY", 3)
    shop.alice.restarts()
    shop.alice.desk.taste = Taste(languages=("en",))
    shop.gets(GERMAN)
    assert shop.told() == []
    for number in range(6):
        shop.gets(f"{ENGLISH} {number}")
    assert shop.told()[:3] == ["somebody answers your offer: A logo"] * 3
    assert shop.told()[3:] == ["more than 3 proposals today, the others are not told one by one"]
    assert "proposal" in shop.alice.notices


def test_what_was_looked_through_is_not_looked_through_again(shop, monkeypatch):
    proposal = shop.gets()
    looks = []
    monkeypatch.setattr(type(PLAIN), "look", lambda _self, received: looks.append(received) or [()] * len(received))
    for _ in range(3):
        shop.looked(proposal)
    assert len(looks) <= 1
    shop.gets(GERMAN)
    shop.looked(proposal)
    assert 1 <= len(looks) <= 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        ("J'ai dessiné les enseignes de quarante boulangeries et je serais ravi de dessiner la vôtre.", "fr"),
        ("He dibujado los letreros de cuarenta panaderías y me encantaría dibujar el suyo.", "es"),
        ("Desenhei as placas de quarenta padarias e gostaria muito de desenhar a sua.", "pt"),
        ("Ho disegnato le insegne di quaranta panifici e vorrei disegnare anche la vostra.", "it"),
        ("Ik heb de borden van veertig bakkerijen getekend en zou graag de uwe tekenen.", "nl"),
        ("Narysowałem szyldy dla czterdziestu piekarni i chętnie zrobię to także dla pana.", "pl"),
        ("Я нарисовал вывески сорока пекарен и был бы рад нарисовать вашу.", "ru"),
        ("Я намалював вивіски сорока пекарень і був би радий намалювати вашу.", "uk"),
        ("私は二十年間パン屋の看板と包装紙の絵を描いてきました。", "ja"),
        ("Python, Rust, Go, Kubernetes, Terraform, Ansible, PostgreSQL", None),
        ("Hello", None),
        ("", None),
        ("\u202e \x00 12 345 !!", None),
        ("a" * 100_000, None),
        (f"{ENGLISH} {GERMAN}", None),
    ],
)
def test_the_language_of_a_text_is_guessed_where_it_is_clear(text, found):
    assert tongue(text) == found
