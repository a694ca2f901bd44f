"""How the Chorus files go through the import commands of `pims`.

The lines of products are imported as they are. Codes that are longer than the name of an attribute
are mapped; a label keeps the code as it was. What is refused is numbers with an exponent: the file
of refused lines is written anew with all their digits, and imported like the first one.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.catalogues.importing import (
    import_attributes,
    import_products,
    mapped,
    unpacked,
    write_lines,
)
from tests.catalogues.mappings.attribute_definition import attribute
from tests.catalogues.shop import Shop
from tests.catalogues.sources.chorus import ChorusSource, kind_of

Json = dict[str, Any]

NAME_LENGTH_MAX = 64
LISTED = "filterable indexable"
TYPES = {"text": "string", "number": "number", "boolean": "boolean"}
OWN_ATTRIBUTES = (
    attribute("model", "string", "name", f"searchable {LISTED}"),
    attribute("ean", "string", "EAN", "collection unique searchable filterable"),
    attribute("short_description", "text", "Short description"),
    attribute("image", "media", "Image"),
    attribute("date_released", "datetime", "Released", LISTED),
    attribute("supplier", "dropdown", "Supplier", f"searchable {LISTED}"),
    attribute("price", "number", "Price", LISTED, min="0"),
)
MEANING = {"id": "sku", "name": "model", "img_high": "image"}
VIEW, VIEW_WIDTH = "narrow", 30


def names_of(source: ChorusSource) -> dict[str, str]:
    """Return code → name of the attribute."""
    return {one["code"]: _name(one["code"], place) for place, one in enumerate(source.attributes)}


def attribute_items(source: ChorusSource) -> Iterator[Json]:
    """Yield the entries for `pims attribute import`."""
    yield from OWN_ATTRIBUTES
    long = source.long_texts()
    for code, name in names_of(source).items():
        if code in long:
            yield attribute(name, "text", code)
        else:
            yield attribute(name, TYPES[kind_of(code)], code, LISTED)


def import_all(shop: Shop, source: ChorusSource, to: Path) -> tuple[Json, Json, Json]:
    """Import attributes, products, and products that were refused, corrected; return the totals."""
    refused = to / "refused.jsonl"
    attributes = write_lines(to / "attributes.jsonl", attribute_items(source))
    return (
        import_attributes(shop, attributes),
        import_products(
            shop, unpacked(source.packed, to), *options(source), "--errors", str(refused)
        ),
        import_products(shop, corrected(refused, to), *options(source, refused)),
    )


def options(source: ChorusSource, file: Path | None = None) -> list[str]:
    """Return the options of the import. file: only those for keys that occur in it."""
    renamed = {code: name for code, name in names_of(source).items() if code != name}
    keys = _keys(source.products if file is None else _lines(file))
    wanted = {theirs: ours for theirs, ours in (MEANING | renamed).items() if theirs in keys}
    return [*mapped(wanted), "--create-missing", "dictionary"]


def corrected(refused: Path, to: Path) -> Path:
    """Write a file of refused lines with every number in full."""
    path = to / "corrected.jsonl"
    path.write_text("".join(f"{_in_full(one)}\n" for one in _lines(refused)), encoding="utf-8")
    return path


def make_view(shop: Shop, source: ChorusSource) -> None:
    """Make the View of what most products have; shops need the categories too."""
    names = names_of(source)
    shown = [names[code] for code in source.commonest(VIEW_WIDTH)]
    words = [word for name in shown for word in ("--attribute", name)]
    shop.run_pims("view", "add", VIEW, *words, "--attribute", "categories")


def _name(code: str, place: int) -> str:
    if len(code) <= NAME_LENGTH_MAX:
        return code
    end = f"_{place}"
    return code[: NAME_LENGTH_MAX - len(end)] + end


def _lines(path: Path) -> list[Json]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines]


def _keys(products: list[Json]) -> set[str]:
    return {key for one in products for key in one}


def _in_full(one: Json) -> str:
    """Return a line of JSON whose decimals have all their digits."""
    texts = {key: format(value, "f") for key, value in one.items() if isinstance(value, Decimal)}
    return json.dumps(one | texts, ensure_ascii=False)
