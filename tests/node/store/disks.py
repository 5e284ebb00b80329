"""A real file system that fills up soon, for tests of what happens then."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

LEFT_BYTES = 8 * 1024


@contextmanager
def small_disk(folder: Path, megabytes: int = 1) -> Generator[Path]:
    """A folder with a disk of its own."""
    folder.mkdir(mode=0o700)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", folder],
        capture_output=True, check=False, timeout=10,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("mounting a small disk takes root; tests with a limit of pages stand in for it")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True, timeout=10)


def fill_up(disk: Path, left: int = LEFT_BYTES) -> Path:
    """A file that leaves so few bytes of a disk free; room is made by taking it away."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - left)
    return ballast
