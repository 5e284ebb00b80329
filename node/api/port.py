"""What the API needs of the node it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from freehold.protocol.kinds.profile import Profile

    from ..core.admission import Finding
    from ..core.desk import Desk
    from ..core.effects import Effect
    from ..core.filing import Named
    from ..core.service import Service

T = TypeVar("T")
Json: TypeAlias = dict[str, Any]
"""A JSON object."""


class Keys(Protocol):
    """The owner's key: locked, or not."""

    def state(self) -> Json:
        """`key` (none, locked, unlocked), `unlocked_until` (ms, None for no end), `wrong_passphrases`."""
        ...

    async def unlock(self, passphrase: str, minutes: int | None) -> None:
        """Sign from now on, for so long. Raises Denied."""
        ...

    def lock(self) -> None:
        """Sign nothing any more."""
        ...

    async def export(self, passphrase: str) -> str:
        """The encrypted key file. Raises Denied."""
        ...


class Newcomer(Protocol):
    """An identity for a node that runs without one."""

    def new(self, profile: Profile, passphrase: str) -> Json:
        """`words`, told once; `check`, the places (from 1) that `keep` asks for; `until`. Raises Denied."""
        ...

    async def keep(self, check: Mapping[int, str]) -> None:
        """Make the identity whose words were told last. Raises Denied."""
        ...

    async def recover(self, words: str, passphrase: str) -> None:
        """Bring an identity back. Raises Denied."""
        ...


class Office(Protocol):
    """The node as its owner's API sees it."""

    @property
    def desk(self) -> Desk: ...  # noqa: D102

    @property
    def service(self) -> Service: ...  # noqa: D102

    @property
    def keys(self) -> Keys: ...  # noqa: D102

    @property
    def newcomer(self) -> Newcomer: ...  # noqa: D102

    def now(self) -> int:
        """Milliseconds since the epoch."""
        ...

    async def do(self, act: Callable[[int], tuple[T, list[Effect]]]) -> T:
        """An act of the owner: durable, and on its way, when this returns. Raises Denied or StorageFull."""
        ...

    async def take_in(self, packed: Sequence[bytes]) -> list[Finding]:
        """Records of any number that the owner brings: durable when this returns. Raises StorageFull."""
        ...

    def status(self) -> Json:
        """The object of GET /status."""
        ...

    def settings(self) -> Json:
        """The object of GET /config: `config`, and under `restart` the names that wait for the next start."""
        ...

    def configure(self, changes: Json) -> Json:
        """Change config.toml; as `settings`. Raises Denied, and changes nothing then."""
        ...

    async def doctor(self, page: Json) -> Json:
        """The object of GET /doctor; `page` is where browsers come in."""
        ...

    async def fix(self, check: str) -> None:
        """Do what a finding of the doctor says. Raises Denied."""
        ...

    def statistics(self) -> Json:
        """The object of GET /node/statistics."""
        ...

    def peers(self) -> Json:
        """The object of GET /node/peers."""
        ...

    async def connect(self, address: str) -> str:
        """Dial a multiaddr; the peer's id. Raises Denied."""
        ...

    async def ban(self, peer: str, hours: int) -> None:
        """Refuse a peer for a time."""
        ...

    async def unban(self, peer: str) -> None:
        """Let a peer in again."""
        ...

    def fetch(self, contract: bytes, named: Named) -> None:
        """Fetch a file that a contract names, soon. Raises Denied, StorageFull."""
        ...

    def fetching(self, sha256: bytes) -> Json | None:
        """How far that is: `state`, `got`, `size`, `trouble`; None if it was not asked for since the start."""
        ...

    async def scrub(self) -> bool:
        """Take what was erased out of every file; False if that takes a while yet. Raises StorageFull or -Broken."""
        ...

    async def backup(self, target: str) -> Json:
        """Write a backup to a new file. Raises Denied."""
        ...

    async def backup_here(self) -> Json:
        """Write a backup into the node's own folder of them. Raises Denied."""
        ...

    def last_backup(self) -> Json | None:
        """When (`at`, ms) and where the last backup was written; None if none is known of."""
        ...

    def shutdown(self) -> None:
        """Stop soon."""
        ...
