"""Money in words: minor units with the decimal places of their unit."""

from __future__ import annotations

_OTHER_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""ISO 4217 currencies whose minor unit is not a hundredth."""
_CURRENCY_LETTERS = 3


def exponent(unit: str) -> int:
    """Decimal places of a unit: ISO 4217's for three letters; other units (of payment rails) are counted whole."""
    return _OTHER_EXPONENTS.get(unit, 2) if len(unit) == _CURRENCY_LETTERS else 0


def show_money(amount: int, unit: str) -> str:
    """E.g. 150.00 EUR."""
    places = exponent(unit)
    if places == 0:
        return f"{amount} {unit}"
    whole, part = divmod(amount, 10**places)
    return f"{whole}.{part:0{places}d} {unit}"
