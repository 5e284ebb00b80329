"""What the generated parts of the spec pages say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import bounds, operations, shapes, states
from .words import Complaint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PLAIN: dict[str, Callable[[], str]] = {
    "limits": bounds.of_the_wire,
    "quotas": bounds.quotas,
    "topics": bounds.of_topics,
    "times": bounds.times,
    "windows": bounds.windows,
    "waits": states.waits,
    "moves": states.moves,
    "hourly": states.hourly,
    "ends": states.ends,
    "operations": operations.operations,
    "scopes": operations.scopes,
}


def part(name: str, before: str, pages: Mapping[str, str]) -> str:
    """A part afresh, e.g. `kind offer/1`. `before` is its text so far, `pages` are all pages. Raises Complaint."""
    word, _, what = name.partition(" ")
    match word:
        case "kinds":
            return shapes.kinds(pages)
        case "kind":
            return shapes.kind_of(what, before)
        case "shape":
            return shapes.shape(shapes.class_at(what), before)
        case "diagram" if what in ("work", "dispute"):
            return states.diagram(what)
        case _ if name in _PLAIN:
            return _PLAIN[name]()
        case _:
            raise Complaint(f"nobody makes a part {name}")
