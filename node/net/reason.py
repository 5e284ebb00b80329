"""Why a dial failed, for the person who reads it: the root of what libp2p wraps in several layers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from libp2p.security.noise.exceptions import PeerIDMismatchesPubkey

if TYPE_CHECKING:
    from collections.abc import Iterator


def why(error: BaseException) -> str:
    """The system's word for it (`connection refused`), or what is wrong with who answered, or libp2p's own word."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, PeerIDMismatchesPubkey):
            return "somebody else answers there, not the node that is named at the end of the address"
    for cause in reversed(causes):
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno).lower()
    return str(causes[-1])


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, the root last; of several at once, the first."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = _several(cause) or cause.__cause__ or cause.__context__


def _several(error: BaseException) -> BaseException | None:
    if isinstance(error, BaseExceptionGroup):
        return cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return None
