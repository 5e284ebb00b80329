"""Operations on the owner's key. What they are given is secret: it is in no answer, no log line and no error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text
from freehold.protocol.kinds.profile import Profile

from .bodies.given import Nothing
from .bodies.identity import Exporting, KeptWords, NewIdentity, Recovery, Unlocking
from .callers import Scope
from .operations import CREATED, AnyOperation, Call, Operation

if TYPE_CHECKING:
    from .port import Json


async def unlock(call: Call[Unlocking]) -> Json:
    """Let the key sign, for a time. Wrong passphrases are counted, and slowed down."""
    await call.office.keys.unlock(call.given.passphrase, call.given.minutes)
    return call.office.keys.state()


async def lock(call: Call[Nothing]) -> Json:
    """Let the key sign nothing any more."""
    call.office.keys.lock()
    return call.office.keys.state()


async def new(call: Call[NewIdentity]) -> Json:
    """The 24 words of a new identity: this once, and only on a node that has none."""
    given = call.given
    profile = Profile(given.name, given.about, given.roles, given.skills, given.languages)
    return call.office.newcomer.new(profile, given.passphrase)


async def keep(call: Call[KeptWords]) -> Json:
    """The words are written down: make the identity, and publish its profile."""
    await call.office.newcomer.keep(call.given.check)
    return call.views().identity(call.office.desk.myself())


async def recover(call: Call[Recovery]) -> Json:
    """Bring an identity back from its words, to a node that has none."""
    await call.office.newcomer.recover(call.given.words, call.given.passphrase)
    return call.views().identity(call.office.desk.myself())


async def export(call: Call[Exporting]) -> Json:
    """The encrypted key file, for another machine."""
    key_file = await call.office.keys.export(call.given.passphrase)
    return {"identity": text.show(call.office.desk.myself(), text.IDENTITY), "key_file": key_file}


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("POST", "/identity/unlock", Unlocking, unlock, "Let the key sign, for a time", Scope.SIGN),
    Operation("POST", "/identity/new", NewIdentity, new, "The words of a new identity, told once", Scope.ADMIN),
    Operation("POST", "/identity/keep", KeptWords, keep, "Make the identity of those words", Scope.ADMIN, CREATED),
    Operation("POST", "/identity/recover", Recovery, recover, "Bring an identity back", Scope.ADMIN, CREATED),
    Operation(
        "POST",
        "/identity/export",
        Exporting,
        export,
        "The encrypted key, for another machine",
        Scope.ADMIN,
        only_socket=True,
    ),
    Operation("POST", "/identity/lock", Nothing, lock, "Let the key sign nothing any more", Scope.SIGN),
)
