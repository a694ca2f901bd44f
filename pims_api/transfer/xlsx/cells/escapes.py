r"""Characters that XML cannot hold, written `_xHHHH_` as ECMA-376 (22.9.2.19) has it.

A carriage return is among them, since XML readers turn it into a line feed. Text that looks like
such an escape has its underscore escaped.
"""

import re

_CLOSES = "_\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
# Also where the closing underscore will only come from the escape of the next character.
_UNWELCOME = re.compile(
    f"[{_CLOSES[1:]}]|_(?=x[0-9A-Fa-f]{{4}}[{_CLOSES}])",
)
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_SURROGATES = re.compile("[\ud800-\udfff]")


def escape(text: str) -> str:
    r"""Return the text as XLSX holds it.

    >>> escape("a\rb"), escape("_x0041_"), escape("_x0041\x01")
    ('a_x000D_b', '_x005F_x0041_', '_x005F_x0041_x0001_')
    """
    return _UNWELCOME.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescape(text: str) -> str:
    r"""Reverse `escape`; half a surrogate pair becomes U+FFFD.

    >>> unescape("a_x000D_b"), unescape("_x005F_x0041_")
    ('a\rb', '_x0041_')
    """
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if _SURROGATES.search(plain):
        return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return plain
