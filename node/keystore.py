"""The owner's keys on disk (specs/03-identity.md): the signing key under a passphrase, the transport key beside it.

The 24 words hold the secret from which every key derives, and are never written here: the key file has the signing
seed alone, so that a thief of the disk can neither rotate nor recover the identity.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from mnemonic import Mnemonic

from freehold.protocol import canonical, keylog, text
from freehold.protocol.envelope import Record, pack, unpack
from freehold.protocol.errors import ProtocolError
from freehold.protocol.identity import SECRET_BYTES, IdentityId, Root, SecretKey, public_key

from .core.desk import Denied
from .folder import read_private, write_new

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORDS = 24
LEAST_PASSPHRASE = 8
"""Characters. Argon2id makes each guess cost 0.15 s and 64 MiB; the passphrase has to do the rest."""
MOST_PASSPHRASE = 1024
MEMORY_KIB, PASSES, LANES = 64 * 1024, 3, 4
"""0.16 s on the two-core machine this was measured on; RFC 9106's second choice has the same figures."""
_MOST_MEMORY_KIB, _MOST_PASSES, _MOST_LANES = 256 * 1024, 10, 8
"""A key file that asks for more work is not opened: it may be somebody's trap."""
_SALT_BYTES, _NONCE_BYTES = 16, 12
_KEY_FILE_BYTES = 8 * 1024


class KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The key file as JSON: everything but `box` is authenticated by it. Byte strings are hexadecimal."""

    format: Literal["freehold-key/1"]
    identity: str
    memory_kib: int
    passes: int
    lanes: int
    salt: str
    nonce: str
    box: str

    def authenticated(self) -> bytes:
        """The bytes that the box is bound to."""
        return canonical.encode({name: value for name, value in msgspec.structs.asdict(self).items() if name != "box"})


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An opened key: it signs, and its inception says for whom."""

    signer: SecretKey
    inception: Record


def words_of(entropy: bytes) -> str:
    """The 24 words of 32 secret bytes."""
    return Mnemonic("english").to_mnemonic(entropy)


def entropy_of(words: str) -> bytes:
    """The 32 secret bytes of 24 words. Raises Denied if they are not 24 words of the list that fit together."""
    given = words.lower().split()
    try:
        entropy = bytes(Mnemonic("english").to_entropy(given))
    except (ValueError, LookupError) as error:
        raise _bad_words(str(error)) from error
    if len(given) != WORDS:
        raise _bad_words(f"there are {len(given)} of them")
    return entropy


def check_passphrase(passphrase: str) -> None:
    """Raise Denied unless a new key may stand under this passphrase."""
    if not LEAST_PASSPHRASE <= len(passphrase) <= MOST_PASSPHRASE:
        raise Denied(
            "weak-passphrase",
            f"a passphrase has {LEAST_PASSPHRASE} to {MOST_PASSPHRASE} characters",
            "four random words are easy to remember and hard to guess",
        )


def create(
    path: Path, entropy: bytes, passphrase: str, network: str, at: int, random: Callable[[int], bytes]
) -> Unlocked:
    """Make the identity that grows from 32 secret bytes at `at` ms, and its key file. Raises Denied."""
    if len(entropy) != SECRET_BYTES:
        raise ValueError(f"{SECRET_BYTES} bytes of entropy are needed")
    check_passphrase(passphrase)
    signer, inception = keylog.incept(Root(entropy), at, network)
    write_new(path, _seal(signer, inception, passphrase, random))
    return Unlocked(signer, inception)


def unlock(path: Path, passphrase: str) -> Unlocked:
    """Open a key file. Raises Denied: `no-key`, `key-open-to-others`, `key-corrupt`, `wrong-passphrase`."""
    data = read_private(path, _KEY_FILE_BYTES, "the key file")
    if data is None:
        raise _no_key(path)
    key_file = _read(path, data)
    try:
        inside = ChaCha20Poly1305(_stretch(key_file, passphrase)).decrypt(
            bytes.fromhex(key_file.nonce), bytes.fromhex(key_file.box), key_file.authenticated()
        )
    except InvalidTag as error:
        raise Denied(
            "wrong-passphrase",
            f"the passphrase does not open {path} (or somebody has changed the file)",
            "type it again; without it, only the 24 words bring the identity back",
        ) from error
    except ValueError as error:
        raise _corrupt(path, str(error)) from error
    return _open(path, inside)


def owner_of(path: Path) -> IdentityId:
    """Whose key file it is, without its passphrase: believed for as long as nothing is signed. Raises Denied."""
    data = read_private(path, _KEY_FILE_BYTES, "the key file")
    if data is None:
        raise _no_key(path)
    try:
        return IdentityId(text.parse(_read(path, data).identity, text.IDENTITY))
    except ProtocolError as error:
        raise _corrupt(path, str(error)) from error


