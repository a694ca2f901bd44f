"""The Chorus files as they are: electronics from Icecat, wide and sparse.

Numbers are read exactly, as they stand; some have an exponent.
"""

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

Json = dict[str, Any]

STRING_LENGTH_MAX = 255  # longer texts are shown, not chosen by
WHOLE, SAMPLE = "products.jsonl.gz", "sample-2000.jsonl.gz"
PREFIXES = {"attr_t_": "text", "attr_n_": "number", "attr_b_": "boolean"}
_EXPONENT = re.compile(rb":-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+[,}]")


@dataclass(frozen=True, slots=True)
class ChorusSource:
    """attributes: one per code `attr_*`. short: the ids of products with a shortened number."""

    packed: Path
    products: list[Json]
    attributes: list[Json]
    short: list[str]

    def long_texts(self) -> set[str]:
        """Return the codes whose longest text is no short one."""
        return {one["code"] for one in self.attributes if one.get("max_len", 0) > STRING_LENGTH_MAX}

    def commonest(self, count: int) -> list[str]:
        """Return the codes that most products have."""
        codes = {one["code"] for one in self.attributes}
        found = Counter(code for one in self.products for code in one if code in codes)
        return [code for code, _ in found.most_common(count)]


def read(folder: Path, name: str = SAMPLE) -> ChorusSource:
    """Return the source. name: WHOLE or SAMPLE."""
    lines = gzip.decompress((folder / name).read_bytes()).splitlines()
    short = [json.loads(line)["id"] for line in lines if _EXPONENT.search(line)]
    return ChorusSource(
        packed=folder / name,
        products=[json.loads(line, parse_float=Decimal) for line in lines],
        attributes=json.loads(gzip.decompress((folder / "attributes.json.gz").read_bytes())),
        short=short,
    )


def kind_of(code: str) -> str:
    """Return text, number or boolean.

    >>> kind_of("attr_n_weight")
    'number'
    """
    return PREFIXES[code[: len("attr_t_")]]
