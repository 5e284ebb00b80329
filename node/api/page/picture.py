"""The history of a reputation as a picture: where its lines and points are. The template draws it as SVG, so that it
needs no script, prints, and reads aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..port import Json

    Points = list[tuple[float, float]]

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 14, 26
"""Room for the numbers at the side and the years below."""
MOST_POINTS = 200
"""More changes than this are drawn as every n-th: a screen has no more places, and a page no more bytes."""
GRID = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Dot:
    """One change: where it stands, when it was (ms), and the number from then on."""

    x: float
    y: float
    at: int
    mean: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Paths in SVG's own language, the dots on them; `grid`: (height, number), `ends`: the first and last time."""

    band: str
    line: str
    dots: tuple[Dot, ...]
    grid: tuple[tuple[float, int], ...]
    ends: tuple[int, int]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def history(changes: Sequence[Json], now: int) -> Picture | None:
    """The changes of a score in order of time, as GET /reputation/{ref}/history has them; None without any.

    A score holds until the next one, so the line goes in steps, and its last step reaches to `now`.
    """
    if not changes:
        return None
    step = -(-len(changes) // MOST_POINTS)
    drawn = [*changes[:-1:step], changes[-1]]
    first, last = drawn[0]["at"], max(now, drawn[-1]["at"])
    if last == first:
        first -= 1

    def across(at: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (at - first) / (last - first), 1)

    upper = _steps(drawn, "upper", across, last)
    lower = _steps(drawn, "lower", across, last)
    return Picture(
        band=_path([*upper, *reversed(lower)]) + "Z",
        line=_path(_steps(drawn, "mean", across, last)),
        dots=tuple(Dot(across(one["at"]), _down(one["mean"]), one["at"], one["mean"]) for one in drawn),
        grid=tuple((_down(number / 100), number) for number in GRID),
        ends=(first, last),
    )


def _steps(drawn: Sequence[Json], name: str, across: Callable[[int], float], last: int) -> Points:
    found: Points = []
    for one, following in zip(drawn, [*drawn[1:], None], strict=True):
        y = _down(one[name])
        found += [(across(one["at"]), y), (across(last if following is None else following["at"]), y)]
    return found


def _down(share: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(1.0, max(0.0, share))), 1)


def _path(points: Points) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
