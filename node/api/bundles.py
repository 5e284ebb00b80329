"""Operations that hand out what others check without a node: a contract whole, or a reputation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol import text

from ..core import bundling, exporting
from . import names
from .bodies.given import Nothing
from .bodies.reviews import NewExport
from .callers import Scope
from .operations import AnyOperation, Call, Operation
from .turns import by_turns

if TYPE_CHECKING:
    from .port import Json


async def bundle(call: Call[Nothing]) -> Json:
    """A contract's bundle, as text."""
    desk = call.office.desk
    contract_id = names.contract(desk, call.ref)
    found = bundling.export(desk, contract_id, call.office.now())
    return {"contract": text.show(contract_id, text.CONTRACT), "bundle": found.decode("ascii")}


async def reputation(call: Call[NewExport]) -> Json:
    """Somebody's reputation, as text: a bundle of records, or credentials. Signing it keeps and announces nothing."""
    desk, now, given = call.office.desk, call.office.now(), call.given
    subject = names.identity(desk, call.ref)
    if given.form == "bundle":
        found = await by_turns(exporting.exporting(desk, subject, now, sign=given.sign))
    else:
        found = await by_turns(exporting.certifying(desk, subject, now))
    return {
        "identity": text.show(subject, text.IDENTITY),
        "format": given.form,
        "export": found.text,
        "contracts": found.contracts,
        "left_out": found.left_out,
    }


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        "GET",
        "/contracts/{ref}/bundle",
        Nothing,
        bundle,
        "All records of a contract, to be checked offline",
        Scope.READ,
    ),
    Operation(
        "POST", "/reputation/{ref}/export", NewExport, reputation, "A reputation, to be checked offline", Scope.SIGN
    ),
)
