"""Work on a folder without its node: a process of its own, as the command never imports the node."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, cast

from .errors import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from .client import Json

_SAID_BYTES = 1024 * 1024


def upkeep(folder: Path, *work: str) -> Json:
    """Have something done, and wait for it; what it says. Raises Trouble."""
    command = [sys.executable, "-P", "-m", "freehold.node.upkeep", "--folder", str(folder.absolute()), *work]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    try:
        said = cast("Json", json.loads(done.stdout[:_SAID_BYTES]))
    except ValueError as error:
        raise Trouble("upkeep-failed", "this work ended by a mistake in freehold itself", "please report it") from error
    if "trouble" in said:
        raise Trouble.from_problem(cast("Json", said["trouble"]))
    return cast("Json", said["done"])
