"""The owner's settings of what strangers pay and of what is folded, as the core takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freehold.protocol.errors import ProtocolError
from freehold.protocol.kinds.values import check_languages

from .core.desk import Denied
from .core.postage import Postage
from .core.taste import Taste

if TYPE_CHECKING:
    from .config import Config

DEFAULT_PAY_BITS = 20
"""A million tries: half a second to a few seconds of one core."""
MOST_BITS = 26
"""Nobody may be asked for more by setting, nor pay more unasked: half a minute to some minutes of one core."""
_MOST_LANGUAGES = 20
_MOST_CHARACTERS = 4_000
"""The longest cover that there is."""


def postage(config: Config, where: str = "config.toml") -> Postage:
    """What stamps are asked, and paid. Raises Denied."""
    all_bits = {"stamp_ask": config.stamp_ask, "stamp_pay": config.stamp_pay, "fold_stamp": config.fold_stamp}
    for name, bits in all_bits.items():
        if not 0 <= bits <= MOST_BITS:
            raise _bad(where, name, f"{bits} is not a number of bits from 0 to {MOST_BITS}")
    return Postage(ask=config.stamp_ask, want=config.fold_stamp, pay=config.stamp_pay)


def taste(config: Config, where: str = "config.toml") -> Taste:
    """What is folded. Raises Denied."""
    if len(config.fold_languages) > _MOST_LANGUAGES:
        raise _bad(where, "fold_languages", f"more than {_MOST_LANGUAGES} languages")
    try:
        check_languages(config.fold_languages)
    except ProtocolError as error:
        raise _bad(where, "fold_languages", str(error)) from error
    if not 0 <= config.fold_short <= _MOST_CHARACTERS:
        reason = f"{config.fold_short} is not a number of characters from 0 to {_MOST_CHARACTERS}"
        raise _bad(where, "fold_short", reason)
    return Taste(config.fold_stamp, config.fold_languages, config.fold_copies, config.fold_short)


def _bad(where: str, name: str, reason: str) -> Denied:
    return Denied("bad-config", f"{where}: {name}: {reason}", "correct it and start the node again")