def text_of(path: Path) -> str:
    """A key file as it stands: what is secret in it is under its passphrase. Raises Denied."""
    data = read_private(path, _KEY_FILE_BYTES, "the key file")
    if data is None:
        raise _no_key(path)
    _read(path, data)
    return data.decode()


def take(path: Path, source: Path) -> IdentityId:
    """Put a key file from elsewhere where there is none; whose it is. What is in its box is seen when it is unlocked.
    Raises Denied, `file-exists` among others."""
    identity = owner_of(source)
    write_new(path, text_of(source).encode())
    return identity


def check_network(owner: Unlocked, network: str) -> None:
    """Raise Denied if the identity belongs to another network."""
    belongs = owner.inception.header.network
    if belongs != network:
        raise Denied(
            "other-network",
            f"the identity in this folder belongs to the network {belongs}, not {network}",
            "correct `network` in config.toml, or use another folder",
        )


def transport_key(path: Path, random: Callable[[int], bytes]) -> bytes:
    """The node's transport key, made at the first start. Raises Denied."""
    data = read_private(path, SECRET_BYTES, "the transport key")
    if data is None:
        data = random(SECRET_BYTES)
        write_new(path, data)
    if len(data) != SECRET_BYTES:
        raise Denied(
            "key-corrupt",
            f"{path} does not hold a transport key: it has {len(data)} bytes, not {SECRET_BYTES}",
            "restore it, or move it away: the node then makes a new one and has another peer id",
        )
    return data


def _no_key(path: Path) -> Denied:
    return Denied("no-key", f"there is no key file {path}", "start the node once to make one")


def _bad_words(reason: str) -> Denied:
    what = f"these are not the {WORDS} words of an identity: {reason}"
    return Denied("bad-words", what, "check each word and their order")


def _seal(signer: SecretKey, inception: Record, passphrase: str, random: Callable[[int], bytes]) -> bytes:
    blank = KeyFile(
        format="freehold-key/1",
        identity=text.show(signer.identity, text.IDENTITY),
        memory_kib=MEMORY_KIB,
        passes=PASSES,
        lanes=LANES,
        salt=random(_SALT_BYTES).hex(),
        nonce=random(_NONCE_BYTES).hex(),
        box="",
    )
    inside = canonical.encode({"seed": signer.seed, "inception": pack(inception)})
    key = ChaCha20Poly1305(_stretch(blank, passphrase))
    box = key.encrypt(bytes.fromhex(blank.nonce), inside, blank.authenticated())
    return msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(blank, box=box.hex())), indent=1) + b"\n"


def _read(path: Path, data: bytes) -> KeyFile:
    if len(data) > _KEY_FILE_BYTES:
        raise _corrupt(path, f"it has more than {_KEY_FILE_BYTES} bytes")
    try:
        key_file = msgspec.json.decode(data, type=KeyFile)
        lengths = (len(bytes.fromhex(key_file.salt)), len(bytes.fromhex(key_file.nonce)))
        bytes.fromhex(key_file.box)
    except (ValueError, msgspec.ValidationError) as error:
        raise _corrupt(path, str(error)) from error
    if lengths != (_SALT_BYTES, _NONCE_BYTES):
        raise _corrupt(path, "its salt or nonce has the wrong length")
    if not (
        8 * key_file.lanes <= key_file.memory_kib <= _MOST_MEMORY_KIB
        and 1 <= key_file.passes <= _MOST_PASSES
        and 1 <= key_file.lanes <= _MOST_LANES
    ):
        raise _corrupt(path, "it asks for an unreasonable amount of work")
    return key_file


def _stretch(key_file: KeyFile, passphrase: str) -> bytes:
    return Argon2id(
        salt=bytes.fromhex(key_file.salt),
        length=SECRET_BYTES,
        iterations=key_file.passes,
        lanes=key_file.lanes,
        memory_cost=key_file.memory_kib,
    ).derive(unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass"))


def _open(path: Path, inside: bytes) -> Unlocked:
    try:
        fields = canonical.decode(inside)
        match fields:
            case {"seed": bytes(seed), "inception": bytes(packed)} if len(seed) == SECRET_BYTES:
                inception = unpack(packed)
                state = keylog.state(inception)
            case _:
                raise _corrupt(path, "the box does not hold a seed and an inception")
    except ProtocolError as error:
        raise _corrupt(path, str(error)) from error
    if state.key != public_key(seed):
        raise _corrupt(path, "its seed is not the one of its inception")
    return Unlocked(SecretKey(state.identity, seed), inception)


def _corrupt(path: Path, reason: str) -> Denied:
    return Denied(
        "key-corrupt",
        f"{path} is not a key file that this node understands: {reason}",
        "restore it from a backup; without one, only the 24 words bring the identity back",
    )
