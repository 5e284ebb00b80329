"""What a notice is about, as people see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.text import CONTRACT, OFFER, RECORD, show

from . import arriving, postage, searching

if TYPE_CHECKING:
    from .ports import Notice

_NAMED = {searching.TOPIC: OFFER, arriving.TOPIC: RECORD, postage.TOPIC: RECORD}
"""What is named by notices of a topic; those of all others are about contracts."""


def subject(notice: Notice) -> str:
    """The name of the contract, offer or proposal that it is about."""
    return show(notice.about, _NAMED.get(notice.topic, CONTRACT))
