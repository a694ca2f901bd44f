"""The nouns of this face in the messages of the core. Source: docs/api/sigma.md, Errors."""

import re
from dataclasses import replace

from pims_api.domain.attributes.attribute import VARIATION_OF
from pims_api.errors import Fault

_NOUNS = {
    "A product type's name": "The alias of a schema",
    "An attribute name": "The alias of an attribute",
    "another product": "another record or variant",
    "products of type": "records of the schema",
    "product types": "schemas",
    "product type": "schema",
    "Products": "Records",
    "products": "records",
    "product": "record",
    "a validation that is a mask": "another pattern",
    "a validation: masks are": "a pattern: patterns are",
    "the mask": "the pattern",
    "mask": "pattern",
    "a max_length": "a maxLength",
    "collection flag": "multiple",
}
# Nothing within quotes, and no part of a name such as product-type.
_ANY = re.compile(rf"(?<![\w'-])(?:{'|'.join(map(re.escape, _NOUNS))})(?![\w'-])")


_TOO_DEEP = "The variant would lie too deep: the SKUs of what is above it are too long together!"


def in_own_nouns(fault: Fault) -> Fault:
    """Return a fault whose message has the nouns of this face; names of attributes stay.

    >>> in_own_nouns(Fault("not_unique", "mask is that of another product!", "mask")).message
    'mask is that of another record or variant!'
    """
    if fault.code == "limit" and fault.attribute == VARIATION_OF:
        return replace(fault, message=_TOO_DEEP)
    name = fault.attribute or ""
    start = len(name) if fault.message.startswith(name) else 0
    said = _ANY.sub(lambda found: _NOUNS[found[0]], fault.message[start:])
    return replace(fault, message=fault.message[:start] + said)
