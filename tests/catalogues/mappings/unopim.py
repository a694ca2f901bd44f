"""How the UnoPim files become attributes, product types, categories and products: pure functions.

family         a product type; its completeness list are the required attributes
select         dropdown; multiselect and checkbox: a collection of them
measurement    number, in the one unit that the attribute has; other units are refused
text           string, or number where it is validated as one
textarea       text, or html where it is edited as such
datetime       string: PIMS dates have no time
price, cost    one number per currency
name           title, which becomes localizable
association    a collection of SKUs; what the link itself carries goes to `association_data`
variant        a variation with the values of its product, except what identifies one article
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.catalogues.mappings.attribute_definition import attribute, dictionary
from tests.catalogues.sources.unopim import (
    CURRENCIES,
    DEFAULT_LOCALE,
    OTHER_LOCALES,
    UnopimSource,
    locale_code,
    variant_sku,
)

Json = dict[str, Any]

LISTED = "filterable indexable"
LOCALES = (DEFAULT_LOCALE, *OTHER_LOCALES)
DROPDOWNS = ("select", "multiselect", "checkbox")
COLLECTIONS = ("multiselect", "checkbox", "gallery")
SEARCHED = ("short_description", "highlights")
IDENTIFIERS = ("ean", "product_number")
LINK_DATA = "association_data"
COMPLETENESS = "completeness"
RENAMED = {
    "name": ("title",),
    "price": ("price_usd", "price_eur"),
    "cost": ("cost_usd", "cost_eur"),
    "sku": (),
}
BASE_TYPES: dict[str, Json] = {
    "url_key": {"type": "text"},
    "brand": {"type": "select"},
    "product_number": {"type": "text"},
    "color": {"type": "select"},
    "size": {"type": "select"},
    "short_description": {"type": "textarea", "value_per_locale": True},
    "description": {"type": "textarea", "value_per_locale": True, "enable_wysiwyg": True},
    "meta_title": {"type": "text", "value_per_locale": True},
    "meta_keywords": {"type": "text", "value_per_locale": True},
    "meta_description": {"type": "textarea", "value_per_locale": True},
    "image": {"type": "image"},
    "weight": {"type": "measurement"},
    "length": {"type": "measurement"},
    "width": {"type": "measurement"},
    "height": {"type": "measurement"},
}


def attribute_items(source: UnopimSource) -> list[Json]:
    """Return the items for `addAttribute`."""
    codes: Mapping[str, Json] = BASE_TYPES | source.attributes
    return [
        *(_attribute_item(source, code, words) for code, words in codes.items()),
        *(attribute(name, "number", name, LISTED) for name in RENAMED["price"] + RENAMED["cost"]),
        *(
            attribute(code, "relation", _labels(one["labels"]), "collection filterable")
            for code, one in source.link_types.items()
        ),
        attribute(LINK_DATA, "text", "Association data"),
        attribute(COMPLETENESS, "completeness", "Completeness", LISTED),
    ]


def product_types(source: UnopimSource) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield name, attributes and required attributes of each family."""
    links = [*source.link_types, LINK_DATA, COMPLETENESS]
    for family in source.families:
        own = [code for group in family["groups"].values() for code in group]
        attributes = [name for code in own for name in outward(code)]
        required = [name for code in family["completeness"] for name in outward(code)]
        yield family["code"], attributes + links, required


def outward(code: str) -> tuple[str, ...]:
    """Return the attributes that hold what UnoPim keeps under this code."""
    return RENAMED.get(code, (code,))


def category_items(source: UnopimSource) -> list[Json]:
    """Return the items for `addCategory`, parents first: the file has them so."""
    return [
        {
            "path": source.category_path(one["code"]),
            "cat_label": _labels(one["names"]),
            "cat_data": {**one["common"], "descriptions": _labels(one["descriptions"])},
        }
        for one in source.categories
    ]


def products(source: UnopimSource) -> Iterator[Json]:
    """Yield the bodies of createProduct, each product before its variants."""
    for one in source.products:
        own = _values(source, one)
        if "axes" in one:
            own["variation_attributes"] = one["axes"]
        yield _body(one["sku"], own, product_type=one["family"])
        for variant in one.get("variants", []):
            yield _body(
                variant_sku(one, variant),
                variant_values(source, one, variant),
                product_type=one["family"],
            )


