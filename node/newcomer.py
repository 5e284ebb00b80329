"""An identity for a node that runs without one: made in a page's wizard, or brought back from its 24 words.

The words are told once, and kept in memory alone until their owner shows that they are written down, for ten minutes at
most. Nothing is signed, and no file written, before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import trio

from freehold.protocol import keylog
from freehold.protocol.envelope import seal
from freehold.protocol.errors import ProtocolError
from freehold.protocol.identity import SECRET_BYTES, Root
from freehold.protocol.kinds.profile import PROFILE, PROFILE_SLOT, Profile

from . import keystore
from .core import identities
from .core.desk import Denied

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .api.port import Office
    from .keyring import Keyring
    from .keystore import Unlocked

KEPT_MS = 10 * 60 * 1000
"""As long as it takes to write 24 words on paper, twice."""
ASKED_WORDS = 3
"""So many of the words must be typed again: who has three at random places has them all, in their order."""
UNLOCKED_MINUTES = 8 * 60
"""A newcomer goes on at once, and the key is locked again by the end of the day."""


@dataclass(frozen=True, slots=True)
class _Draft:
    entropy: bytes
    passphrase: str
    profile: Profile
    asked: tuple[int, ...]
    until: int


class Newcomer:
    """At most one draft at a time: a new one makes the words of the last one worthless."""

    def __init__(self, office: Office, keyring: Keyring, key_file: Path) -> None:
        self._office, self._keyring, self._key_file = office, keyring, key_file
        self._one_at_a_time = trio.Lock()
        self._draft: _Draft | None = None

    def new(self, profile: Profile, passphrase: str) -> dict[str, Any]:
        """The words of a new identity, told here and never again; which of them `keep` wants to hear (from 1).

        Raises Denied: `identity-exists`, `weak-passphrase`, `bad-profile`.
        """
        self._check_none()
        keystore.check_passphrase(passphrase)
        desk, now = self._office.desk, self._office.now()
        entropy = desk.random_bytes(SECRET_BYTES)
        _check_profile(profile, entropy, desk.network.name, now)
        self._draft = _Draft(entropy, passphrase, profile, _places(desk.random_bytes(64)), now + KEPT_MS)
        words = keystore.words_of(entropy).split()
        return {"words": words, "check": list(self._draft.asked), "until": self._draft.until}

    async def keep(self, check: Mapping[int, str]) -> None:
        """The words are written down: write the key file, and publish who this is.

        Raises Denied: `no-draft`, `words-differ`, `identity-exists`, ...
        """
        async with self._one_at_a_time:
            self.ticked()
            draft = self._draft
            if draft is None:
                raise Denied(
                    "no-draft", "there are no words to keep: they were shown more than ten minutes ago", "begin again"
                )
            words = keystore.words_of(draft.entropy).split()
            wrong = [place for place in draft.asked if check.get(place, "").strip().lower() != words[place - 1]]
            if wrong:
                named = ", ".join(map(str, wrong))
                raise Denied("words-differ", f"not as they were shown: word {named}", "compare with what you wrote")
            await self._write(draft.entropy, draft.passphrase)
            self._draft = None
            desk = self._office.desk
            await self._office.do(lambda now: identities.set_profile(desk, draft.profile, now))

    async def recover(self, words: str, passphrase: str) -> None:
        """Bring an identity back, under a new passphrase. Raises Denied: `bad-words`, `weak-passphrase`, ..."""
        async with self._one_at_a_time:
            keystore.check_passphrase(passphrase)
            await self._write(keystore.entropy_of(words), passphrase)
            self._draft = None

    def ticked(self) -> None:
        """Forget words that nobody kept in time."""
        if self._draft is not None and self._draft.until <= self._office.now():
            self._draft = None

    async def _write(self, entropy: bytes, passphrase: str) -> None:
        self._check_none()
        desk, now = self._office.desk, self._office.now()

        def create() -> Unlocked:
            return keystore.create(self._key_file, entropy, passphrase, desk.network.name, now, desk.random_bytes)

        await self._keyring.take(await trio.to_thread.run_sync(create), UNLOCKED_MINUTES)

    def _check_none(self) -> None:
        if self._office.desk.me is not None or self._key_file.exists():
            raise Denied(
                "identity-exists",
                "this folder has an identity already, and it is not replaced",
                "for another identity use another folder (--folder)",
            )


def _places(random: bytes) -> tuple[int, ...]:
    """Different places of words, from 1, in order."""
    found = dict.fromkeys(byte % keystore.WORDS + 1 for byte in random if byte < 256 - 256 % keystore.WORDS)
    return tuple(sorted(list(found)[:ASKED_WORDS]))


def _check_profile(profile: Profile, entropy: bytes, network: str, now: int) -> None:
    """Raise Denied for a profile that could not be published afterwards."""
    signer, _ = keylog.incept(Root(entropy), now, network)
    try:
        PROFILE.open(seal(PROFILE.draft(profile, now, slot=PROFILE_SLOT), network, signer))
    except ProtocolError as error:
        raise Denied("bad-profile", f"this profile cannot be published: {error}", "correct it and try again") from error
