"""The owner's profile and services, and other people."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from .given import Given, Signing

_LABEL_CHARACTERS = 200
"""More than a label may have: a sentence says so (core/acquaintances.py)."""
_Label = Annotated[str, Meta(max_length=_LABEL_CHARACTERS)]


class GivenProfile(Signing, kw_only=True):
    """PUT /identity."""

    name: str
    about: str = ""
    roles: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class NewContact(Given):
    """POST /contacts. Without a label, the one that they have stays."""

    identity: str
    label: _Label = ""


class NewLabel(Given):
    """POST /contacts/{ref}/label: an empty one takes it away."""

    label: _Label = ""


class NewListing(Signing, kw_only=True):
    """POST /services: the owner offers to serve, or (closed) no longer does."""

    service: str
    about: str = ""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    closed: bool = False


class ServiceList(Given):
    """GET /services. `blocked`: people whom the owner blocked, too."""

    service: str | None = None
    blocked: bool = False
