"""What a node needs before it runs: folder, settings, keys. Asked for over pipes by whoever started the process.

The conversation is JSON, one object a line. The node asks {"ask": "passphrase", "new": bool}, is told {"passphrase":
..., "words": ... to bring an identity back}; it shows {"words": ...} of a new identity, and writes its key only when
told {"kept": true}; it ends with {"ready": status} or {"trouble": problem}. No secret is in an argument or in the
environment.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

import msgspec

from . import keystore
from .clock import now_ms
from .config import checked, load, write_first
from .core.desk import Denied
from .folder import check_whole

if TYPE_CHECKING:
    from freehold.protocol.identity import IdentityId

    from .config import Config
    from .folder import Folder
    from .keystore import Unlocked

_LINE_LETTERS = 16 * 1024


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for at this start, beside what config.toml says."""

    relay: bool = False
    network: str | None = None
    listen: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    witness: bool = False
    page_listen: str | None = None
    locked: bool = False
    """Ask for no passphrase: the key stays locked, and a folder without one gets none at the start."""
    identity_later: bool = False
    """Make no identity at the start: the owner does in the page's wizard."""
    unlocked_minutes: int | None = None
    """How long the key stays unlocked that is unlocked at the start; None: as long as the node runs."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A node's folder, settings and keys.

    `identity` is whose node it is, None for a node that only relays (yet); `owner` has the key if it is unlocked.
    """

    folder: Folder
    config: Config
    transport_key: bytes
    owner: Unlocked | None
    identity: IdentityId | None
    unlocked_minutes: int | None = None


class Conversation:
    """The pipes to whoever started this process."""

    def __init__(self, heard: IO[str], said: IO[str]) -> None:
        self._heard, self._said = heard, said

    def passphrase(self, *, new: bool) -> dict[str, Any]:
        """Ask for the passphrase. Raises Denied if none is given."""
        self._say({"ask": "passphrase", "new": new})
        answer = self._hear()
        if not isinstance(answer.get("passphrase"), str) or not isinstance(answer.get("words", ""), str):
            raise Denied("key-locked", "no passphrase was given", "start the node again and type it, or use --locked")
        return answer

    def show_words(self, words: str) -> None:
        """Hand over the words of a new identity, and wait until they are kept. Raises Denied if they are not."""
        self._say({"words": words})
        if self._hear().get("kept") is not True:
            raise Denied("words-not-kept", "the words were not kept, so no identity was made", "start the node again")

    def ready(self, status: dict[str, Any]) -> None:
        """Say that the node runs."""
        self._say({"ready": status})

    def trouble(self, denied: Denied) -> None:
        """Say why it does not."""
        self._say({"trouble": {"code": denied.code, "detail": denied.what, "hint": denied.hint}})

    def _say(self, message: dict[str, Any]) -> None:
        try:
            self._said.write(json.dumps(message) + "\n")
            self._said.flush()
        except BrokenPipeError as error:
            raise Denied("nobody-listens", "whoever started this node has left") from error

    def _hear(self) -> dict[str, Any]:
        line = self._heard.readline(_LINE_LETTERS)
        try:
            answer: object = json.loads(line or "{}")
        except ValueError as error:
            raise Denied(
                "bad-request", "the answer at start is not JSON", "start the node with `freehold up`"
            ) from error
        return cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}


def prepare(folder: Folder, wishes: Wishes, talk: Conversation) -> Prepared:
    """Read or make everything that lasts. The caller holds the folder's lock. Raises Denied."""
    check_whole(folder)
    config = _settings(folder, wishes)
    later = wishes.locked or (wishes.identity_later and not folder.identity_key.exists())
    owner = None if wishes.relay or later else _owner(folder, config, talk)
    known = wishes.locked and not wishes.relay and folder.identity_key.exists()
    identity = owner.signer.identity if owner else keystore.owner_of(folder.identity_key) if known else None
    if not folder.config.exists():  # not before: a start that failed must not bind the folder to its wishes
        write_first(folder.config, config)
    transport_key = keystore.transport_key(folder.transport_key, secrets.token_bytes)
    return Prepared(folder, config, transport_key, owner, identity, wishes.unlocked_minutes)


def _settings(folder: Folder, wishes: Wishes) -> Config:
    written = load(folder.config)
    if folder.config.exists() and wishes.network not in (None, written.network):
        raise Denied(
            "other-network",
            f"this folder's network is {written.network}, not {wishes.network}",
            "use another folder for another network",
        )
    wished = msgspec.structs.replace(
        written,
        network=wishes.network or written.network,
        listen=wishes.listen or written.listen,
        seeds=wishes.seeds or written.seeds,
        witness=wishes.witness or written.witness,
        page_listen=wishes.page_listen or written.page_listen,
    )
    return checked(wished, "the settings for this start")


def _owner(folder: Folder, config: Config, talk: Conversation) -> Unlocked:
    if not os.path.lexists(folder.identity_key):  # a link to nowhere is no wish for a new identity
        return _new_owner(folder, config, talk)
    owner = keystore.unlock(folder.identity_key, talk.passphrase(new=False)["passphrase"])
    keystore.check_network(owner, config.network)
    return owner


def _new_owner(folder: Folder, config: Config, talk: Conversation) -> Unlocked:
    answer = talk.passphrase(new=True)
    passphrase, words = str(answer["passphrase"]), str(answer.get("words", ""))
    keystore.check_passphrase(passphrase)
    if words:
        entropy = keystore.entropy_of(words)
    else:
        entropy = secrets.token_bytes(32)
        talk.show_words(keystore.words_of(entropy))
    return keystore.create(folder.identity_key, entropy, passphrase, config.network, now_ms(), secrets.token_bytes)
