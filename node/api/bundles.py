"""The operation that hands a contract out whole, for `freehold contract verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text

from ..core import bundling
from . import names
from .bodies import Nothing
from .operations import AnyOperation, Call, Operation

if TYPE_CHECKING:
    from .port import Json


async def bundle(call: Call[Nothing]) -> Json:
    """A contract's bundle, as text."""
    desk = call.office.desk
    contract_id = names.contract(desk, call.ref)
    found = bundling.export(desk, contract_id, call.office.now())
    return {"contract": text.show(contract_id, text.CONTRACT), "bundle": found.decode("ascii")}


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation("GET", "/contracts/{ref}/bundle", Nothing, bundle, "All records of a contract, to be checked offline"),
)
