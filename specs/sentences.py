"""The sentences that a node says in English, gathered from its source: errors, findings of the doctor, notices.

They are written where they are needed, mostly as f-strings: `f"there are {MOST} tokens already"` becomes the template
`there are {most} tokens already`. Followed are literals, f-strings, conditions, sums, names that are assigned in the
same function or module, loops over constants, and functions that return a sentence or hand a parameter on into one.
"""

from __future__ import annotations

import ast
import re
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from . import scopes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .scopes import Module, Scope

ROOT = Path(__file__).parent.parent
SPOKEN = (
    "node/core", "node/api", "node/policies", "node/pay", "node/store", "node/files", "node/doctor.py",
    "node/page_checks.py",
    "node/config.py", "node/settings.py", "node/keystore.py", "node/keyring.py", "node/newcomer.py", "node/backup.py",
    "node/plugins.py", "node/folder.py", "protocol/kinds", "protocol/fold", "protocol/evidence.py",
    "protocol/money.py", "protocol/text.py", "protocol/schema.py", "protocol/network.py", "protocol/kind.py",
)  # fmt: skip
"""Where what is said may reach a person in front of the page."""
SILENT = (
    "node/api/export_page.py", "node/api/wording.py", "node/core/admission.py", "node/core/standing.py",
    "node/store/search.py", "protocol/kinds/forks.py",
)  # fmt: skip
"""Files whose text is a document by itself (an export, what is signed), or is for other nodes."""
SPEAKERS: dict[str, tuple[int | str, ...]] = {
    "Denied": (1, "what", 2, "hint"),
    "Refusal": (2, "what", 3, "hint"),
    "problem_json": (2, 3),
    "plain_page": (1, 2),
    "node/doctor.py Finding": (1, "what", 2, "why", 3, "do"),
    "node/page_checks.py Finding": (1, "what", 2, "why", 3, "do"),
    "node/core/reminding.py _Reminder": (3, "text"),
    "Notice": (4, "text"),
    "Remark": (1, "words"),
    "NotAllowed": (0,),
    "Malformed": (0,),
    "Unverifiable": (0,),
    "StorageFull": (0,),
    "StorageAway": (0,),
    "StorageBroken": (0,),
    "OSError": (0,),
    "node/files/fetching.py _Unwilling": (0,),
    "node/files/fetching.py _Liar": (0,),
    "BadCertificate": (0,),
}
"""Calls whose arguments, by place or by name, are sentences: anywhere, or in one file."""
WRITTEN = "S_"
"""A sentence that is written as a template already."""
_REASON = re.compile(r"\bstr( \| None)?$")
"""What a function is annotated with that returns a reason or a label; of these, sentences of three words are taken."""
_WORDS = 3
_REFUSES = "refuse"
"""What a constraint says of a field, without the name of the field."""
_NOTES = ("note", "trouble", "reason", "_NOTE")
"""Names under which a sentence is kept for later."""
_MOST = 24
"""Ways in which one expression may be composed; more is no sentence of ours."""
_DEEP = 6
Text = tuple[str, str]
"""A sentence for one thing, and for many ("" for a sentence without a number)."""
Pieces = tuple[str, ...]
"""A sentence in pieces: what stands in it at even places, the names of its values at odd ones."""


def said(root: Path = ROOT, spoken: tuple[str, ...] = SPOKEN) -> dict[Text, list[str]]:
    """Every sentence as a template with the names of its values in braces, and the files that it stands in."""
    modules = [scopes.read(path, root) for path in _files(root, spoken)]
    speakers = dict(SPEAKERS)
    while True:
        before, found = dict(speakers), dict[Text, list[str]]()
        for module in modules:
            _Gatherer(module, speakers, found).gather()
        if before == speakers:
            return found


