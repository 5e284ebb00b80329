"""What all requests have in common."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from freehold.protocol.limits import MAX_INTEGER, MILESTONES

PAGE = 20
MOST_ON_A_PAGE = 100
Whole = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Span = Annotated[int, Meta(ge=1, le=365 * 24 * 60 * 60 * 1000)]
"""Milliseconds, up to a year."""
Hours = Annotated[int, Meta(ge=1, le=168)]
PartNumber = Annotated[int, Meta(ge=1, le=MILESTONES)]
Limit = Annotated[int, Meta(ge=1, le=MOST_ON_A_PAGE)]


class Given(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of all."""


class Signing(Given):
    """Base of what signs. `draft`: answer the exact text and its hash, and sign nothing. `expect`: sign only what has
    this hash."""

    draft: bool = False
    expect: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")] | None = None


class Plain(Signing, kw_only=True):
    """A signature that says all by its path."""


class Nothing(Given):
    """A request that says all by its path."""
