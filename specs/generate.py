"""Write the generated parts of the spec pages afresh; with --check, only say which pages are not current.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`. What a field means is written in the page by hand,
in the last column of its row: it stays when the row is written again, and a row without it is a complaint.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import re
import sys
import types
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freehold.protocol import contract, limits, network, topics
from freehold.protocol.kinds import BUILTIN
from freehold.protocol.schema import Choice, Items, Raw, Text, Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from freehold.protocol.kind import AnyKind

FOLDER = Path(__file__).parent
_PART = re.compile(r"(<!-- generated: ([^>\n]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_ROW = re.compile(r"^\| `(\w+)` \|.*\| *([^|]*?) *\|$", re.MULTILINE)


class Complaint(Exception):
    """A page asks for what cannot be made."""


def renewed(page: str, pages: dict[str, str]) -> str:
    """The text of a page with its generated parts made afresh; `pages` are all of them. Raises Complaint."""
    if page.count("<!-- generated:") != len(_PART.findall(page)):
        raise Complaint("a generated part does not end")
    return _PART.sub(lambda part: part[1] + _made(part[2], part[3], pages) + part[4], page)


def complaints(folder: Path, *, write: bool) -> list[str]:
    """What is wrong with the pages below a folder; with `write`, stale ones are written instead."""
    pages = {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*.md"))}
    found: list[str] = []
    for name, page in pages.items():
        try:
            now = renewed(page, pages)
        except Complaint as complaint:
            found.append(f"{name}: {complaint}")
            continue
        found += [f"{name}: nobody says what `{field}` means" for field in _unexplained(now)]
        if now != page and write:
            (folder / name).write_text(now, "utf-8")
        elif now != page:
            found.append(f"{name}: not current; run: python specs/generate.py")
    return found


def main(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Write, or check. 1 if there is something to complain of."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python specs/generate.py [--check]\n")
        return 2
    found = complaints(folder, write=not arguments)
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def _unexplained(page: str) -> list[str]:
    """Fields of generated tables whose last column is empty."""
    rows = [row for _, _, part, _ in _PART.findall(page) for row in _ROW.findall(part)]
    return [field for field, meaning in rows if not meaning]


def _made(name: str, before: str, pages: dict[str, str]) -> str:
    word, _, what = name.partition(" ")
    makers: dict[str, Callable[[], str]] = {
        "limits": _limits,
        "quotas": _quotas,
        "topics": lambda: _table(("topic", "wire name"), [(t, f"`{w}`") for t, w in _wire_names().items()]),
        "kinds": lambda: _kinds(pages),
        "kind": lambda: _kind(what, before),
        "shape": lambda: _shape(_class(what), before),
        "moves": _moves,
        "diagram": _diagram,
    }
    if word not in makers:
        raise Complaint(f"nobody makes a part {name}")
    return makers[word]()


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [tuple(heads), *(tuple(row) for row in rows)]
    lines.insert(1, ("---",) * len(lines[0]))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _limits() -> str:
    """The names, values and reasons of limits.py, in their order there."""
    body = ast.parse(inspect.getsource(limits)).body
    rows: list[tuple[str, str, str]] = []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name = node.targets[0].id
        if not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)):
            raise Complaint(f"protocol/limits.py gives no reason for {name}")
        unit = " ms" if name.endswith("_MS") else ""
        rows.append((f"`{name}`", _number(getattr(limits, name)) + unit, " ".join(str(after.value.value).split())))
    return _table(("limit", "value", "reason"), rows)


def _quotas() -> str:
    main_net, test_net = network.MAIN.quotas, network.network(network.TEST_PREFIX + "x").quotas
    rows = [
        (f"`{field.name}`", _number(getattr(main_net, field.name)), _number(getattr(test_net, field.name)))
        for field in dataclasses.fields(network.Quotas)
    ]
    return _table(("quota", "main network", "test networks"), rows)


def _wire_names() -> dict[str, str]:
    return topics.wire_names(network.MAIN_NAME)


def _kinds(pages: dict[str, str]) -> str:
    rows: list[tuple[str, ...]] = []
    for kind in BUILTIN:
        page = next((name for name, text in pages.items() if f"<!-- generated: kind {kind.name} -->" in text), None)
        if page is None:
            raise Complaint(f"no page is about {kind.name}")
        where = Path(page).name
        rows.append(
            (f"[`{kind.name}`]({where})", _travels(kind), _topic(kind), _number(kind.max_bytes), _said_of(kind.body))
        )
    return _table(("kind", "travels", "topic", "largest body", "what it is"), rows)


def _kind(name: str, before: str) -> str:
    kind = next((kind for kind in BUILTIN if kind.name == name), None)
    if kind is None:
        raise Complaint(f"there is no kind {name}")
    facts = f"`{name}`: {_travels(kind)}; topic: {_topic(kind)}; largest body: {_number(kind.max_bytes)} bytes."
    return f"{facts}\n\n{_shape(kind.body, before)}"


def _travels(kind: AnyKind) -> str:
    if kind.direct:
        return "direct"
    return "header public, body private" if kind.private else "public"


def _topic(kind: AnyKind) -> str:
    return "none" if kind.direct else kind.topic


def _class(path: str) -> type[Any]:
    """A class by its path below freehold.protocol, e.g. `kinds.offer.Budget`."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(f"freehold.protocol.{module}"), name)
    except (ImportError, AttributeError) as error:
        raise Complaint(f"there is no {path}: {error}") from error


