"""Fills the floor with what our own server shows of the catalogue, so that both answer the same."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, insert, text

from benchmarks.floor.tables import (
    change,
    counter,
    document,
    metadata,
    product,
    value,
)
from pims_api.storage.database import Database

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)

_FIRST_SEQUENCE = 1_000_000  # above those of a history that is copied

Shown = dict[str, Any]  # an element of `products` as getList answers


def fill_floor(
    database: Database,
    pages: Iterable[list[Shown]],
    asked: list[str],
    on_progress: Callable[[int], None],
) -> None:
    """Make the tables and store these products. asked: the attributes that filters ask for."""
    database.make_file()
    with database.writing() as connection:
        metadata.create_all(connection)
        connection.commit()
    filled = 0
    for page in pages:
        with database.writing() as connection:
            _store(connection, page, asked, filled)
            connection.commit()
        filled += len(page)
        on_progress(filled)
    with database.writing() as connection:
        start = {"id": 1, "sequence": _FIRST_SEQUENCE, "products": filled}
        connection.execute(insert(counter), start)
        connection.commit()
    _analyze(database)


def fill_history(database: Database, sku: str, entries: list[Shown]) -> None:
    """Give a product of the floor these entries, as historyProduct answers them."""
    with database.writing() as connection:
        found = connection.execute(product.select().where(product.c.sku == sku)).one()
        connection.execute(change.delete().where(change.c.product_id == found.id))
        rows = [_change_row(found.id, place, one) for place, one in enumerate(entries, 1)]
        connection.execute(insert(change), rows)
        connection.commit()


def _analyze(database: Database) -> None:
    """Let the planner know the floor's tables; ours stay as `pims serve` finds them."""
    with database.writing() as connection:
        for one in metadata.sorted_tables:
            connection.execute(text(f"analyze {one.name}"))
        connection.commit()


def _store(connection: Connection, page: list[Shown], asked: list[str], filled: int) -> None:
    numbered = list(enumerate(page, filled + 1))
    connection.execute(insert(product), [_product_row(number, one) for number, one in numbered])
    bodies = [
        {"product_id": number, "body": orjson.dumps(_values(one)).decode()}
        for number, one in numbered
    ]
    connection.execute(insert(document), bodies)
    creations = [_creation(number, one) for number, one in numbered]
    connection.execute(insert(change), creations)
    rows = [row for number, one in numbered for row in _value_rows(number, one, asked)]
    if rows:
        connection.execute(insert(value), rows)


def _product_row(number: int, one: Shown) -> dict[str, Any]:
    status = one["data"]["attributes"]["status"]
    moved = {"version": one["version"], "updated_at": 0, "updated_by": "bench"}
    return {"id": number, "sku": one["sku"], "status": status} | moved


def _creation(number: int, one: Shown) -> dict[str, Any]:
    new = _values(one)
    entry = {"date": 0, "user": "bench", "old": dict.fromkeys(new), "new": new}
    return _change_row(number, 1, entry)


def _values(one: Shown) -> dict[str, Any]:
    """Return the attributes that have a value."""
    shown = one["data"]["attributes"]
    return {name: each for name, each in shown.items() if each is not None and each != []}


def _change_row(number: int, sequence: int, entry: Shown) -> dict[str, Any]:
    return {
        "product_id": number,
        "sequence": sequence,
        "at": entry["date"] * 1_000_000,
        "actor": entry["user"],
        "old": orjson.dumps(entry["old"]).decode(),
        "new": orjson.dumps(entry["new"]).decode(),
    }


def _value_rows(number: int, one: Shown, asked: list[str]) -> Iterator[dict[str, Any]]:
    attributes = one["data"]["attributes"]
    for name in asked:
        found = attributes.get(name)
        if isinstance(found, str):
            row = {"attribute": name, "term": found, "number": _number(found)}
            yield row | {"product_id": number}


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None
