"""Canonical decimal text, and order-preserving integers of it."""

from decimal import Decimal


def plain_number(text: str) -> str:
    """Return the canonical text of a number: no plus, no needless zeros, zero without a sign.

    >>> plain_number("+007.500"), plain_number("-0.0"), plain_number(".5")
    ('7.5', '0', '0.5')
    """
    whole, _, fraction = text.lstrip("+-").partition(".")
    fraction = fraction.rstrip("0")
    plain = whole.lstrip("0") or "0"
    if fraction:
        plain = f"{plain}.{fraction}"
    return f"-{plain}" if text.startswith("-") and plain != "0" else plain


def plain_decimal(number: Decimal) -> str:
    """Return the plain text of a decimal.

    >>> plain_decimal(Decimal("1E-7"))
    '0.0000001'
    """
    return plain_number(format(number, "f"))


def scaled_floor(plain: str, places: int) -> tuple[int, bool]:
    """Return a plain number times ten to the places, rounded down, and whether that is exact.

    >>> scaled_floor("1.25", 4), scaled_floor("-1.25", 1), scaled_floor("-1.25", 2)
    ((12500, True), (-13, False), (-125, True))
    """
    whole, _, fraction = plain.partition(".")
    exact = len(fraction) <= places
    cut = int(whole + fraction[:places].ljust(places, "0"))
    return (cut if exact or plain[0] != "-" else cut - 1), exact
