"""Kinds, rankings, triages and rails by entry point: the built-in ones come in by the same door as a stranger's."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, cast

from freehold.protocol.kind import AnyKind, Kind, Registry

from .core.desk import Denied

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .core.ports import Rail, Ranking, Triage

KINDS, RANKINGS, RAILS, TRIAGES = "freehold.kinds", "freehold.rankings", "freehold.rails", "freehold.triage"
_OURS = "freehold"


def registry(points: Iterable[EntryPoint] | None = None) -> Registry:
    """All installed kinds. Raises Denied for a plugin that does not load, or a name defined twice."""
    found: dict[str, tuple[AnyKind, EntryPoint]] = {}
    for point in _points(KINDS, points):
        for kind in _kinds(point):
            if kind.name in found:
                raise _broken(point, f"it defines {kind.name} again, after {_origin(found[kind.name][1])}")
            found[kind.name] = (kind, point)
    try:
        return Registry(kind for kind, _ in found.values())
    except ValueError as error:
        raise Denied("broken-plugin", f"a plugin defines a kind wrongly: {error}", "remove or repair it") from error


def ranking(name: str, points: Iterable[EntryPoint] | None = None) -> Ranking:
    """The ranking of that name. Raises Denied if there is none, or two, or it does not load."""
    return cast("Ranking", _policy("ranking", RANKINGS, name, "market", points))


def triage(name: str, points: Iterable[EntryPoint] | None = None) -> Triage:
    """The triage of that name. Raises Denied if there is none, or two, or it does not load."""
    return cast("Triage", _policy("triage", TRIAGES, name, "look", points))


def rails(points: Iterable[EntryPoint] | None = None) -> dict[str, Rail]:
    """All installed ways to pay. Raises Denied for one that does not load, or a name defined twice."""
    found: dict[str, tuple[Rail, EntryPoint]] = {}
    for point in _points(RAILS, points):
        loaded = _load(point)
        texts = (getattr(loaded, "name", None), getattr(loaded, "note", None))
        methods = (getattr(loaded, method, None) for method in ("quote", "describe", "check"))
        if not all(map(callable, methods)) or not all(isinstance(text, str) for text in texts):
            raise _broken(point, "it is not a rail: it lacks a name, a note, or one of quote, describe, check")
        rail = cast("Rail", loaded)
        if rail.name in found:
            raise _broken(point, f"it defines the rail {rail.name} again, after {_origin(found[rail.name][1])}")
        found[rail.name] = (rail, point)
    return {name: rail for name, (rail, _) in found.items()}


def _policy(what: str, group: str, name: str, method: str, points: Iterable[EntryPoint] | None) -> object:
    """A policy of which one is chosen in the config, by the setting `what`."""
    found = _points(group, points)
    named = [point for point in found if point.name == name]
    if not named:
        known = ", ".join(sorted({point.name for point in found})) or "none"
        raise Denied(
            f"no-such-{what}", f"there is no {what} {name!r}; installed: {known}", f"change `{what}` in config.toml"
        )
    if len(named) > 1:
        raise _broken(named[1], f"it defines the {what} {name} again, after {_origin(named[0])}")
    loaded = _load(named[0])
    texts = (getattr(loaded, "name", None), getattr(loaded, "note", None))
    if not callable(getattr(loaded, method, None)) or not all(isinstance(text, str) for text in texts):
        raise _broken(named[0], f"it is not a {what}: it lacks a name, a note or a {method} method")
    return loaded


def _points(group: str, given: Iterable[EntryPoint] | None) -> list[EntryPoint]:
    """In an order that does not depend on the file system; ours first, so that whoever defines it again is named."""
    found = _installed(group) if given is None else [point for point in given if point.group == group]
    return sorted(found, key=lambda point: (_origin(point) != _OURS, _origin(point), point.name))


def _installed(group: str) -> Iterable[EntryPoint]:
    return _everything_installed().select(group=group)


@cache
def _everything_installed():  # noqa: ANN202  -- its type has another name in Python 3.11 than later
    """It does not change while a node runs, and is found in hundreds of folders."""
    return entry_points()


def _kinds(point: EntryPoint) -> list[AnyKind]:
    loaded = _load(point)
    kinds = cast("list[object]", [loaded] if isinstance(loaded, Kind) else _listed(point, loaded))
    for kind in kinds:
        if not isinstance(kind, Kind):
            raise _broken(point, f"{kind!r:.80} is not a Kind")
    return cast("list[AnyKind]", kinds)


def _listed(point: EntryPoint, loaded: object) -> list[object]:
    try:
        return list(cast("Iterable[object]", loaded))
    except TypeError as error:
        raise _broken(point, "it is neither a Kind nor a list of Kinds") from error


def _load(point: EntryPoint) -> object:
    try:
        return point.load()
    except Exception as error:  # a stranger's module may raise anything at all, and the person must know whose it is
        raise _broken(point, f"{type(error).__name__}: {error}") from error


def _origin(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value


def _broken(point: EntryPoint, reason: str) -> Denied:
    return Denied(
        "broken-plugin",
        f"the plugin {point.name!r} of {_origin(point)} cannot be used: {reason}",
        f"update or remove it (pip uninstall {_origin(point)}), then start the node again",
    )
