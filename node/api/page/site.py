"""What the page needs of the application that it stands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from .assets import Assets
from .paper import Paper

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from ..drafts import Drafts
    from ..operations import AnyOperation
    from ..port import Office


class Session(Protocol):
    """A browser that was let in."""

    @property
    def page_token(self) -> str:
        """What every form of this session carries: a cookie alone proves nothing, as cookies ignore ports."""
        ...


@dataclass(slots=True)
class Site:
    """The node, its table of operations, and who is asking. `events` is where a browser listens, if it can."""

    office: Office
    drafts: Drafts
    operations: Sequence[AnyOperation]
    session_of: Callable[[Request], Session | None]
    events: str = ""
    assets: Assets = field(default_factory=Assets)
    paper: Paper = field(init=False)
    table: dict[tuple[str, str], AnyOperation] = field(init=False)

    def __post_init__(self) -> None:
        self.table = {(operation.method, operation.path): operation for operation in self.operations}
        self.paper = Paper(self.assets)

    def can(self, method: str, path: str) -> bool:
        """Whether this node has an operation: the page offers nothing that is not there."""
        return (method, path) in self.table
