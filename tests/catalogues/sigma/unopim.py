"""How the UnoPim files become what the Sigma face is sent: pure functions.

locale, channel, currency  a segment of a dimension; the first of each is the default one
family                     a schema, and a workflow whose last state requires its completeness list
select, multiselect        an option of a list, several of them
measurement, numeric text  a number
price, cost                a number by currency, and by channel where it has fewer currencies
association                relations; what a link carries besides goes into one complex value
variant                    its axes alone: all the rest is inherited, except identifiers
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.catalogues.mappings.unopim import (
    BASE_TYPES,
    COLLECTIONS,
    DROPDOWNS,
    IDENTIFIERS,
    LINK_DATA,
    carries_more,
)
from tests.catalogues.sources.unopim import (
    CURRENCIES,
    DEFAULT_LOCALE,
    OTHER_LOCALES,
    UnopimSource,
    locale_code,
    variant_sku,
)

Json = Any
Values = dict[str, list[Json]]

LOCALES = (DEFAULT_LOCALE, *OTHER_LOCALES)
LANGUAGE, CHANNEL, CURRENCY = "dim-language", "dim-channel", "dim-currency"
MONEY = ("price", "cost")
TREE = "/catalogs/cat-default/categories"


def everywhere(value: Json) -> list[Json]:
    """Return a value that holds in every scope."""
    return [{"scope": {}, "value": value}]


def dimensions(channels: Json) -> Iterator[Json]:
    """Yield languages, channels and currencies."""
    yield _dimension(LANGUAGE, {locale_code(one): one for one in LOCALES})
    yield _dimension(CHANNEL, {one["code"]: one["names"]["en_US"] for one in channels["channels"]})
    yield _dimension(CURRENCY, {one.lower(): one for one in channels["currencies"]})


def _dimension(number: str, names: dict[str, str]) -> Json:
    alias = number.removeprefix("dim-")
    segments = [{"id": f"seg-{a}", "alias": a, "name": name} for a, name in names.items()]
    body = {"id": number, "alias": alias, "name": alias.title(), "segments": segments}
    return body | {"defaultSegmentId": segments[0]["id"]}


def option_lists(source: UnopimSource) -> Iterator[Json]:
    """Yield a list for each attribute that has choices."""
    for code, options in source.options.items():
        values = []
        for one in options:
            value = {"id": f"val-{code}-{one['code']}", "alias": one["code"]}
            value |= {"label": one["labels"][DEFAULT_LOCALE]}
            values.append(
                value | ({"color": one["swatch_value"]} if one.get("swatch_value") else {})
            )
        yield {"id": f"ol-{code}", "alias": code, "name": code, "values": values}


def attributes(source: UnopimSource) -> Iterator[Json]:
    """Yield the attributes."""
    yield _attribute("sku", "text", validation={"maxLength": 255})
    yield _attribute("name", "text", validation={"maxLength": 255}, dimensionIds=[LANGUAGE])
    for code in MONEY:
        yield _attribute(code, "number", dimensionIds=[CURRENCY, CHANNEL])
    for code, words in (BASE_TYPES | source.attributes).items():
        yield _attribute(code, kind(words), **_rules(source, code, words))
    for code in source.link_types:
        yield _attribute(code, "relation", multiple=True, inheritable=False)
    yield _attribute(LINK_DATA, "complex", inheritable=False)


def _attribute(code: str, kind_of: str, **more: Json) -> Json:
    return {"id": f"attr-{code}", "alias": code, "name": code, "type": kind_of} | more


def kind(words: Json) -> str:
    """Return the type of an attribute."""
    if words["type"] in DROPDOWNS:
        return "option"
    if words["type"] == "measurement" or words.get("validation") == "numeric":
        return "number"
    kinds = {"boolean": "boolean", "date": "datetime", "text": "text", "datetime": "datetime"}
    return kinds.get(words["type"], "text" if words["type"] == "textarea" else "media")


def _rules(source: UnopimSource, code: str, words: Json) -> Json:
    validation: Json = {"maxLength": 255} if words["type"] == "text" else {}
    if words.get("is_unique"):
        validation["unique"] = True
    if "regex_pattern" in words:
        validation["pattern"] = words["regex_pattern"].strip("/")
    if kind(words) == "number":
        validation = {"min": 0}
    rules = {"validation": validation, "multiple": words["type"] in COLLECTIONS}
    rules["inheritable"] = code not in IDENTIFIERS
    if words.get("value_per_locale"):
        rules["dimensionIds"] = [LANGUAGE]
    return rules | ({"optionListId": f"ol-{code}"} if code in source.options else {})


def workflows(source: UnopimSource) -> Iterator[Json]:
    """Yield the way of the products of each family to publication."""
    for family in source.families:
        code = family["code"]
        states = [{"id": "draft"}, {"id": "published", "required": family["completeness"]}]
        way = {"id": "publish", "fromStateId": "draft", "toStateId": "published"}
        yield {
            "id": f"wf-{code}",
            "alias": code,
            "name": code,
            "states": states,
            "transitions": [way | {"requiresCompleteness": 100}],
        }


def schemas(source: UnopimSource) -> Iterator[Json]:
    """Yield the schema of each family."""
    for family in source.families:
        code = family["code"]
        groups = [
            {"id": name, "name": name, "sortOrder": place, "attributeIds": _ids(codes)}
            for place, (name, codes) in enumerate(family["groups"].items())
        ]
        links = {"id": "links", "name": "Links", "sortOrder": 99}
        groups.append(links | {"attributeIds": _ids([*source.link_types, LINK_DATA])})
        yield {
            "id": f"schema-{code}",
            "alias": code,
            "name": family["labels"][DEFAULT_LOCALE],
            "variantEnabled": True,
            "workflowId": f"wf-{code}",
            "attributeGroups": groups,
        }


def _ids(codes: list[str]) -> list[str]:
    return [f"attr-{code}" for code in codes]


def categories(source: UnopimSource) -> Iterator[Json]:
    """Yield the categories, parents first: the file has them so."""
    for place, one in enumerate(source.categories):
        body = {"id": f"cat-{one['code']}", "alias": one["code"], "sortOrder": place}
        body["name"] = one["names"][DEFAULT_LOCALE]
        yield body | ({} if one["parent"] == "root" else {"parentId": f"cat-{one['parent']}"})


def values(source: UnopimSource, product: Json) -> Values:
    """Return the scoped values of a product, without its links."""
    found: Values = {"sku": everywhere(product["sku"]), "image": everywhere(product["media"])}
    for code, held in product["common"].items():
        found[code] = everywhere(_value(source, code, held))
    for locale in LOCALES:
        scope = {} if locale == DEFAULT_LOCALE else {LANGUAGE: f"seg-{locale_code(locale)}"}
        for code, text in product["locales"].get(locale, {}).items():
            found.setdefault(code, []).append({"scope": scope, "value": text})
    for code, key in (("price", "prices"), ("cost", "cost")):
        found[code] = [
            {"scope": {CURRENCY: f"seg-{one.lower()}"}, "value": product[key][one]}
            for one in CURRENCIES
        ]
        print_scope = {CURRENCY: "seg-eur", CHANNEL: "seg-print"}
        found[code].append({"scope": print_scope, "value": product[key]["EUR"]})
    return found


def _value(source: UnopimSource, code: str, held: Json) -> Json:
    words = (BASE_TYPES | source.attributes)[code]
    if isinstance(held, dict):
        held = held["value"]
    if code in source.options:
        many = [f"val-{code}-{one}" for one in held] if isinstance(held, list) else None
        return f"val-{code}-{held}" if many is None else many
    if kind(words) == "number":
        return float(held) if "." in str(held) else int(held)
    return str(held).replace(" ", "T") if words["type"] == "datetime" else held


def variants(source: UnopimSource, product: Json) -> Iterator[Values]:
    """Yield the own values of the variants of a product: its axes."""
    for one in product.get("variants", []):
        axes = {code: everywhere(_value(source, code, held)) for code, held in one["axis"].items()}
        yield {"sku": everywhere(variant_sku(product, one))} | axes


def links(source: UnopimSource, sku: str, ids: dict[str, str]) -> Values:
    """Return the relations of a product. ids: of all records, by SKU."""
    found: Values = {}
    carried = {}
    for code, targets in source.links.get(sku, {}).items():
        skus = [one["sku"] if carries_more(one) else one for one in targets]
        found[code] = everywhere([ids[one] for one in skus])
        more = [one for one in targets if carries_more(one)]
        carried |= {code: more} if more else {}
    return found | ({LINK_DATA: everywhere(carried)} if carried else {})


def channels_of(folder: Path) -> Path:
    """Return the file of the channels."""
    return folder / "channels.json"
