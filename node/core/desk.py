"""What the owner's node works with: who it is, its stores and rules. Functions of the core take a desk and `now`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from freehold.protocol.identity import IdentityId, SecretKey

from .postage import Postage
from .taste import Taste

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from freehold.protocol.fold.progress import Contract
    from freehold.protocol.kind import Registry
    from freehold.protocol.network import Network

    from .folding import Folds
    from .ports import Files, Rail, Ranking, Remark, Stores, Submission, Triage
    from .rates import Prices
    from .reputation.collecting import Collector


class Denied(Exception):
    """The owner asked for something that cannot be done: what happened and why, what to do, and a stable code.

    Codes are words with hyphens (`quota-open-offers`, `not-found`, `key-locked`, `not-your-turn`, ...).
    """

    def __init__(self, code: str, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.code, self.what, self.hint = code, what, hint


def _no_files() -> Files:
    from .no_files import NoFiles  # noqa: PLC0415  -- it raises Denied, of above

    return NoFiles()


@dataclass(slots=True)
class Desk:
    """One node's working set. `random_bytes(n)` is the node's source of randomness, given from outside."""

    network: Network
    registry: Registry
    stores: Stores
    ranking: Ranking
    random_bytes: Callable[[int], bytes]
    signer: SecretKey | None = None
    witness: bool = False
    """Whether this node vouches for contracts of others that name its owner as a witness."""
    rails: Mapping[str, Rail] = field(default_factory=dict[str, "Rail"])
    """Ways to pay, by name."""
    triage: Triage | None = None
    """How received proposals are looked through; None: by the rules of the owner's offers alone."""
    postage: Postage = field(default_factory=Postage)
    """What stamps the owner asks of strangers, and pays."""
    taste: Taste = field(default_factory=Taste)
    """The owner's own rules over what is proposed."""
    remarks: tuple[list[Submission], list[tuple[Remark, ...]]] | None = None
    """What was last looked through by the triage, and its remarks."""
    tongues: dict[bytes, str | None] = field(default_factory=dict[bytes, "str | None"])
    """The languages of proposals that were looked at."""
    owner: IdentityId | None = None
    """Whose node this is while the key is locked; with a key, the key says it."""
    crowded: bool = False
    """Whether the store is so far over its budget that nothing of strangers is taken until there is room again."""
    collector: Collector | None = None
    """The ranking's market and how far it has read, from the first question on; nothing of it is kept."""
    prices: dict[str, Prices] = field(default_factory=dict[str, "Prices"])
    """What is paid for skills that very many offers name, for a minute (`rates`)."""
    folds: Folds = field(default_factory=dict[bytes, "tuple[tuple[int, ...], int, Contract | None]"])
    """Contracts of the owner's lists, for some seconds (`folding`)."""
    files: Files = field(default_factory=_no_files)
    """Files of contracts."""

    @property
    def me(self) -> IdentityId | None:
        """The owner's identity, whether the key is locked or not; None for a node that only relays."""
        return self.signer.identity if self.signer else self.owner

    def myself(self) -> IdentityId:
        """The owner's identity. Raises Denied `no-identity`."""
        if self.me is None:
            raise Denied(
                "no-identity",
                "this node has no identity: it relays and looks",
                "make one: stop it (`freehold down`) and start it with `freehold up`",
            )
        return self.me

    def signing(self) -> SecretKey:
        """The owner's key. Raises Denied `no-identity`, or `key-locked`."""
        self.myself()
        if self.signer is None:
            raise Denied("key-locked", "your key is locked, and this has to be signed", "freehold unlock --for 8h")
        return self.signer
