"""The local API's operations and scopes, from its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.node.api.application import OPERATIONS
from freehold.node.api.callers import Scope
from freehold.node.api.describing import remembered

from .words import table

if TYPE_CHECKING:
    from freehold.node.api.operations import AnyOperation


def operations() -> str:
    """Every operation: how it is asked, what it does, what its caller needs."""
    rows = [
        (f"`{one.method} {one.path}`", one.summary, _needs(one.scope, only_socket=one.only_socket), _again(one))
        for one in sorted(OPERATIONS, key=lambda one: (one.path.split("/")[1], one.path, one.method))
    ]
    return table(("operation", "what it does", "needs", "key"), rows)


def scopes() -> str:
    """How many operations each scope opens."""
    counts = [(f"`{scope.value}`", str(sum(one.scope is scope for one in OPERATIONS))) for scope in Scope]
    return table(("scope", "operations"), counts)


def _needs(scope: Scope, *, only_socket: bool) -> str:
    return f"{scope.value}, socket only" if only_socket else scope.value


def _again(operation: AnyOperation) -> str:
    return "yes" if remembered(operation) else ""
