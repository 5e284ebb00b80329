"""What a check of the doctor looks at, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .core.ports import StorageBroken, StorageFull
    from .folder import Folder
    from .store.checkup import Checkup

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was found, `why` it matters, `do`: the command; `fixable`: the node can do it itself."""

    state: str
    what: str
    why: str = ""
    do: str = ""
    fixable: bool = False
    check: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at. `status` is that of a running node, None without one."""

    folder: Folder
    now: int
    status: dict[str, Any] | None
    database: Checkup | StorageBroken | StorageFull | None
