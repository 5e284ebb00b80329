"""The résumé in a real browser: a good one says so, a changed one says where, and hostile words do nothing."""

import base64
import re
import shutil
import subprocess
import tempfile
from html import unescape

import pytest

from freehold.cli.resume import page as pages
from freehold.protocol import text
from freehold.protocol.resume import bundle
from freehold.protocol.resume.judging import judge
from tests.cast import bob, profile
from tests.protocol.resume.career import (
    FIRST_RECORDS,
    NOW,
    PEOPLE,
    RECORDS,
    SIGNED,
    THIRD,
    made,
    said,
)

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
in_a_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt install chromium")
SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--virtual-time-budget=20000",
)  # fmt: skip


def slow(*values):
    """One of many that are much alike: each starts a browser."""
    return pytest.param(*values, marks=pytest.mark.slow)


HOSTILE = '</script><script>document.title="taken"</script><img src=x onerror=alert(1)>&amp;"\'\u202egpj.exe'


def made_page(data=SIGNED):
    return pages.page(judge(bundle.read(data), NOW), data)


GOOD = made_page()


@pytest.fixture
def opened(tmp_path):
    """(state, words) of the verdict that a page comes to in the browser, and the page as it is then."""

    def opening(page):
        path = tmp_path / "resume.html"
        path.write_text(page, "utf-8")
        done = subprocess.run(
            [str(BROWSER), *SWITCHES, f"--user-data-dir={tempfile.mkdtemp(dir=tmp_path)}", "--dump-dom", path.as_uri()],
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        found = re.search(r'<p id="verdict"[^>]*data-state="(\w+)"[^>]*>(.*?)</p>', done.stdout, re.DOTALL)
        assert found, done.stdout[:2000] + done.stderr[-2000:]
        return found[1], unescape(found[2]), done.stdout

    return opening


def changed_record(record, meddle):
    """The good page with the packed bytes of one record changed."""
    name = text.show(record.id, text.RECORD)
    start = GOOD.index(f'"id":"{name}","record":"') + len(f'"id":"{name}","record":"')
    end = GOOD.index('"', start)
    packed = bytearray(base64.b64decode(GOOD[start:end]))
    meddle(packed)
    return GOOD[:start] + base64.b64encode(packed).decode() + GOOD[end:]


def flips(part):
    def meddle(packed):
        packed[packed.index(part)] ^= 1

    return meddle


@in_a_browser
def test_a_good_page_says_that_it_is(opened):
    state, words, dom = opened(GOOD)
    assert (state, f"all {len(RECORDS)} records are genuine" in words) == ("good", True), words
    assert dom.count("<article data-record") == 4


LINE = bundle.read(SIGNED).places[THIRD.client_reviews.id]


@in_a_browser
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (changed_record(THIRD.client_reviews, flips(THIRD.client_reviews.signature)), "the signature does not match"),
        slow(changed_record(THIRD.client_reviews, flips(b"Never")), "the body is not the one that was signed"),
        slow(changed_record(THIRD.client_reviews, flips(THIRD.contract)), "'id' is not"),
    ],
    ids=["signature", "body", "header"],
)
def test_a_flipped_bit_in_a_record_is_found_in_its_line(opened, bad, words):
    state, told, _ = opened(bad)
    assert (state, f"line {LINE}" in told) == ("bad", True), told
    assert words in told


@in_a_browser
@pytest.mark.parametrize(
    ("true", "planted", "words"),
    [
        (">Never again.<", ">Ever again.<", "other words are shown"),
        slow(re.findall("<article.*?</article>", GOOD, re.DOTALL)[1], "", "a review is not shown"),
        slow(">I was ill, and said so.<", ">I was not ill.<", "another reply is shown"),
        slow('data-level="quality">0<', 'data-level="quality">4<', "another level is shown"),
        slow(">Dave</h3>", ">Carol</h3>", "another name is shown"),
        slow('"sha256":"', '"sha256":"0', "another hash"),
        slow('","signature":"', '","signature":"AAAA', "exporter's signature"),
        slow(SIGNED.decode().splitlines()[9] + "\n", "", "line"),
    ],
)
def test_what_is_shown_is_what_was_signed(opened, true, planted, words):
    assert true in GOOD
    state, told, _ = opened(GOOD.replace(true, planted, 1))
    assert (state, words in told) == ("bad", True), told


@in_a_browser
@pytest.mark.slow
def test_what_does_not_count_need_not_have_a_card(opened):
    page = made_page(made(*(record for record in RECORDS if record.id != THIRD.client_commits.id)))
    assert opened(page)[0] == "good"
    assert "a review is not shown" in opened(re.sub("<li dir=.auto. data-out.*?</li>", "", page, flags=re.DOTALL))[1]


@in_a_browser
@pytest.mark.slow
def test_a_browser_without_ed25519_says_what_it_could_not_check(opened):
    script = (pages._HERE / "verify.js").read_text("utf-8")
    without = script.replace('generateKey("Ed25519"', 'generateKey("Ed25518"')
    page = GOOD.replace(pages._hash(script), pages._hash(without)).replace(script, without)
    state, words, _ = opened(page)
    assert (state, "this browser has no Ed25519" in words) == ("unknown", True), words


def hostile_page():
    """bob calls himself what could run, and so does what alice says of him, and what he answers."""
    _, records = said(PEOPLE[1], HOSTILE, 3, 0)
    others = [r for r in RECORDS if r not in FIRST_RECORDS and (r.author, r.header.kind) != (bob.id, "profile/1")]
    name, about = HOSTILE[:30] + "<b>", HOSTILE + "\n<style>body{display:none}</style>"
    return made_page(made(*others, *records, profile(bob, name=name, about=about, skills=(HOSTILE[-20:-11],))))


def is_harmless(page):
    assert "\u202e" not in page
    assert (page.count("<script"), page.count("<style"), page.count("<img")) == (2, 1, 0)


def test_what_people_write_is_escaped_and_it_would_be_noticed_if_it_were_not(monkeypatch):
    is_harmless(hostile_page())
    monkeypatch.setattr(pages, "escape", str)
    with pytest.raises(AssertionError):
        is_harmless(hostile_page())


@in_a_browser
def test_hostile_words_are_words(opened):
    state, words, dom = opened(hostile_page())
    assert state == "good", words
    assert "taken</title>" not in dom


def test_the_page_loads_nothing_and_its_script_is_the_one_that_it_allows():
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', GOOD)
    assert policy
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    for outside in ("http://", "https://", "src=", "@import", "url(", "style="):
        assert outside not in GOOD.replace(SIGNED.decode(), "")


def test_page_and_script_agree_on_how_much_is_shown():
    assert f"const MOST = {pages._SHOWN};" in GOOD


def test_it_is_readable_without_javascript():
    words = unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", GOOD, flags=re.DOTALL))
    for told in ("Likely 42 to 78", "Quick and kind.", "I was ill, and said so.", "hold nothing against them", "Bob"):
        assert told in words


def test_without_reviews_it_says_so():
    page = made_page(made(bob.inception))
    assert "No reviews yet" in page
    assert "<h2>" not in page


def test_what_does_not_count_is_on_it_with_the_reason():
    kept = [record for record in RECORDS if record.id != THIRD.client_commits.id]
    page = made_page(made(*kept))
    assert "Reviews that do not count" in page
    assert "its author has not committed to it" in page


def test_the_bundle_comes_out_as_it_went_in():
    assert pages.bundle_in(GOOD.encode()) == SIGNED
    assert pages.bundle_in(SIGNED) == SIGNED
    assert pages.bundle_in(b"<!doctype html>") == b"<!doctype html>"