def variant_values(source: UnopimSource, product: Json, variant: Json) -> Json:
    """Return the attributes of a variant."""
    values = _values(source, product) | variant["axis"] | {"variation_of": product["sku"]}
    return {name: value for name, value in values.items() if name not in IDENTIFIERS}


def translations(source: UnopimSource, locale: str) -> Iterator[Json]:
    """Yield the bodies of editProduct that say in that locale what is written for it."""
    for one in source.products:
        words = localized(one, locale)
        if words:
            yield _body(one["sku"], words)
            yield from (_body(variant_sku(one, each), words) for each in one.get("variants", []))


def localized(product: Json, locale: str) -> Json:
    """Return the attributes that a product has in a locale, under their PIMS names."""
    words = product["locales"].get(locale, {})
    return {outward(code)[0]: text for code, text in words.items()}


def links(source: UnopimSource) -> Iterator[Json]:
    """Yield the bodies of editProduct that link products, once all are there."""
    for sku, kinds in source.links.items():
        values: Json = {code: [target(one) for one in found] for code, found in kinds.items()}
        carried = {
            code: [one for one in found if carries_more(one)] for code, found in kinds.items()
        }
        carried = {code: found for code, found in carried.items() if found}
        if carried:
            values[LINK_DATA] = json.dumps(carried, ensure_ascii=False, sort_keys=True)
        yield _body(sku, values)


def target(link: Any) -> str:
    """Return the SKU that a link leads to; some links are objects that carry more."""
    return str(link["sku"] if carries_more(link) else link)


def carries_more(link: Any) -> bool:
    """Return whether a link has values of its own, such as a quantity or a note."""
    return isinstance(link, dict)


def _attribute_item(source: UnopimSource, code: str, words: Json) -> Json:
    kind = _kind(words)
    flags = ["collection"] if words["type"] in COLLECTIONS else []
    if words.get("value_per_locale"):
        flags.append("localizable")
    if code in SEARCHED:
        flags.append("searchable")
    if words.get("is_unique"):
        flags.append("unique")
    if kind not in ("text", "html", "media"):
        flags += LISTED.split() if "collection" not in flags else ["filterable"]
    labels = _labels(words.get("labels", {DEFAULT_LOCALE: code}))
    return attribute(code, kind, labels, " ".join(flags), **_rules(source, code, words))


def _kind(words: Json) -> str:
    if words["type"] in DROPDOWNS:
        return "dropdown"
    if words["type"] == "measurement" or words.get("validation") == "numeric":
        return "number"
    if words["type"] == "textarea":
        return "html" if words.get("enable_wysiwyg") else "text"
    kinds = {"boolean": "boolean", "date": "date", "text": "string", "datetime": "string"}
    return kinds.get(words["type"], "media")


def _rules(source: UnopimSource, code: str, words: Json) -> Json:
    rules: Json = {"group": words["group"]} if "group" in words else {}
    if code in source.options:
        rules |= _options(source.options[code])
    if "regex_pattern" in words:
        rules["validation"] = words["regex_pattern"].strip("/").removeprefix("^").removesuffix("$")
    if code in source.units:
        rules["comment"] = {"en-us": f"in {source.units[code].lower()}"}
    return rules


def _options(options: list[Json]) -> Json:
    locales = [locale_code(one) for one in LOCALES]
    rows = [
        [one["code"], *(one["labels"][locale] for locale in LOCALES), one.get("swatch_value", "")]
        for one in options
    ]
    return dictionary(["value", *locales, "swatch"], rows)


def _labels(names: Mapping[str, str]) -> dict[str, str]:
    return {locale_code(locale): text for locale, text in names.items()}


def _values(source: UnopimSource, product: Json) -> Json:
    common = {
        code: _measured(source, code, value) if isinstance(value, dict) else value
        for code, value in product["common"].items()
    }
    amounts = {
        f"{code}_{currency.lower()}": product[key][currency]
        for code, key in (("price", "prices"), ("cost", "cost"))
        for currency in CURRENCIES
    }
    return {
        **localized(product, DEFAULT_LOCALE),
        "categories": [source.category_path(code) for code in product["categories"]],
        "image": product["media"],
        **common,
        **amounts,
    }


def _measured(source: UnopimSource, code: str, measure: Json) -> str:
    if measure["unit"] != source.units[code]:
        raise ValueError(f"{code} is kept in {source.units[code]}, not in {measure['unit']}.")
    return str(measure["value"])


def _body(sku: str, attributes: Json, **more: str) -> Json:
    return {"sku": sku, "data": {"attributes": attributes}, **more}
