"""frame/: batches of packed records (specs/05-gossip.md)."""

from __future__ import annotations

from typing import Any

from ..case import MALFORMED, OK, Case, Cases
from ..plain import pack


def cases() -> Cases:
    """All of them."""
    return {
        "sixty_four": _taken("as many as there may be", [bytes([number]) for number in range(64)]),
        "full": _taken("64 KiB in all", [bytes(17_024)] * 3 + [bytes(65_536 - 1 - 4 * 3 - 17_024 * 3)]),
        "none": _refused("at least one", []),
        "sixty_five": _refused("one too many", [b"x"] * 65),
        "too_full": _refused(
            "one byte more than 64 KiB", [bytes(17_024)] * 3 + [bytes(65_537 - 1 - 4 * 3 - 17_024 * 3)]
        ),
        "item_is_text": _refused("a packed record is a byte string", ["packed"]),
        "no_array": _refused("a record alone is no batch", b"packed"),
    }


def _taken(about: str, items: list[bytes]) -> Case:
    return Case(about, "split-batch", {"bytes": pack(items)}, OK, {"items": items})


def _refused(about: str, value: Any) -> Case:
    return Case(about, "split-batch", {"bytes": pack(value)}, MALFORMED)
