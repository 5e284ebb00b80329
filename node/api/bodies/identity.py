"""The owner's key: made, unlocked, and its words."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from .given import Given

Passphrase = Annotated[str, Meta(max_length=1024)]


class Unlocking(Given):
    """POST /identity/unlock. `minutes`: how long, up to a week."""

    passphrase: Passphrase
    minutes: Annotated[int, Meta(ge=1, le=7 * 24 * 60)] = 8 * 60


class NewIdentity(Given):
    """POST /identity/new."""

    name: str
    passphrase: Passphrase
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    about: str = ""


class KeptWords(Given):
    """POST /identity/keep: some of the words, by their places from 1."""

    check: Annotated[dict[int, Annotated[str, Meta(max_length=20)]], Meta(max_length=24)]


class Exporting(Given):
    """POST /identity/export: asked for anew, though the key may be unlocked."""

    passphrase: Passphrase


class Recovery(Given):
    """POST /identity/recover."""

    words: Annotated[str, Meta(max_length=500)]
    passphrase: Passphrase
