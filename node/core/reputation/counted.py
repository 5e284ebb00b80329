"""Which reviews lie in a table, asked by their keys: the table is sorted by subject, so asking it would read it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from numpy.typing import NDArray

FEW = 1_000
"""Keys that may come and go in any table, however small, before its keys are sorted anew."""
FEW_OF = 20
"""In a larger one, one in so many: sorting then costs each of them a few steps of a logarithm."""


class Counted:
    """The keys of a table, sorted when first asked for (eight bytes each), and those that came and went since."""

    def __init__(self) -> None:
        self._sorted: NDArray[np.uint64] | None = None
        self._since: dict[int, bool] = {}

    def has(self, key: int, keys: NDArray[np.uint64]) -> bool:
        """Whether a review lies in the table, whose keys these are."""
        if self._sorted is None:
            self._sorted = np.sort(keys)
        if key in self._since:
            return self._since[key]
        place = int(self._sorted.searchsorted(np.uint64(key)))
        return place < len(self._sorted) and int(self._sorted[place]) == key

    def came(self, keys: Collection[int]) -> None:
        """These lie in the table from now on."""
        self._note(keys, there=True)

    def went(self, keys: Collection[int]) -> None:
        """These do not, any more."""
        self._note(keys, there=False)

    def forget(self) -> None:
        """The table is another one."""
        self._sorted = None
        self._since.clear()

    def _note(self, keys: Iterable[int], *, there: bool) -> None:
        if self._sorted is None:
            return
        self._since.update(dict.fromkeys(keys, there))
        if len(self._since) > max(FEW, len(self._sorted) // FEW_OF):
            self.forget()
