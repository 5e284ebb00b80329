"""A copy of a file in the person's editor: the file itself stays as it is until the copy is known to be good."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .bundle_files import load
from .errors import Trouble

if TYPE_CHECKING:
    from pathlib import Path

_USUAL = ("sensible-editor", "nano", "vi")
"""Where neither VISUAL nor EDITOR says which."""
_MOST_BYTES = 64 * 1024
"""What the node reads of its settings."""


@dataclass
class Copy:
    """A copy beside a file. `again`: one that was kept aside before, as it is."""

    file: Path
    again: bool = False
    was: str = field(init=False)
    """SHA-256 of the file as it was copied."""

    def __post_init__(self) -> None:
        before = load(str(self.file), _MOST_BYTES) if self.file.exists() else b""
        self.was = hashlib.sha256(before).hexdigest()
        if self.again and self.path.exists():
            return
        if self.again:
            raise Trouble("not-found", "no copy was kept aside", "begin anew: freehold config edit")
        try:
            with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copied:
                copied.write(before)
        except FileExistsError as error:
            hint = f"go on with it: freehold config edit --again; or remove it: rm {shlex.quote(str(self.path))}"
            raise Trouble("file-exists", f"a copy was kept aside before: {self.path}", hint) from error
        except OSError as error:
            raise Trouble(
                "file-unwritable", f"{self.path} cannot be written: {error.strerror}", "see the disk"
            ) from error

    @property
    def path(self) -> Path:
        """Where the copy is: an editor knows by its ending what it holds."""
        return self.file.with_name(f"{self.file.stem}.edited{self.file.suffix}")

    def drop(self) -> None:
        """The copy has served."""
        self.path.unlink(missing_ok=True)

    def kept(self, trouble: Trouble) -> Trouble:
        """What was wrong with the copy, and where it stays."""
        hint = f"{self.file.name} is as it was; your copy is kept as {self.path}: freehold config edit --again"
        return Trouble(trouble.code, trouble.what, hint, trouble.extra)


def edited(copy: Copy) -> bool:
    """Let the person edit; whether the copy now says something else than the file. Raises Trouble."""
    command = _editor()
    try:
        code = subprocess.run([*command, str(copy.path)], check=False).returncode
    except OSError as error:
        raise Trouble("no-editor", f"{command[0]} cannot be run: {error.strerror}", "set EDITOR") from error
    if code != 0:
        raise copy.kept(Trouble("no-editor", f"{command[0]} ended with {code}, so nothing was changed"))
    return hashlib.sha256(load(str(copy.path), _MOST_BYTES)).hexdigest() != copy.was


def _editor() -> list[str]:
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        command = shlex.split(chosen)
    except ValueError as error:
        raise Trouble("no-editor", f"EDITOR cannot be read: {error}", "set it to a program's name") from error
    usual = (name for name in _USUAL if shutil.which(name))
    found = command or [next(usual, "")]
    if not found[0]:
        raise Trouble("no-editor", "there is no editor", "say which: EDITOR=nano freehold config edit")
    return found
