"""Notices for a command of the owner's choice."""

import dataclasses
import json
import sys
from datetime import datetime

import msgspec
import pytest

from freehold.node import notifying
from freehold.node.config import Config, checked
from freehold.node.core.desk import Denied
from freehold.node.core.ports import Notice
from freehold.node.ledger import Ledger
from freehold.node.notifying import Notifier, is_quiet
from tests.cast import HOUR_MS, START_MS
from tests.memory import memory_store

WRITE = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read())"
HOSTILE = "milestone 1; rm -rf ~ $(id) `id` \u202e\n'\"--help"


@pytest.fixture
def stores():
    store = memory_store()
    yield store
    store.close()


def tell(stores, topic="turn", text=HOSTILE, cause="a"):
    assert stores.notices.note(Notice(0, START_MS, topic, bytes(32), text), cause)


def notifier(stores, *command, **settings):
    return started(stores, Config(notify_command=command, **settings), lambda: START_MS)


def started(stores, settings, now):
    return Notifier(stores, Ledger(stores, lambda _effect: None), settings, now)


async def test_each_notice_is_given_once_on_standard_input_and_nothing_of_it_is_an_argument(stores, tmp_path):
    out = tmp_path / "out"
    tell(stores, cause="before the start")
    told = notifier(stores, sys.executable, "-c", WRITE, str(out))
    tell(stores, cause="a")
    tell(stores, topic="ping", cause="b")
    tell(stores, topic="claim", cause="c")
    for _ in range(2):
        await told.hand_over()
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(one["topic"], one["text"]) for one in found] == [("turn", HOSTILE), ("claim", HOSTILE)]


@pytest.mark.parametrize("command", [("/nowhere/at/all",), (sys.executable, "-c", "raise SystemExit(3)"), ("a\0b",)])
async def test_a_command_that_fails_is_said_once_and_does_not_stop_the_next(stores, command, caplog):
    told = notifier(stores, *command)
    for cause in "abc":
        tell(stores, cause=cause)
    await told.hand_over()
    assert len(caplog.records) == 1
    assert "rm -rf" not in caplog.text


async def test_a_command_that_never_ends_is_ended(stores, monkeypatch, caplog):
    monkeypatch.setattr(notifying, "COMMAND_S", 0.2)
    told = notifier(stores, sys.executable, "-c", "import time; time.sleep(60)")
    tell(stores)
    await told.hand_over()
    assert "TooSlowError" in caplog.text


async def test_without_a_command_nothing_runs(stores):
    await notifier(stores).run()


@pytest.mark.parametrize(
    ("hours", "at", "quiet"),
    [("", "03:00", False), ("22:00-07:00", "23:10", True), ("22:00-07:00", "06:59", True),
     ("22:00-07:00", "07:00", False), ("12:00-13:00", "12:30", True), ("12:00-13:00", "13:00", False)],
)  # fmt: skip
async def test_quiet_hours_pass_midnight(stores, tmp_path, hours, at, quiet):
    hour, minute = map(int, at.split(":"))
    now = int(datetime(2026, 3, 2, hour, minute).astimezone().timestamp() * 1000)
    assert is_quiet(hours, now) is quiet
    out = tmp_path / "out"
    settings = Config(notify_command=(sys.executable, "-c", WRITE, str(out)), notify_quiet=hours)
    told = started(stores, settings, lambda: now)
    tell(stores)
    await told.hand_over()
    assert out.exists() is not quiet


async def test_what_is_told_in_quiet_hours_is_handed_over_when_they_end_whoever_restarts_meanwhile(stores, tmp_path):
    night = int(datetime(2026, 3, 2, 23, 10).astimezone().timestamp() * 1000)
    out = tmp_path / "out"
    settings = Config(notify_command=(sys.executable, "-c", WRITE, str(out)), notify_quiet="22:00-07:00")
    tell(stores, cause="before the first start")
    told = started(stores, settings, lambda: night)
    for cause in "ab":
        tell(stores, cause=cause, text=cause)
    await told.hand_over()
    assert not out.exists()
    tell(stores, cause="c", text="c")
    for _ in range(2):
        await started(stores, settings, lambda: night + 10 * HOUR_MS).hand_over()
    assert [json.loads(line)["text"] for line in out.read_text().splitlines()] == ["a", "b", "c"]


async def test_a_command_that_is_set_later_is_not_told_what_was_told_before(stores, tmp_path):
    out = tmp_path / "out"
    command = (sys.executable, "-c", WRITE, str(out))
    tell(stores, cause="a")
    await notifier(stores, *command).hand_over()
    tell(stores, cause="b")
    notifier(stores)  # without a command
    await notifier(stores, *command).hand_over()
    assert not out.exists()


async def test_of_a_long_silence_the_last_are_told(stores, tmp_path, monkeypatch):
    monkeypatch.setattr(notifying, "MOST_WAITING", 2)
    out = tmp_path / "out"
    command = (sys.executable, "-c", WRITE, str(out))
    tell(stores, cause="first")
    notifier(stores, *command)
    for cause in "abcd":
        tell(stores, cause=cause, text=cause)
    await notifier(stores, *command).hand_over()
    assert [json.loads(line)["text"] for line in out.read_text().splitlines()] == ["c", "d"]


@pytest.mark.parametrize(
    "wrong", [{"notify_quiet": "25:00-07:00"}, {"notify_quiet": "night"}, {"notify_command": ("",)}]
)
def test_settings_that_make_no_sense_are_named(wrong):
    with pytest.raises(Denied) as caught:
        checked(msgspec.structs.replace(Config(), **wrong), "config.toml")
    assert next(iter(wrong)) in caught.value.what
    assert dataclasses.is_dataclass(Notice)
