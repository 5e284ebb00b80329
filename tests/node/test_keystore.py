"""The key file: nobody else's, never overwritten, and every way in which it can be wrong has its own sentence."""

import itertools
import json
import stat

import pytest

from freehold.node import keystore
from freehold.node.core.desk import Denied
from freehold.protocol.keylog import INCEPTION
from tests.cast import NETWORK, START_MS

PASSPHRASE = "correct horse battery"
ENTROPY = bytes(range(32))


@pytest.fixture(autouse=True)
def cheap_guesses(monkeypatch):
    """Most tests here open files hundreds of times; one test below uses the real cost."""
    monkeypatch.setattr(keystore, "MEMORY_KIB", 64)
    monkeypatch.setattr(keystore, "PASSES", 1)
    monkeypatch.setattr(keystore, "LANES", 1)  # each lane is a thread


@pytest.fixture
def random():
    numbers = itertools.count(1)
    return lambda count: next(numbers).to_bytes(count, "big")


@pytest.fixture
def key_file(tmp_path, random):
    path = tmp_path / "identity.key"
    made = keystore.create(path, ENTROPY, PASSPHRASE, NETWORK, START_MS, random)
    return path, made


def denial(action, *arguments):
    with pytest.raises(Denied) as caught:
        action(*arguments)
    return caught.value


def test_what_was_made_opens_with_its_passphrase(key_file):
    path, made = key_file
    opened = keystore.unlock(path, PASSPHRASE)
    assert opened.signer == made.signer
    assert opened.inception == made.inception
    assert INCEPTION.open(opened.inception).key == opened.signer.key


def test_the_real_cost_is_in_the_file_and_opens(tmp_path, random, monkeypatch):
    monkeypatch.undo()
    path = tmp_path / "identity.key"
    made = keystore.create(path, ENTROPY, PASSPHRASE, NETWORK, START_MS, random)
    fields = json.loads(path.read_text())
    assert (fields["memory_kib"], fields["passes"], fields["lanes"]) == (65536, 3, 4)
    assert keystore.unlock(path, PASSPHRASE).signer == made.signer


def test_the_file_is_private_and_holds_neither_words_nor_seed(key_file):
    path, made = key_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    data = path.read_bytes()
    assert made.signer.seed not in data
    assert made.signer.seed.hex().encode() not in data
    assert ENTROPY.hex().encode() not in data
    assert list(path.parent.iterdir()) == [path]


def test_a_wrong_passphrase_has_its_own_code(key_file):
    assert denial(keystore.unlock, key_file[0], "correct horse batterx").code == "wrong-passphrase"


def test_the_same_letters_typed_another_way_open_it(tmp_path, random):
    path = tmp_path / "identity.key"
    keystore.create(path, ENTROPY, "Caf\u00e9 am Fluss", NETWORK, START_MS, random)
    assert keystore.unlock(path, "Cafe\u0301 am Fluss").signer.seed


def test_an_existing_key_is_never_overwritten(key_file, random):
    path, made = key_file
    before = path.read_bytes()
    assert denial(keystore.create, path, bytes(32), PASSPHRASE, NETWORK, START_MS, random).code == "file-exists"
    assert path.read_bytes() == before
    assert keystore.unlock(path, PASSPHRASE).signer == made.signer


def test_a_short_passphrase_is_not_taken_and_nothing_is_written(tmp_path, random):
    path = tmp_path / "identity.key"
    assert denial(keystore.create, path, ENTROPY, "short", NETWORK, START_MS, random).code == "weak-passphrase"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_others_can_read_is_not_used(key_file):
    path, _ = key_file
    path.chmod(0o640)
    found = denial(keystore.unlock, path, PASSPHRASE)
    assert found.code == "key-open-to-others"
    assert f"chmod 600 {path}" in found.hint


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    assert denial(keystore.unlock, tmp_path / "identity.key", PASSPHRASE).code == "no-key"


def test_every_changed_byte_is_noticed_and_nothing_but_denied_is_raised(key_file):
    path, _ = key_file
    data = path.read_bytes()
    unnoticed = []
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        if denial(keystore.unlock, path, PASSPHRASE).code not in ("key-corrupt", "wrong-passphrase"):
            unnoticed.append(place)
    assert unnoticed == []


@pytest.mark.parametrize("kept", range(0, 600, 37))
def test_a_truncated_file_is_called_corrupt(key_file, kept):
    path, _ = key_file
    path.write_bytes(path.read_bytes()[:kept])
    assert denial(keystore.unlock, path, PASSPHRASE).code == "key-corrupt"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("memory_kib", 4 * 1024 * 1024),
        ("memory_kib", 1),
        ("memory_kib", -1),
        ("passes", 1_000_000),
        ("passes", 0),
        ("lanes", 1_000),
        ("lanes", 0),
        ("salt", ""),
        ("nonce", "00"),
        ("box", "zz"),
        ("box", ""),
        ("format", "freehold-key/2"),
        ("surprise", 1),
    ],
)
def test_a_file_that_asks_for_nonsense_or_too_much_work_is_not_opened(key_file, field, value):
    path, _ = key_file
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    assert denial(keystore.unlock, path, PASSPHRASE).code in ("key-corrupt", "wrong-passphrase")


def test_work_beyond_the_bounds_is_refused_before_any_is_done(key_file, monkeypatch):
    path, _ = key_file
    path.write_text(json.dumps(json.loads(path.read_text()) | {"memory_kib": 512 * 1024}))
    monkeypatch.setattr(keystore, "Argon2id", lambda **_: pytest.fail("it began to work"))
    assert denial(keystore.unlock, path, PASSPHRASE).code == "key-corrupt"


def test_a_header_field_changed_together_with_nothing_else_does_not_open(key_file):
    path, _ = key_file
    fields = json.loads(path.read_text())
    path.write_text(json.dumps(fields | {"identity": fields["identity"][:-1] + "q"}))
    assert denial(keystore.unlock, path, PASSPHRASE).code == "wrong-passphrase"


def test_the_words_bring_the_same_identity_back(key_file, tmp_path, random):
    _, made = key_file
    words = keystore.words_of(ENTROPY)
    assert len(words.split()) == 24
    entropy = keystore.entropy_of(" " + words.upper().replace(" ", "\n"))
    again = keystore.create(tmp_path / "again.key", entropy, PASSPHRASE, NETWORK, START_MS + 1, random)
    assert again.signer == made.signer


@pytest.mark.parametrize(
    "spoil",
    [
        lambda words: words[:-1],
        lambda words: words[:12],
        lambda words: [],
        lambda words: ["freehold", *words[1:]],
        lambda words: [words[1], words[0], *words[2:]],
        lambda words: [*words, words[0]],
    ],
)
def test_words_that_are_wrong_are_refused(spoil):
    words = keystore.words_of(ENTROPY).split()
    assert denial(keystore.entropy_of, " ".join(spoil(words))).code == "bad-words"


def test_the_transport_key_is_made_once_and_kept(tmp_path, random):
    path = tmp_path / "transport.key"
    first = keystore.transport_key(path, random)
    assert keystore.transport_key(path, random) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"short")
    assert denial(keystore.transport_key, path, random).code == "key-corrupt"
