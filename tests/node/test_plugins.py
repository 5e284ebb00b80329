"""Entry points: what a stranger's package may bring, and what is said when it brings something broken."""

import sys
import types
from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

from freehold.node import plugins
from freehold.node.core.desk import Denied
from freehold.protocol.kind import Kind
from freehold.protocol.kinds import BUILTIN


@dataclass(frozen=True)
class Song:
    pass


SONG = Kind("org.example.song/1", Song, lambda _body, _header: None)


@pytest.fixture
def point(monkeypatch):
    def make(value, group=plugins.KINDS, name="songs"):
        module = types.ModuleType(f"stranger_{name}")
        vars(module)["thing"] = value
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return EntryPoint(name, f"{module.__name__}:thing", group)

    return make


def test_the_built_in_kinds_come_in_by_the_same_door():
    assert {kind.name for kind in plugins.registry()} >= {kind.name for kind in BUILTIN}


@pytest.mark.parametrize("value", [SONG, (SONG,), [SONG]])
def test_a_kind_or_several_may_be_given(point, value):
    assert "org.example.song/1" in plugins.registry([point(value)])


@pytest.mark.parametrize("value", [5, "text", [SONG, 5], None, Song])
def test_anything_else_is_named_as_broken(point, value):
    with pytest.raises(Denied) as caught:
        plugins.registry([point(value)])
    assert caught.value.code == "broken-plugin"
    assert "songs" in caught.value.what


def test_two_definitions_of_one_name_are_an_error_that_names_both(point):
    with pytest.raises(Denied) as caught:
        plugins.registry([point(SONG, name="a"), point(SONG, name="b")])
    assert "org.example.song/1 again" in caught.value.what
    assert "stranger_a" in caught.value.what


def test_a_bad_kind_name_is_an_error(point):
    with pytest.raises(Denied):
        plugins.registry([point(Kind("Song", Song, lambda _body, _header: None))])


@pytest.mark.parametrize("target", ["no_such_module_anywhere:thing", "freehold.protocol.kinds:NOTHING"])
def test_a_plugin_that_does_not_load_is_named(target):
    with pytest.raises(Denied) as caught:
        plugins.registry([EntryPoint("songs", target, plugins.KINDS)])
    assert "songs" in caught.value.what


def test_a_ranking_is_found_by_its_name_and_only_once(point):
    class Fair:
        name, note = "fair", "It tosses a coin."

        def market(self):
            raise NotImplementedError

    fair = Fair()
    assert plugins.ranking("fair", [point(fair, plugins.RANKINGS, "fair")]) is fair
    with pytest.raises(Denied) as caught:
        plugins.ranking("fare", [point(fair, plugins.RANKINGS, "fair")])
    assert (caught.value.code, "fair" in caught.value.what) == ("no-such-ranking", True)
    with pytest.raises(Denied):
        plugins.ranking("fair", [point(fair, plugins.RANKINGS, "fair"), point(fair, plugins.RANKINGS, "fair")])
    with pytest.raises(Denied):
        plugins.ranking("fair", [point(5, plugins.RANKINGS, "fair")])


class Barter:
    name = "org.example.barter/1"
    note = "Nothing is money."

    def quote(self, due):
        return due

    def describe(self, sent):
        return sent.reference

    def check(self, sent, due):
        return None if sent.paid == due else "it is not"


def test_the_built_in_rail_comes_in_by_the_same_door():
    assert set(plugins.rails()) >= {"manual-ack/1"}


def test_a_strangers_rail_is_found_by_its_own_name(point):
    assert list(plugins.rails([point(Barter(), plugins.RAILS)])) == ["org.example.barter/1"]


@pytest.mark.parametrize("value", [5, None, types.SimpleNamespace(name="x", note="y")])
def test_what_is_no_rail_is_named_as_broken(point, value):
    with pytest.raises(Denied) as caught:
        plugins.rails([point(value, plugins.RAILS)])
    assert caught.value.code == "broken-plugin"


def test_two_rails_of_one_name_are_an_error(point):
    with pytest.raises(Denied, match=r"org\.example\.barter/1 again"):
        plugins.rails([point(Barter(), plugins.RAILS, "a"), point(Barter(), plugins.RAILS, "b")])


def test_the_built_in_triage_comes_in_by_the_same_door_and_a_strangers_too(point):
    assert plugins.triage("plain").name == "plain"
    stranger = types.SimpleNamespace(name="mine", note="", look=lambda received: [() for _ in received])
    assert plugins.triage("mine", [point(stranger, plugins.TRIAGES, "mine")]) is stranger
    with pytest.raises(Denied) as caught:
        plugins.triage("none", [point(stranger, plugins.TRIAGES, "mine")])
    assert caught.value.code == "no-such-triage"
    with pytest.raises(Denied) as caught:
        plugins.triage("mine", [point(object(), plugins.TRIAGES, "mine")])
    assert caught.value.code == "broken-plugin"
