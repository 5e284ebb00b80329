"""The demo's voice and frame; tests/e2e plays the whole of it."""

import signal
import threading

import pytest

from freehold.cli import main
from freehold.cli.commands import demo as command
from freehold.cli.demo import market, postings, silence
from freehold.cli.demo.narration import Narrator, Unfulfilled
from freehold.cli.demo.stage import Stage, start_together
from freehold.cli.errors import Trouble
from freehold.protocol.header import Header
from freehold.protocol.identity import IdentityId
from freehold.protocol.kinds.offer import OFFER


@pytest.fixture(autouse=True)
def signals():
    """The demo sets its own; the test run keeps what it had."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, action in before.items():
        signal.signal(number, action)


@pytest.fixture
def voice():
    return Narrator()


def test_what_is_seen_in_time_is_counted_as_held(voice, capsys):
    looks = iter([None, None, "there"])
    assert voice.see("it comes", "Bob's node", lambda: next(looks)) == "there"
    assert [check["held"] for check in voice.checks] == [True]
    assert "\N{CHECK MARK} it comes" in capsys.readouterr().out


def test_what_never_comes_is_told_and_ends_the_story(voice, capsys):
    def not_yet():
        raise Trouble("not-found", "there is no such offer")

    with pytest.raises(Unfulfilled):
        voice.see("it comes", "Bob's node", not_yet, within_s=0)
    assert voice.failed == ["it comes"]
    shown = capsys.readouterr().out
    assert "\N{BALLOT X} it comes" in shown
    assert "there is no such offer" in shown


def test_a_claim_that_is_false_now_is_told_and_the_story_goes_on(voice):
    voice.check("true", "here", holds=True)
    voice.check("false", "here", holds=False)
    assert voice.failed == ["false"]


def test_what_others_say_is_made_harmless(voice, capsys):
    voice.quote("\x1b[31mMallory", "\u202ehello\x07")
    voice.check("\x1bclaim", "\x1bplace", holds=False, why="\x1bwhy")
    assert not set("\x1b\u202e\x07") & set(capsys.readouterr().out)


def test_without_colours_there_is_no_escape_in_it(voice, capsys, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    voice.act("An act")
    voice.tell("Something happens.")
    voice.check("true", "here", holds=True)
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_no_line_is_wider_than_the_terminal_or_than_one_reads_well(columns, voice, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    long = " ".join(["a word and another"] * 12)
    voice.tell(long)
    voice.quote("Bob", long)
    voice.typed("freehold contract show", [long])
    for claim in (long, long[:50], long[:70]):
        voice.check(claim, "the nodes of Alice, Bob, Erin and Grace", holds=True)
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= min(columns, 100)
    assert " ".join(shown.split()).count("(the nodes of Alice, Bob, Erin and Grace)") == 3


@pytest.mark.parametrize(("holds", "exit_code"), [(True, 0), (False, 1)])
def test_the_exit_code_says_whether_every_claim_held(holds, exit_code, monkeypatch, capsys):
    monkeypatch.setattr(command, "_play", lambda voice, *_: voice.check("the claim", "here", holds=holds))
    assert main.run(["demo"]) == exit_code
    shown = capsys.readouterr().out
    assert ("1 of 1" if holds else "0 of 1") in shown
    assert ("failed: the claim" in shown) is not holds


@pytest.mark.parametrize("begun", [False, True])
def test_a_node_that_refuses_ends_the_story_with_its_reason(begun, monkeypatch, capsys, tmp_path):
    def refused(play):
        if begun:
            play.voice.check("the nodes are there", "here", holds=True)
        raise Trouble("internal", "its time is not over yet")

    monkeypatch.setattr(market, "start_nodes", refused)
    assert main.run(["demo", "--folder", str(tmp_path / "play")]) == 1
    shown = capsys.readouterr()
    assert ("1 of 2 claims held" in shown.out) is begun
    assert "its time is not over yet" in (shown.out if begun else shown.err)


def test_a_stop_in_the_middle_ends_with_130_and_leaves_no_folder(monkeypatch, tmp_path):
    def stopped(_voice, stage, _chosen):
        (stage.root / "alice").mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_play", stopped)
    assert main.run(["demo", "--folder", str(tmp_path / "play")]) == 130
    assert not (tmp_path / "play").exists()


def test_a_folder_with_something_in_it_is_not_played_in_and_not_emptied(tmp_path, capsys):
    (tmp_path / "precious").write_text("mine")
    assert main.run(["demo", "--folder", str(tmp_path)]) == 1
    assert "[folder-in-use]" in capsys.readouterr().err
    assert (tmp_path / "precious").read_text() == "mine"


def test_a_folder_that_was_there_before_stays_and_is_empty_again(tmp_path):
    root = tmp_path / "play"
    root.mkdir()
    with Stage(root, keep=False) as stage:
        player = stage.cast("Alice", "client")
        (player.folder / "file").write_text("x")
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("moment", ["before", "while its process is made", "while it gets ready"])
def test_a_node_that_is_stopped_around_its_start_does_not_outlive_the_play(moment, monkeypatch, tmp_path):
    made, ended = [], []

    class Process:
        def __init__(self, launch):
            made.append(self)
            if moment == "while its process is made":
                stopping.start()

        def start(self, answers):
            if moment == "while it gets ready":
                player.stop()
            if moment == "while its process is made":
                stopping.join()
            raise Trouble("start-failed", "the node ended before it was ready")

        def stop(self):
            ended.append(self)

    monkeypatch.setattr("freehold.cli.demo.stage.NodeProcess", Process)
    with Stage(tmp_path / "play", keep=False) as stage:
        player = stage.cast("Alice", "client")
        stopping = threading.Thread(target=player.stop)
        if moment == "before":
            player.stop()
        with pytest.raises(Trouble):
            start_together([player], ())
        assert ended == made
        assert bool(made) is (moment != "before")
    assert not (tmp_path / "play").exists()


def test_kept_folders_stay(tmp_path):
    with Stage(tmp_path / "play", keep=True) as stage:
        stage.cast("Alice", "client")
    assert (tmp_path / "play" / "alice").is_dir()


def test_a_changed_letter_is_in_the_line_that_was_meant():
    before = b'{"record":"AAAAAAAA"}\n{"record":"BBBBBBBB"}\n'
    for number in (1, 2):
        after = silence.changed(before, number)
        pairs = zip(before.splitlines(), after.splitlines(), strict=True)
        assert [n for n, (old, new) in enumerate(pairs, 1) if old != new] == [number]
        assert len(after) == len(before)


def test_traces_are_found_in_any_file_of_a_folder(tmp_path):
    with Stage(tmp_path / "play", keep=True) as stage:
        player = stage.cast("Alice", "client")
        (player.folder / "node.db-wal").write_bytes(b"...a secret sentence...")
        assert player.holds_bytes(b"secret sentence")
        assert not player.holds_bytes(b"another sentence")


def test_a_file_without_offers_is_refused_before_anything_starts(tmp_path, capsys):
    (tmp_path / "empty.csv").write_text("Job Title,Hourly/Fixed,Budget,Level,Skills\n")
    assert main.run(["demo", "--offers", str(tmp_path / "empty.csv")]) == 1
    assert "[no-offers]" in capsys.readouterr().err


def test_the_demos_own_postings_are_offers_of_different_titles():
    made = postings.our_own()
    day = 86_400_000
    header = Header(
        network="test-demo",
        kind=OFFER.name,
        by=IdentityId(bytes(32)),
        key=bytes(32),
        at=1,
        body=bytes(32),
        length=1,
        slot=bytes(16),
        till=1 + 30 * day,
    )
    for offer in made:
        OFFER.check(offer, header)
    assert len({offer.title for offer in made}) == len(made) == 60
