"""A property ships with bugs that it must catch: each is put into the module, and the same property has to fail.

@given(VALUES)
def test_what_goes_in_comes_out(value):
    comes_back(value)

@pytest.mark.parametrize("bug", [Bug(canonical, "_keys", nothing)], ids=str)
def test_it_would_be_noticed(bug):
    bug.must_be_caught(comes_back, VALUES)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis.strategies import SearchStrategy, tuples


@dataclass(frozen=True)
class Bug:
    """A broken variant of what stands under a name in a module or class."""

    where: Any
    name: str
    broken: Any

    def __str__(self) -> str:
        return f"{self.where.__name__.rpartition('.')[2]}.{self.name}"

    def must_be_caught(
        self,
        holds: Callable[..., None],
        *values: SearchStrategy[Any],
        examples: int = 1_000,
        told_by: type[BaseException] | tuple[type[BaseException], ...] = AssertionError,
    ) -> None:
        """Fail unless the property `holds` breaks for one of `examples` values once the bug is planted."""

        @settings(
            max_examples=examples, database=None, derandomize=True, report_multiple_bugs=False, phases=[Phase.generate]
        )
        @given(tuples(*values))
        def search(drawn: tuple[Any, ...]) -> None:
            holds(*drawn)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.where, self.name, self.broken)
            with pytest.raises(told_by):
                search()


def nothing(*_given: object, **_named: object) -> None:
    """What a check does that somebody forgot to write."""
