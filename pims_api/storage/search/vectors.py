"""PostgreSQL's statements on its full-text table, whose tokens are a tsvector.

Nobody who works with SQLite loads this: it needs what SQLAlchemy has for PostgreSQL alone.
"""

from sqlalchemy import (
    BigInteger,
    Insert,
    Integer,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR, insert

from pims_api.storage.engine.statement import PreparedStatement

_SEARCH = table(
    "search",
    column("tenant_id", Integer),
    column("product_id", BigInteger),
    column("tokens", TSVECTOR),
)


def _vector_store() -> Insert:
    given = (
        func.unnest(
            bindparam("of_products", type_=ARRAY(BigInteger)),
            bindparam("texts", type_=ARRAY(Text)),
        )
        .table_valued(column("product_id", BigInteger), column("text", Text))
        .render_derived("given")
    )
    tokens = func.string_to_array(given.c.text, " ", type_=ARRAY(Text))
    rows = select(
        bindparam("of_tenant", type_=Integer), given.c.product_id, func.array_to_tsvector(tokens)
    )
    made = insert(_SEARCH).from_select(["tenant_id", "product_id", "tokens"], rows)
    return made.on_conflict_do_update(
        index_elements=["tenant_id", "product_id"], set_={"tokens": made.excluded.tokens}
    )


STORE = PreparedStatement(_vector_store())
REMOVE = PreparedStatement(
    delete(_SEARCH).where(
        _SEARCH.c.tenant_id == bindparam("of_tenant"),
        _SEARCH.c.product_id == bindparam("of_product"),
    )
)
BETWEEN = select(
    _SEARCH.c.product_id, func.tsvector_to_array(_SEARCH.c.tokens, type_=ARRAY(Text))
).where(
    _SEARCH.c.tenant_id == bindparam("of_tenant"),
    _SEARCH.c.product_id.between(bindparam("first_id"), bindparam("last_id")),
)
OF = select(
    _SEARCH.c.product_id, func.tsvector_to_array(_SEARCH.c.tokens, type_=ARRAY(Text))
).where(
    _SEARCH.c.tenant_id == bindparam("of_tenant"),
    _SEARCH.c.product_id.in_(bindparam("of_products", expanding=True)),
)

FIND = PreparedStatement(
    select(_SEARCH.c.product_id).where(
        _SEARCH.c.tokens.op("@@")(cast(bindparam("query", type_=Text), TSQUERY))
    )
)
# Each part finds products and tells which words it answers, one bit per word. A product is in when
# its parts answer every word. One statement serves any number of words and attributes.
_part = (
    func.unnest(
        bindparam("queries", type_=ARRAY(Text)), bindparam("words", type_=ARRAY(BigInteger))
    )
    .table_valued(column("query", Text), column("words", BigInteger))
    .render_derived("part")
)
_hit = (
    select(_SEARCH.c.product_id)
    .where(_SEARCH.c.tokens.op("@@")(cast(_part.c.query, TSQUERY)))
    .lateral("hit")
)
FIND_BY_PARTS = PreparedStatement(
    select(_hit.c.product_id)
    .select_from(_part.join(_hit, true()))
    .group_by(_hit.c.product_id)
    .having(func.bit_or(_part.c.words) == bindparam("every", type_=BigInteger))
)
MERGE = select(func.gin_clean_pending_list("ix_search_tokens"))
