"""One vector: what it shows, what to do with what, and what must come of it."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

OK, MALFORMED, UNVERIFIABLE, NOT_ALLOWED, UNSUPPORTED = "ok", "malformed", "unverifiable", "not-allowed", "unsupported"


@dataclass(frozen=True)
class Case:
    """See README.md. Bytes may stand anywhere in `given` and `gives`: they are written as `shown` has them."""

    about: str
    do: str
    given: dict[str, Any]
    expect: str
    gives: dict[str, Any] | None = None

    def text(self) -> str:
        """The file's content."""
        fields: dict[str, Any] = {
            "about": self.about,
            "do": self.do,
            "given": as_json(self.given),
            "expect": self.expect,
        }
        if self.gives is not None:
            fields["gives"] = as_json(self.gives)
        return json.dumps(fields, indent=1, ensure_ascii=True) + "\n"


Cases = dict[str, Case]
"""By file name without `.json`."""


_LONG_RUN = 32


def shown(data: bytes) -> str:
    """Hex; where one byte stands 32 times or more, `00*40` between spaces, so that large documents have small files."""
    pieces = [""]
    for byte, run in itertools.groupby(data):
        length = len(list(run))
        if length < _LONG_RUN:
            pieces[-1] += f"{byte:02x}" * length
        else:
            pieces += [f"{byte:02x}*{length}", ""]
    return " ".join(filter(None, pieces))


def tagged(value: Any) -> Any:
    """A value of the encoding as JSON: bytes are {"bytes": "..."}, maps {"map": {...}}, everything else is itself."""
    if isinstance(value, bytes):
        return {"bytes": shown(value)}
    if isinstance(value, dict):
        return {"map": {key: tagged(item) for key, item in value.items()}}
    if isinstance(value, list):
        return [tagged(item) for item in value]
    return value


def as_json(value: Any) -> Any:
    """The value with bytes as `shown`."""
    if isinstance(value, bytes):
        return shown(value)
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value