def _shape(cls: type[Any], before: str) -> str:
    """The fields of a body: what each holds, and what the page says that it means."""
    meanings: dict[str, str] = dict(_ROW.findall(before))
    hints = typing.get_type_hints(cls, include_extras=True)
    rows = [
        (f"`{field.name}`", _holds(hints[field.name]), meanings.get(field.name, ""))
        for field in dataclasses.fields(cls)
    ]
    return f"{_said_of(cls)}\n\n{_table(('field', 'holds', 'meaning'), rows)}"


def _said_of(cls: type[Any]) -> str:
    return (inspect.getdoc(cls) or "").partition("\n")[0]


def _holds(hint: Any) -> str:  # noqa: ANN401  -- an annotation
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        (arm,) = (arm for arm in typing.get_args(hint) if arm is not types.NoneType)
        return f"{_holds(arm)}; may be absent"
    if typing.get_origin(hint) is typing.Annotated:
        base, constraint = typing.get_args(hint)[:2]
        return _constrained(base, constraint)
    return "true or false" if hint is bool else f"map: {hint.__name__}"


def _constrained(base: Any, constraint: object) -> str:  # noqa: ANN401  -- an annotation
    match constraint:
        case Items(most, least):
            return f"array of {_span(least, most)}, each: {_holds(typing.get_args(base)[0])}"
        case Text(most, least, lines):
            return f"text, {_span(least, most)} characters{', several lines' if lines else ''}"
        case Whole(least, most):
            return f"integer, {_number(least)} to {_number(most)}"
        case Raw(size, most):
            return f"{size} bytes" if size is not None else f"bytes, up to {_number(most)}"
        case Choice(words):
            return "text: " + " or ".join(f"`{word}`" for word in words)
        case _:
            raise Complaint(f"nobody says in words what {constraint!r} holds")


def _span(least: int, most: int) -> str:
    return f"up to {_number(most)}" if least == 0 else f"{_number(least)} to {_number(most)}"


def _number(value: int) -> str:
    return "2^53-1" if value == limits.MAX_INTEGER else f"{value:,}"


def _moves() -> str:
    rows = [(at, f"`{kind}`", role, then) for (at, kind), (role, then) in contract.MOVES.items()]
    return _table(("milestone is", "entry", "by the", "then it is"), rows)


def _diagram() -> str:
    ends = {then for _, then in contract.MOVES.values()} - {at for at, _ in contract.MOVES}
    lines = [f"[*] --> {contract.WORKING}"]
    for (at, kind), (role, then) in contract.MOVES.items():
        lines.append(f"{_node(at)} --> {_node(then)}: {kind.partition('/')[0]} ({role})")
    lines += [f"{_node(end)} --> [*]" for end in sorted(ends)]
    return "```mermaid\nstateDiagram-v2\n" + "".join(f"  {line}\n" for line in lines) + "```\n"


def _node(state: str) -> str:
    """A state's name in a diagram, where no blank may stand."""
    return state.replace(" ", "_").replace("-", "_")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
