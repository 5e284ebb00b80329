"""The owner's profile and services, and other people."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from .given import Given, Signing

_LABEL_CHARACTERS = 60


class GivenProfile(Signing, kw_only=True):
    """PUT /identity."""

    name: str
    about: str = ""
    roles: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class NewContact(Given):
    """POST /contacts."""

    identity: str
    label: Annotated[str, Meta(max_length=_LABEL_CHARACTERS)] = ""


class NewListing(Signing, kw_only=True):
    """POST /services: the owner offers to serve, or (closed) no longer does."""

    service: str
    about: str = ""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    closed: bool = False


class ServiceList(Given):
    """GET /services."""

    service: str | None = None
