"""Where a passphrase comes from: a file, a credential of systemd, or the person. Never an argument or the environment,
which other processes can read."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import click

from .errors import Trouble
from .secret_files import read_secret

CREDENTIAL = "freehold.passphrase"
"""`LoadCredentialEncrypted=freehold.passphrase:...` in a unit puts it below $CREDENTIALS_DIRECTORY."""


def read_passphrase(file: Path | None, *, new: bool, otherwise: str) -> str:
    """From `file`, else from systemd, else typed (twice for a new key). Raises Trouble; `otherwise` is its advice."""
    if file is not None:
        return read_secret(file, "the passphrase file")
    credential = _credential()
    if credential is not None:
        # In a folder that systemd opens to this unit alone, an access list shows as rights of the group.
        return read_secret(credential, "the credential", stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP)
    if not sys.stdin.isatty():
        raise Trouble("key-locked", "your key needs its passphrase, and there is no terminal to ask you on", otherwise)
    text = "A passphrase for your new key" if new else "Passphrase"
    return str(click.prompt(text, hide_input=True, confirmation_prompt=new, err=True))


def _credential() -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / CREDENTIAL if folder else None
    return path if path is not None and path.exists() else None
