"""Full-text tables of both engines: FTS5 of SQLite, a tsvector of PostgreSQL.

Tokens consist of letters, digits, marks, characters of private use and underscores, none of which
has a meaning in the query language of either engine. They begin with the tenant, so a query finds
products of that tenant only.
"""

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Text,
    bindparam,
    column,
    delete,
    insert,
    literal_column,
    select,
    table,
)

from pims_api.deadline import check_deadline
from pims_api.domain.search.document_tokens import SearchedPlace
from pims_api.domain.search.token_match import SearchedPlaces
from pims_api.domain.search.tokenizer import QueryWord
from pims_api.storage.engine.dialect import is_sqlite
from pims_api.storage.engine.statement import PreparedStatement

PRODUCT_ID_BITS = 40
PRODUCT_ID_MAX = (1 << PRODUCT_ID_BITS) - 1
# PostgreSQL evaluates a query on every product that has any word of it: many terms times many
# products. Above this number of terms it gets small queries, whose products are united.
TERMS_AT_ONCE_MAX = 300
_TERMS_PER_PART = 16
# Several words in very many places are looked up one after the other, until no more products than
# this are left: then reading their tokens is quicker than any further query.
READ_MAX = 2_000

# In FTS5 a column with the table's name stands for the whole row in MATCH.
_FTS5 = table("search", column("rowid", Integer), column("tokens", Text))
_FTS5_FIND = PreparedStatement(
    select(_FTS5.c.rowid).where(literal_column("search").op("MATCH")(bindparam("query")))
)
_FTS5_STORE = PreparedStatement(
    insert(_FTS5)
    .prefix_with("OR REPLACE")
    .values(rowid=bindparam("rowid"), tokens=bindparam("tokens"))
)
_FTS5_REMOVE = PreparedStatement(delete(_FTS5).where(_FTS5.c.rowid == bindparam("of_row")))
_FTS5_BETWEEN = select(_FTS5.c.rowid, _FTS5.c.tokens).where(
    _FTS5.c.rowid.between(bindparam("first_row"), bindparam("last_row"))
)
_FTS5_OF = select(_FTS5.c.rowid, _FTS5.c.tokens).where(
    _FTS5.c.rowid.in_(bindparam("of_rows", expanding=True))
)
# A command to FTS5 is inserted as a row. sqlite-utils can do that too, but finds the table by a
# LIKE that fails under case_sensitive_like, which is on here.
_FTS5_MERGE = insert(table("search", column("search", Text))).values(search="optimize")

Found = tuple[list[int], list[int]]
"""Ids of the products that have every word, and of those that have every word in the title.

The former may leave the latter out.
"""


def store_tokens(connection: Connection, tenant_id: int, changed: Mapping[int, str]) -> None:
    """Replace the tokens of products, joined by spaces; those without any are removed."""
    present = {product_id: tokens for product_id, tokens in changed.items() if tokens}
    gone = [product_id for product_id in changed if product_id not in present]
    if is_sqlite(connection):
        start = _first_row(tenant_id)
        _FTS5_REMOVE.run_many(connection, [{"of_row": start + one} for one in gone])
        if present:
            ids, texts = [start + one for one in present], list(present.values())
            _FTS5_STORE.run_rows(connection, {"rowid": ids, "tokens": texts}, {})
    else:
        owned = {"of_tenant": tenant_id}
        _vectors().REMOVE.run_many(connection, [owned | {"of_product": one} for one in gone])
        if present:
            given = {"of_products": list(present), "texts": list(present.values())}
            _vectors().STORE.run(connection, owned | given)


def _vectors() -> Any:
    """Return the module of PostgreSQL's statements, which nobody else waits for."""
    return importlib.import_module("pims_api.storage.search.vectors")


def stored_tokens(
    connection: Connection, tenant_id: int, first_id: int, last_id: int
) -> dict[int, frozenset[str]]:
    """Return the stored tokens of the products with these ids, both ends included."""
    if is_sqlite(connection):
        start = _first_row(tenant_id)
        limits = {"first_row": start + first_id, "last_row": start + last_id}
        rows = connection.execute(_FTS5_BETWEEN, limits)
        return {row[0] & PRODUCT_ID_MAX: frozenset(row[1].split(" ")) for row in rows}
    limits = {"of_tenant": tenant_id, "first_id": first_id, "last_id": last_id}
    return {row[0]: frozenset(row[1]) for row in connection.execute(_vectors().BETWEEN, limits)}


