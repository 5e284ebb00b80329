"""One run of the command: which folder, how to print, and the daemon at the other end."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .folder import default_folder
from .output import print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import Client, Json


@dataclass(frozen=True)
class Session:
    """What every command gets as its first argument."""

    folder: Path
    as_json: bool

    @functools.cached_property
    def client(self) -> Client:
        """The daemon of this folder."""
        from .client import Client  # noqa: PLC0415  -- http.client costs 25 ms that `--help` does not pay

        return Client(self.folder)

    def show(self, result: Json, in_words: Callable[[Json], None]) -> None:
        """Print a result: as JSON when asked for, else in words."""
        if self.as_json:
            print_json(result)
        else:
            in_words(result)


def takes_session(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command --folder and --json, and the Session made of them as its first argument."""

    @click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        help="The node's folder (else $FREEHOLD_HOME, else the system's place for data).",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @functools.wraps(function)
    def with_session(folder: Path | None, as_json: bool, **options: Any) -> None:  # noqa: ANN401, FBT001
        function(Session(folder or default_folder(), as_json), **options)

    return with_session
