"""Operations on disputes: a view over contracts; what is signed in them is an entry like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.contract import AWAITING_ANSWER, AWAITING_ARBITER, DELIBERATING
from freehold.protocol.kinds.disputes import DISPUTE
from freehold.protocol.kinds.payments import PAYMENT_DENIED

from ..core import dealings
from . import contract_views
from .bodies.given import Nothing
from .callers import Scope
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from freehold.protocol.fold.progress import Contract

    from .port import Json

_HEARD = frozenset((AWAITING_ARBITER, AWAITING_ANSWER, DELIBERATING))
_CALLS = frozenset((DISPUTE.name, PAYMENT_DENIED.name))


async def disputes(call: Call[Nothing]) -> Json:
    """Contracts of the owner's, or in which the owner serves, with a milestone that is or was in dispute."""
    views = call.views()
    found = [*dealings.contracts(views.desk, views.now), *dealings.serving(views.desk, views.now)]
    return {
        "disputes": [
            contract_views.summary(views, one) | {"disputed": [part + 1 for part in disputed]}
            for one in found
            if (disputed := _disputed(one))
        ]
    }


def _disputed(found: Contract) -> list[int]:
    called = {step.part for step in found.steps if step.entry.header.kind in _CALLS and not step.derived}
    return [n for n, progress in enumerate(found.milestones) if progress.state in _HEARD or n in called]


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        "GET", "/disputes", Nothing, disputes, "Disputes of the owner's, as a party or as an arbiter", Scope.READ
    ),
)