def _files(root: Path, spoken: tuple[str, ...]) -> list[Path]:
    paths = [root / name for name in spoken]
    files = [found for path in paths for found in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    return [path for path in files if str(path.relative_to(root)) not in SILENT]


class _Gatherer:
    """One module, looked through once: what it says goes into `found`, who hands sentences on into `speakers`."""

    def __init__(
        self, module: Module, speakers: dict[str, tuple[int | str, ...]], found: dict[Text, list[str]]
    ) -> None:
        self._module, self._speakers, self._found = module, speakers, found

    def gather(self) -> None:
        """What speakers are called with, what is kept for later, and the reasons that functions return."""
        for scope in self._module.scopes:
            for spot in scope.spots:
                match spot:
                    case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=text)]) if name == WRITTEN:
                        self._keep((str(text), ""))
                    case ast.Call():
                        for sentence in self._sentences_of(spot):
                            self._take(sentence, scope)
                    case ast.Return(value=ast.expr() as value) if _gives_reasons(scope):
                        refuses = scope.function is not None and scope.function.name == _REFUSES
                        self._take(value, scope, _WORDS, "{field} " if refuses else "")
                    case (
                        ast.Assign(targets=[ast.Name(id=name)], value=value)
                        | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                    ) if name in _NOTES:
                        self._take(value, scope, _WORDS)
                    case _:
                        pass

    def _sentences_of(self, call: ast.Call) -> list[ast.expr]:
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        places = self._speakers.get(name) or self._speakers.get(f"{self._module.name} {name}", ())
        by_place = [argument for place, argument in enumerate(call.args) if place in places]
        return by_place + [word.value for word in call.keywords if word.arg in places]

    def _take(self, sentence: ast.expr, scope: Scope, words: int = 1, prefix: str = "") -> None:
        for pieces in self._ways(sentence, scope, 0):
            text = prefix + "".join(piece if not place % 2 else f"{{{piece}}}" for place, piece in enumerate(pieces))
            if " " in text and sum(len(re.findall(r"[^\W\d_]+", piece)) for piece in pieces[::2]) >= words:
                self._keep((text, ""))

    def _keep(self, text: Text) -> None:
        files = self._found.setdefault(text, [])
        if self._module.name not in files:
            files.append(self._module.name)

    def _ways(self, what: ast.expr, scope: Scope, deep: int) -> list[Pieces]:
        """All sentences that an expression may stand for."""
        found: list[Pieces] = []
        match what:
            case _ if deep > _DEEP:
                pass
            case ast.Constant(value=str() as text) if "{" not in text:
                found.append((text,))
            case ast.JoinedStr(values=values):
                found += _joined([self._part(value, scope, deep) for value in values])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                found += _joined([self._part(side, scope, deep) for side in (left, right)])
            case ast.Subscript(value=ast.JoinedStr() as whole, slice=ast.Slice()):
                found += self._ways(whole, scope, deep)
            case ast.Call(func=ast.Name(id="counted"), args=[_, ast.Constant(value=one), ast.Constant(value=many)]):
                self._keep((str(one), str(many)))
            case _:
                for value, within in self._stands_for(what, scope):
                    found += self._ways(value, within, deep + 1)
        return found

    def _stands_for(self, what: ast.expr, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """The expressions that another one chooses from or names, each with the scope in which it stands."""
        match what:
            case ast.IfExp(body=body, orelse=other):
                yield from ((side, scope) for side in (body, other))
            case ast.BoolOp(values=values):
                yield from ((side, scope) for side in values)
            case ast.Call(func=ast.Name(id="next"), args=[ast.GeneratorExp(elt=each), *others]):
                yield from ((side, scope) for side in (each, *others))
            case ast.Name(id=name) if name in scope.names or name in self._module.constants:
                yield from ((value, scope) for value in scope.names.get(name) or self._module.constants[name])
            case ast.Name(id=name):
                self._hands_on(scope, name)
            case ast.Call(func=ast.Name(id=name)):
                yield from self._returned(name, None)
            case ast.Subscript(value=ast.Call(func=ast.Name(id=name)), slice=ast.Constant(value=int() as place)):
                yield from self._returned(name, place)
            case ast.Subscript(value=values, slice=place):
                yield from ((value, scope) for value in self._held(values, place))
            case _:
                pass

    def _part(self, part: ast.expr, scope: Scope, deep: int) -> list[Pieces]:
        """What stands at one place of a sentence: letters of it, or a value, which may be a sentence by itself."""
        if isinstance(part, ast.Constant):
            return self._ways(part, scope, deep)
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        if isinstance(inner, ast.Name | ast.IfExp | ast.BoolOp | ast.Call | ast.Subscript):
            self._take(inner, scope, 2)
        if not isinstance(part, ast.FormattedValue) and (found := self._ways(part, scope, deep + 1)):
            return found
        return [("", _called(inner), "")]

    def _hands_on(self, scope: Scope, name: str) -> None:
        """A parameter that goes into a sentence makes its function a speaker; a method stays none."""
        places = scope.parameters
        if scope.function is None or name not in places or places[0] in ("self", "cls"):
            return
        function, key = scope.function.name, f"{self._module.name} {scope.function.name}"
        if not scope.is_private and scope.returns == "Denied":
            key = function
        elif not scope.is_private:
            return
        self._speakers[key] = tuple(dict.fromkeys((*self._speakers.get(key, ()), places.index(name), name)))

    def _returned(self, name: str, place: int | None) -> Iterator[tuple[ast.expr, Scope]]:
        function = self._module.function(name)
        if function is None:
            return
        for spot in function.spots:
            match spot:
                case ast.Return(value=ast.Tuple(elts=parts)) if place is not None and place < len(parts):
                    yield parts[place], function
                case ast.Return(value=ast.expr() as value) if place is None:
                    yield value, function
                case _:
                    pass

    def _held(self, values: ast.expr, place: ast.expr) -> list[ast.expr]:
        """What a constant of the module holds, or one part of each."""
        match values, place:
            case ast.Subscript(value=ast.Name(id=name)), ast.Constant(value=int() as number):
                rows = [row for held in self._module.constants.get(name, ()) for row in _rows(held)]
                return [row.elts[number] for row in rows if isinstance(row, ast.Tuple) and number < len(row.elts)]
            case ast.Name(id=name), _:
                return [row for held in self._module.constants.get(name, ()) for row in _rows(held)]
            case _:
                return []


def _gives_reasons(scope: Scope) -> bool:
    """Private functions and properties that return text; public ones only if they may return something else too."""
    return (
        scope.returns == "str" and scope.is_private if "|" not in scope.returns else bool(_REASON.search(scope.returns))
    )


def _rows(held: ast.expr) -> list[ast.expr]:
    match held:
        case ast.Tuple(elts=rows) | ast.List(elts=rows) | ast.Dict(values=rows):
            return rows
        case _:
            return []


def _joined(parts: list[list[Pieces]]) -> list[Pieces]:
    """Every way to put one of each part after the other."""
    found: list[Pieces] = []
    for way in product(*parts):
        pieces: list[str] = [""]
        for part in way:
            pieces[-1] += part[0]
            for name, text in zip(part[1::2], part[2::2], strict=True):
                taken = sum(name == other.partition("_")[0] for other in pieces[1::2])
                pieces += [f"{name}_{taken + 1}" if name in pieces[1::2] else name, text]
        found.append(tuple(pieces))
    return found[:_MOST]


def _called(value: ast.expr) -> str:
    """What a translator sees a value called."""
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower()
        case ast.Call(func=ast.Name(id="len" | "int" | "str" | "round" | "max" | "min"), args=[inner, *_]):
            return _called(inner)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name)) | ast.Attribute(attr=name)):
            return name.strip("_").lower()
        case ast.BinOp(left=left) | ast.Subscript(value=left) | ast.BoolOp(values=[left, *_]):
            return _called(left)
        case _:
            return "value"
