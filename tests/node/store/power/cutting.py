"""What a disk holds after a power cut: everything that was synced, and of the rest any sectors or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable
    from pathlib import Path

    from .recording import Step

SECTOR = 512


class Disk:
    """One file of a disk with a cache that loses what was not synced."""

    def __init__(self) -> None:
        self.safe = bytearray()
        self.cached: list[Step] = []
        self.gone = False

    def take(self, step: Step) -> None:
        """Something is done to the file."""
        if step.what == "delete":
            self.gone = bool(step.at)
            self.safe.clear()
            self.cached.clear()
        elif step.what == "sync":
            for one in self.cached:
                apply(self.safe, one)
            self.cached.clear()
        else:
            self.gone = False
            self.cached.append(step)

    def after_cut(self, dice: random.Random) -> bytearray:
        """The file as it is found: each cached sector was written, or was not. Sometimes none was, sometimes all."""
        found, luck = bytearray(self.safe), dice.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for step in self.cached:
            if step.what == "truncate":
                if dice.random() < luck:
                    apply(found, step)
                continue
            for at in range(step.at - step.at % SECTOR, step.at + len(step.data), SECTOR):
                low, high = max(at, step.at), min(at + SECTOR, step.at + len(step.data))
                if dice.random() < luck:
                    put(found, low, step.data[low - step.at : high - step.at])
        return found


def apply(content: bytearray, step: Step) -> None:
    """A step on content that nothing threatens."""
    if step.what == "write":
        put(content, step.at, step.data)
    else:
        del content[step.at :]
        content.extend(bytes(max(0, step.at - len(content))))


def put(content: bytearray, at: int, data: bytes) -> None:
    """Write into content; a hole before it is zeros."""
    content.extend(bytes(max(0, at - len(content))))
    content[at : at + len(data)] = data


def cut(steps: Iterable[Step], dice: random.Random, folder: Path) -> int:
    """Write what is found after the power was cut behind these steps; how many batches had been acknowledged."""
    disks: dict[str, Disk] = {}
    said = 0
    for step in steps:
        if step.what == "said":
            said = step.at + 1
        else:
            disks.setdefault(step.file, Disk()).take(step)
    for name, disk in disks.items():
        if not disk.gone:
            (folder / name).write_bytes(disk.after_cut(dice))
    return said
