"""Numbers in a sheet: binary floats written with up to 17 digits, of which a person sees 15."""

from decimal import Context, Decimal, InvalidOperation

DIGITS_SEEN = 15  # Excel keeps and shows no more

_SEEN = Context(prec=DIGITS_SEEN)
_EXPONENT_MAX = 308  # of a binary float


def number_text(written: str) -> str:
    """Return the decimal text of a number cell, without exponent and without float noise.

    Whole numbers keep all their digits. Raises ValueError when it is no number.

    >>> number_text("12.100000000000001"), number_text("3.0"), number_text("1.5E-3")
    ('12.1', '3', '0.0015')
    """
    if written.isascii() and written.isdigit() and (written[0] != "0" or written == "0"):
        return written
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise ValueError(written) from None
    if not number.is_finite() or abs(number.adjusted()) > _EXPONENT_MAX:
        raise ValueError(written)
    if not written.lstrip("-").isdigit():
        number = _SEEN.plus(number)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def is_exact(written: str) -> bool:
    """Return whether a number cell gives back this very text, in a spreadsheet too.

    >>> is_exact("12.1"), is_exact("12.10"), is_exact("1234567890123456")
    (True, False, False)
    """
    digits = sum(character.isdigit() for character in written)
    try:
        return digits <= DIGITS_SEEN and number_text(written) == written
    except ValueError:
        return False
