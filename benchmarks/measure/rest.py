"""What the REST API is asked, to be put beside what the PIMS API is asked for the same."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from benchmarks.catalogues.catalogue import Catalogue, NewProduct
from benchmarks.measure.requests import REST_PATH, Ask, Body, Call, RequestSource
from pims_api.domain.attributes.attribute import CATEGORIES, STATUS, ValueType

RECORDS_SHOWN = 50
LEVELS = 4  # of variants below a record
DEFAULT_SCHEMA = "schema-default"
_NOT_RECORDS = (CATEGORIES, STATUS)  # shown there in other ways
_EVERYWHERE: dict[str, str] = {}  # the scope of a value that is global

Criteria = Callable[[RequestSource], list[Body]]


def read_records(source: RequestSource) -> Iterator[Call]:
    """Yield reads of single records."""
    while True:
        yield Call("GET", source.record())


def read_resolved(source: RequestSource) -> Iterator[Call]:
    """Yield reads of the effective values of the variant that `make_chain` made."""
    while True:
        yield Call("GET", source.chain)


def list_records(_: RequestSource) -> Iterator[Call]:
    """Yield reads of the first page of records."""
    while True:
        yield Call("GET", f"{REST_PATH}/records?limit={RECORDS_SHOWN}")


def create_records(source: RequestSource) -> Iterator[Call]:
    """Yield creations of records that are like the products of the catalogue."""
    while True:
        yield _post("/records", _record(source.catalogue, source.new()))


def searches(criteria: Criteria) -> Callable[[RequestSource], Iterator[Call]]:
    """Return what asks for the records that meet some criteria."""

    def calls(source: RequestSource) -> Iterator[Call]:
        while True:
            yield _post("/search", {"criteria": criteria(source), "limit": RECORDS_SHOWN})

    return calls


def two_criteria(source: RequestSource) -> list[Body]:
    """Return criteria on global values: a color, and a stretch of prices above an amount."""
    return [one | {"scope": _EVERYWHERE} for one in in_any_scope(source)]


def in_any_scope(source: RequestSource) -> list[Body]:
    """Return the same criteria on values in whatever scope."""
    narrow = source.catalogue.questions.narrow(source.rng)
    return [_criterion(name, str(wanted)) for name, wanted in narrow.items()]


def part_of_a_title(source: RequestSource) -> list[Body]:
    """Return a criterion that some thousand of 100,000 titles meet."""
    word = source.rng.choice(source.catalogue.questions.words)
    return [_criterion("title", word) | {"operator": "contains", "scope": _EVERYWHERE}]


def make_chain(ask: Ask, source: RequestSource) -> None:
    """Make a record and variants below it, one below the other, each with a value of its own."""
    name = f"bench-{next(source.numbers)}"
    names = list(_values(source.catalogue, source.new()))
    group = {"id": "values", "name": "Values", "attributeIds": [_attribute_id(n) for n in names]}
    schema = {"id": name, "alias": name, "name": name, "variantEnabled": True}
    ask(_post("/schemas", schema | {"attributeGroups": [group]}))
    record = ask(_post("/records", _record(source.catalogue, source.new()) | {"schemaId": name}))
    variants = f"/records/{record['id']}/variants"
    below: Body = {}
    for level in range(LEVELS):
        values = {"title": [{"value": f"Level {level}"}]}
        made = ask(_post(variants, {"values": values} | below))
        below = {"parentId": made["id"]}
    source.chain = f"{REST_PATH}{variants}/{made['id']}/resolved"


def import_call(catalogue: Catalogue, rows: list[NewProduct]) -> Call:
    """Return the request that imports rows of products into the default schema."""
    texts = [{"sku": one.sku} | _texts(_values(catalogue, one)) for one in rows]
    mapping = {name: name for name in texts[0]}
    wanted = {"schemaId": DEFAULT_SCHEMA, "columnMapping": mapping, "rows": texts}
    return _post("/import/execute", wanted)


def _criterion(name: str, wanted: str) -> Body:
    low, is_range, _ = wanted.partition(";;")
    if is_range:
        return {"attribute": name, "operator": "gt", "value": float(low)}
    return {"attribute": name, "operator": "equals", "value": wanted}


def _record(catalogue: Catalogue, product: NewProduct) -> Body:
    values = _values(catalogue, product)
    return {
        "schemaId": DEFAULT_SCHEMA,
        "values": {name: [{"value": value}] for name, value in values.items()},
    }


def _values(catalogue: Catalogue, product: NewProduct) -> dict[str, Any]:
    """Return the values of a product as records have them: numbers are JSON numbers."""
    kinds = {one.name: one.settings["type"] for one in catalogue.attributes}
    return {
        name: float(value) if kinds.get(name) is ValueType.NUMBER else value
        for name, value in product.values.items()
        if name not in _NOT_RECORDS
    }


def _texts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the cells of a file."""
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "|".join(value) if isinstance(value, list) else str(value)


def _attribute_id(name: str) -> str:
    return f"attr-{name}"


def _post(path: str, body: Body) -> Call:
    return Call("POST", REST_PATH + path, orjson.dumps(body))