def find_tokens(
    connection: Connection,
    tenant_id: int,
    words: Sequence[QueryWord],
    places: Sequence[SearchedPlace],
    title_places: Sequence[SearchedPlace],
) -> Found:
    """Return the products that have every word in some place. title_places are among the places."""
    if len(words) > 1 and len(words) * len(places) > TERMS_AT_ONCE_MAX:
        found = _find_stepwise(connection, tenant_id, words, places)
        return found, _find(connection, words, title_places) if title_places else []
    in_title = _find(connection, words, title_places) if title_places else []
    if len(words) > 1 or not in_title:
        return _find(connection, words, places), in_title
    # Products with the only word in the title are found already.
    others = [one for one in places if one not in title_places]
    return (_find(connection, words, others) if others else []), in_title


def merge_tokens(connection: Connection) -> None:
    """Merge the segments (FTS5) or the pending list (GIN) that single writes left."""
    connection.execute(_FTS5_MERGE if is_sqlite(connection) else _vectors().MERGE)


def _first_row(tenant_id: int) -> int:
    return tenant_id << PRODUCT_ID_BITS


def _find_stepwise(
    connection: Connection,
    tenant_id: int,
    words: Sequence[QueryWord],
    places: Sequence[SearchedPlace],
) -> list[int]:
    """Return the products that have every word. Long words come first: few products have them."""
    waiting = sorted(words, key=lambda one: (one.prefix, -len(one.token)))
    found = set(_find(connection, [waiting.pop(0)], places))
    while waiting and len(found) > READ_MAX:
        found.intersection_update(_find(connection, [waiting.pop(0)], places))
    if not waiting or not found:
        return list(found)
    searched, tokens = SearchedPlaces(places), _tokens_of(connection, tenant_id, found)
    return [one for one in found if searched.have(waiting, tokens[one])]


def _tokens_of(
    connection: Connection, tenant_id: int, product_ids: Iterable[int]
) -> dict[int, frozenset[str]]:
    if is_sqlite(connection):
        start = _first_row(tenant_id)
        rows = connection.execute(_FTS5_OF, {"of_rows": [start + one for one in product_ids]})
        return {row[0] & PRODUCT_ID_MAX: frozenset(row[1].split(" ")) for row in rows}
    wanted = {"of_tenant": tenant_id, "of_products": list(product_ids)}
    return {row[0]: frozenset(row[1]) for row in connection.execute(_vectors().OF, wanted)}


def _find(
    connection: Connection, words: Sequence[QueryWord], places: Sequence[SearchedPlace]
) -> list[int]:
    check_deadline()
    if is_sqlite(connection):
        return _fts5_find(connection, words, places)
    return _vector_find(connection, words, places)


def _fts5_find(
    connection: Connection, words: Sequence[QueryWord], places: Sequence[SearchedPlace]
) -> list[int]:
    alternatives = (" OR ".join(_fts5_term(word, place) for place in places) for word in words)
    query = " AND ".join(f"({any_place})" for any_place in alternatives)
    found = _FTS5_FIND.column(connection, {"query": query})
    return [row_id & PRODUCT_ID_MAX for row_id in found]


def _fts5_term(word: QueryWord, place: SearchedPlace) -> str:
    term = f'"{place.prefix}{word.token}"{"*" if word.prefix else ""}'
    for prefix in place.unless:
        term = f'({term} NOT "{prefix}")'
    return term


def _vector_find(
    connection: Connection, words: Sequence[QueryWord], places: Sequence[SearchedPlace]
) -> list[int]:
    parts = list(_parts(words, places))
    if len(parts) == 1:
        whole: PreparedStatement = _vectors().FIND
        return whole.column(connection, {"query": parts[0][0]})
    queries, masks = zip(*parts, strict=True)
    wanted = {"queries": list(queries), "words": list(masks), "every": (1 << len(words)) - 1}
    by_parts: PreparedStatement = _vectors().FIND_BY_PARTS
    return by_parts.column(connection, wanted)


def _parts(
    words: Sequence[QueryWord], places: Sequence[SearchedPlace]
) -> Iterator[tuple[str, int]]:
    """Yield queries, each with the words it answers as bits."""
    terms = [[_vector_term(word, place) for place in places] for word in words]
    if len(words) * len(places) <= TERMS_AT_ONCE_MAX:
        yield " & ".join(f"({' | '.join(one)})" for one in terms), (1 << len(words)) - 1
        return
    for number, one in enumerate(terms):
        for start in range(0, len(one), _TERMS_PER_PART):
            yield " | ".join(one[start : start + _TERMS_PER_PART]), 1 << number


def _vector_term(word: QueryWord, place: SearchedPlace) -> str:
    term = f"'{place.prefix}{word.token}'{':*' if word.prefix else ''}"
    hidden = "".join(f" & !'{prefix}'" for prefix in place.unless)
    return f"({term}{hidden})" if hidden else term
