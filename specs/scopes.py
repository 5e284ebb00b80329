"""Source as its modules and functions: what stands in each, and what its names stand for."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

Names = dict[str, list[ast.expr]]
Spot = ast.Call | ast.Return | ast.Assign | ast.AnnAssign


@dataclass(slots=True)
class Scope:
    """A function, or a module without its functions. `spots`: calls, returns and assignments in it."""

    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    spots: list[Spot] = field(default_factory=list[Spot])
    names: Names = field(default_factory=Names)

    @property
    def parameters(self) -> list[str]:
        """By place."""
        arguments = None if self.function is None else self.function.args
        return [] if arguments is None else [one.arg for one in (*arguments.posonlyargs, *arguments.args)]

    @property
    def returns(self) -> str:
        """What it is annotated with that it returns."""
        return "" if self.function is None or self.function.returns is None else ast.unparse(self.function.returns)

    @property
    def is_private(self) -> bool:
        """Whether only its module, or its reader by another name, knows that it is a function."""
        if self.function is None:
            return False
        decorators = [one.id for one in self.function.decorator_list if isinstance(one, ast.Name)]
        return self.function.name.startswith("_") or "property" in decorators


@dataclass(slots=True)
class Module:
    """A file: its name from the top of the repository, its own scope, and its functions, methods among them."""

    name: str
    scopes: list[Scope]

    @property
    def constants(self) -> Names:
        """What the names of the module stand for."""
        return self.scopes[0].names

    def function(self, name: str) -> Scope | None:
        """The first of a name."""
        return next((one for one in self.scopes[1:] if one.function is not None and one.function.name == name), None)


def read(path: Path, root: Path) -> Module:
    """The module of a file."""
    scopes = [Scope(None)]
    _look(ast.parse(path.read_text("utf-8")), scopes[0], scopes)
    return Module(str(path.relative_to(root)), scopes)


def _look(node: ast.AST, scope: Scope, scopes: list[Scope]) -> None:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                scopes.append(Scope(child))
                _look(child, scopes[-1], scopes)
                continue
            case ast.NamedExpr(target=target, value=value):
                _bind(target, value, scope.names)
            case ast.For(target=target, iter=values):
                _bind(target, ast.Subscript(values, ast.Constant(None)), scope.names)
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                _bind(target, value, scope.names)
                scope.spots.append(child)
            case ast.Call() | ast.Return():
                scope.spots.append(child)
            case _:
                pass
        _look(child, scope, scopes)


def _bind(target: ast.expr, value: ast.expr, names: Names) -> None:
    match target, value:
        case ast.Name(id=name), _:
            names.setdefault(name, []).append(value)
        case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
            for each, one in zip(targets, values, strict=True):
                _bind(each, one, names)
        case ast.Tuple(elts=targets), _:  # a part of what stands there: of a row of a constant, or of what is returned
            for place, each in enumerate(targets):
                _bind(each, ast.Subscript(value, ast.Constant(place)), names)
        case _:
            pass
