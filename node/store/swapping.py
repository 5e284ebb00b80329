"""A new database in the place of another, which is kept beside it: at every moment there is one of the two, whole."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

SIDES = ("", "-wal", "-shm")


@contextmanager
def room_for(path: Path) -> Generator[Path]:
    """The name of a new database beside another: nothing of it is left if it does not take the other's place."""
    new = path.with_name(path.name + ".new")
    clear(new)
    try:
        yield new
    finally:
        clear(new)


def put_in_place(new: Path, path: Path, aside: Path) -> None:
    """Give a closed database the name of another, which is kept aside with its log. It counts under a new epoch. There
    is one of the two at every moment, or a node that starts after a power cut would begin with nothing."""
    aside.hardlink_to(path)
    _move_sides(path, aside)
    path.with_suffix(".position").unlink(missing_ok=True)
    new.replace(path)


def bring_back(path: Path) -> None:
    """If a new database was about to take the place of this one and did not, give this one its log back, which may hold
    the newest records. For who opens it before anybody else does. Raises OSError."""
    if not path.exists():
        return
    for aside in path.parent.glob(f"{path.name}.*-*"):
        if not aside.name.endswith(SIDES[1:]) and aside.samefile(path):
            _move_sides(aside, path)
            aside.unlink()


def _move_sides(one: Path, other: Path) -> None:
    for side in SIDES[1:]:
        old, new = (path.with_name(path.name + side) for path in (one, other))
        if old.exists() and not new.exists():
            old.rename(new)


def clear(new: Path) -> None:
    """Take away what is left of a database that nobody uses any more. Raises OSError."""
    for side in SIDES:
        new.with_name(new.name + side).unlink(missing_ok=True)
    new.with_suffix(".position").unlink(missing_ok=True)
