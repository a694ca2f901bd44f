"""Column types that behave the same on both engines, and the MetaData of all tables."""

from collections.abc import Callable
from typing import Any

import orjson
from sqlalchemy import LargeBinary, MetaData, Table, Text, column, table
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

CodePointText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that both engines compare by code point."""

Bits = LargeBinary()


class Json(TypeDecorator[Any]):
    """A JSON value stored as text, so that both engines return the same bytes."""

    impl = Text
    cache_ok = True

    # Processors instead of `process_bind_param` and its like: one call less for each cell.
    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        return _json_text

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return _json_value


def with_texts(stored: Table) -> Any:
    """Return a table whose JSON values are given as texts, for rows whose JSON is made already."""
    kinds = {one.name: Text() if isinstance(one.type, Json) else one.type for one in stored.c}
    return table(stored.name, *(column(name, kind) for name, kind in kinds.items()))


def _json_text(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _json_value(text: Any) -> Any:
    return None if text is None else orjson.loads(text)
