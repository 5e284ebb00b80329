"""What a starting node asks, and what it makes of the answers."""

import dataclasses
import io
import json

import pytest

from freehold.node import keystore
from freehold.node.core.desk import Denied
from freehold.node.folder import open_folder
from freehold.node.startup import Conversation, Wishes, prepare

PASSPHRASE = "correct horse battery"
TEST = Wishes(network="test-market", listen=("/ip4/127.0.0.1/tcp/0",))


@pytest.fixture(autouse=True)
def cheap_guesses(monkeypatch):
    monkeypatch.setattr(keystore, "MEMORY_KIB", 64)
    monkeypatch.setattr(keystore, "PASSES", 1)


@pytest.fixture
def folder(tmp_path):
    return open_folder(tmp_path / "node")


class Person:
    """Somebody at the other end, whose answers are written down before."""

    def __init__(self, *answers):
        lines = (answer if isinstance(answer, str) else json.dumps(answer) for answer in answers)
        self.said = io.StringIO()
        self.talk = Conversation(io.StringIO("".join(line + "\n" for line in lines)), self.said)

    @property
    def heard(self):
        return [json.loads(line) for line in self.said.getvalue().splitlines()]


def first_start(folder):
    person = Person({"passphrase": PASSPHRASE}, {"kept": True})
    return person, prepare(folder, TEST, person.talk)


def denial(folder, wishes, person):
    with pytest.raises(Denied) as caught:
        prepare(folder, wishes, person.talk)
    return caught.value.code


def test_a_first_start_makes_an_identity_and_shows_its_words_once(folder):
    person, prepared = first_start(folder)
    assert person.heard[0] == {"ask": "passphrase", "new": True}
    assert len(person.heard[1]["words"].split()) == 24
    assert prepared.owner is not None
    assert prepared.config.network == "test-market"
    assert {path.name for path in folder.root.iterdir()} == {"config.toml", "identity.key", "transport.key"}


def test_the_next_start_asks_for_the_passphrase_alone_and_is_the_same_person(folder):
    _, made = first_start(folder)
    person = Person({"passphrase": PASSPHRASE})
    again = prepare(folder, Wishes(), person.talk)
    assert person.heard == [{"ask": "passphrase", "new": False}]
    assert again.owner == made.owner
    assert again.transport_key == made.transport_key
    assert again.config == made.config


def test_a_key_file_that_leads_nowhere_is_no_wish_for_another_identity(folder):
    folder.identity_key.symlink_to("somewhere else")
    person = Person({"passphrase": PASSPHRASE}, {"kept": True})
    with pytest.raises(Denied, match="no key file"):
        prepare(folder, Wishes(), person.talk)
    assert person.heard == [{"ask": "passphrase", "new": False}]


def test_words_bring_the_same_identity_into_another_folder(folder, tmp_path):
    person, made = first_start(folder)
    other = open_folder(tmp_path / "other")
    talker = Person({"passphrase": "another passphrase", "words": person.heard[1]["words"]})
    brought = prepare(other, TEST, talker.talk)
    assert brought.owner is not None
    assert made.owner is not None
    assert brought.owner.signer == made.owner.signer
    assert [list(line) for line in talker.heard] == [["ask", "new"]]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([], "key-locked"),
        (["not json"], "bad-request"),
        ([[]], "key-locked"),
        ([{"passphrase": 5}], "key-locked"),
        ([{"passphrase": "short"}], "weak-passphrase"),
        ([{"passphrase": PASSPHRASE, "words": "abandon abandon"}], "bad-words"),
        ([{"passphrase": PASSPHRASE, "words": 7}], "key-locked"),
        ([{"passphrase": PASSPHRASE}], "words-not-kept"),
        ([{"passphrase": PASSPHRASE}, {"kept": "yes"}], "words-not-kept"),
    ],
)
def test_no_identity_is_made_unless_all_went_well(folder, answers, code):
    assert denial(folder, TEST, Person(*answers)) == code
    assert not folder.identity_key.exists()


def test_a_wrong_passphrase_is_said_to_be_wrong(folder):
    first_start(folder)
    assert denial(folder, Wishes(), Person({"passphrase": "something else"})) == "wrong-passphrase"


def test_a_relay_asks_nothing_and_touches_no_key(folder):
    person = Person()
    assert prepare(folder, Wishes(relay=True, network="test-market"), person.talk).owner is None
    assert person.heard == []
    assert not folder.identity_key.exists()


def test_a_locked_start_asks_nothing_and_knows_whose_folder_it_is(folder):
    _, made = first_start(folder)
    person = Person()
    found = prepare(folder, Wishes(locked=True), person.talk)
    assert (person.heard, found.owner) == ([], None)
    assert made.owner is not None
    assert found.identity == made.identity == made.owner.signer.identity


def test_a_locked_start_of_an_empty_folder_makes_no_key(folder):
    person = Person()
    found = prepare(folder, dataclasses.replace(TEST, locked=True), person.talk)
    assert (person.heard, found.owner, found.identity) == ([], None, None)
    assert not folder.identity_key.exists()


def test_a_broken_key_file_is_noticed_by_a_locked_start_too(folder):
    first_start(folder)
    text = folder.identity_key.read_text()
    for broken in (text[:-200], text.replace("fh1", "fh2")):
        folder.identity_key.write_text(broken)
        assert denial(folder, Wishes(locked=True), Person()) == "key-corrupt"


def test_a_folder_belongs_to_one_network(folder):
    first_start(folder)
    assert denial(folder, Wishes(network="freehold"), Person()) == "other-network"
    folder.config.write_text('network = "test-other"\n')
    assert denial(folder, Wishes(), Person({"passphrase": PASSPHRASE})) == "other-network"


def test_wishes_are_written_at_the_first_start_and_hold_for_one_start_afterwards(folder):
    first_start(folder)
    person = Person({"passphrase": PASSPHRASE})
    later = prepare(folder, Wishes(listen=("/ip4/127.0.0.1/tcp/4321",)), person.talk)
    assert later.config.listen == ("/ip4/127.0.0.1/tcp/4321",)
    third = prepare(folder, Wishes(), Person({"passphrase": PASSPHRASE}).talk)
    assert third.config.listen == TEST.listen


def test_who_allows_to_witness_once_goes_on_doing_so(folder):
    wishes = Wishes(network="test-market", listen=TEST.listen, witness=True)
    assert prepare(folder, wishes, Person({"passphrase": PASSPHRASE}, {"kept": True}).talk).config.witness
    assert prepare(folder, Wishes(), Person({"passphrase": PASSPHRASE}).talk).config.witness


def test_a_bad_wish_is_refused_and_not_written(folder):
    assert denial(folder, Wishes(listen=("localhost:80",)), Person()) == "bad-config"
    assert not folder.config.exists()


def test_somebody_who_left_is_noticed(folder):
    class Closed(io.StringIO):
        def write(self, _text):
            raise BrokenPipeError

    with pytest.raises(Denied) as caught:
        prepare(folder, TEST, Conversation(io.StringIO(), Closed()))
    assert caught.value.code == "nobody-listens"
