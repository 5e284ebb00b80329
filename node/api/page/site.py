"""What the page needs of the application that it stands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .paper import Paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..operations import AnyOperation
    from ..port import Office
    from ..surface import Surface


@dataclass(slots=True)
class Site:
    """The node, its table of operations, and what its doors share. `events`: where a browser listens, if it can."""

    office: Office
    surface: Surface
    operations: Sequence[AnyOperation]
    events: str = ""
    paper: Paper = field(default_factory=Paper.shared)
    table: dict[tuple[str, str], AnyOperation] = field(init=False)

    def __post_init__(self) -> None:
        self.table = {(one.method, one.path): one for one in self.operations if not one.only_socket}

    def can(self, method: str, path: str) -> bool:
        """Whether this node has an operation for browsers: the page offers nothing that is not there."""
        return (method, path) in self.table
