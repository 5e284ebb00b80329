"""The node itself: peers, settings, repairs, backups, notices and exports."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from .given import MOST_ON_A_PAGE, Given, Limit, Whole

_ADDRESS_CHARACTERS = 512


class ExportForm(Given):
    """GET /export/{ref}."""

    format: Literal["json", "csv", "html"] = "json"


Setting = str | bool | int | tuple[str, ...]


class Changes(Given):
    """PATCH /config: values by the names of config.toml."""

    set: Annotated[dict[str, Setting], Meta(min_length=1, max_length=32)]


class Fixing(Given):
    """POST /doctor/fix."""

    check: Annotated[str, Meta(max_length=40)]


class Address(Given):
    """POST /node/connect."""

    address: Annotated[str, Meta(max_length=_ADDRESS_CHARACTERS)]


class NewBackup(Given):
    """POST /backups: an absolute path on the machine of the node, where nothing is yet."""

    file: Annotated[str, Meta(pattern="^/[^\\x00]{1,4000}$")]


class NewBan(Given):
    """POST /node/ban."""

    peer: Annotated[str, Meta(max_length=_ADDRESS_CHARACTERS)]
    hours: Annotated[int, Meta(ge=1, le=24 * 3650)] = 24


class LiftedBan(Given):
    """POST /node/unban."""

    peer: Annotated[str, Meta(max_length=_ADDRESS_CHARACTERS)]


class NoticeList(Given):
    """GET /notices: those after a number, or else the last ones."""

    after: Whole | None = None
    limit: Limit = MOST_ON_A_PAGE


class Batches(Given):
    """POST /dev/ingest: frames (protocol.frame) in base64."""

    batches: Annotated[tuple[str, ...], Meta(max_length=64)]
