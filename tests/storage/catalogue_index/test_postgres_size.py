"""PostgreSQL replaces a changed block within its page, so many edits do not swell the index."""

import random

from sqlalchemy import func, select

from pims_api.domain.product import Product, ProductChange, Values
from pims_api.storage.catalogue_index.update import maintain_index
from pims_api.storage.database import open_database
from tests.storage.catalogue_index.catalogue import OPTIONS, Catalogue

PRODUCTS = 30_000
EDITS = 10_000
EDITS_PER_TRANSACTION = 4
GROWTH_MAX = 2  # times the size before; values rewritten out of line make it 20 times


def index_bytes(catalogue: Catalogue) -> int:
    with catalogue.database.reading() as connection:
        sizes = (func.pg_table_size("posting"), func.pg_table_size("number_part"))
        return sum(connection.execute(select(*sizes)).one())


def edited(product: Product, dice: random.Random) -> Product:
    return product._replace(values=product.values | some_value(dice))


def some_value(dice: random.Random) -> Values:
    if dice.random() < 0.5:
        return {"color": dice.choice(list(OPTIONS))}
    return {"price": f"{dice.randrange(100_000) / 100}"}


def test_ten_thousand_edits_do_not_swell_the_index(postgres_url: str) -> None:
    dice = random.Random(1)
    catalogue = Catalogue(open_database(postgres_url))
    products = [
        Product(number, f"S{number}", {"status": "active", "categories": [1], "price": "1"})
        for number in range(1, PRODUCTS + 1)
    ]
    products = [edited(one, dice) for one in products]
    with catalogue.writing() as work:
        maintain_index(work, [ProductChange(None, one) for one in products])
    before = index_bytes(catalogue)
    for _ in range(EDITS // EDITS_PER_TRANSACTION):
        chosen = dice.sample(range(PRODUCTS), EDITS_PER_TRANSACTION)
        changes = [ProductChange(products[n], edited(products[n], dice)) for n in chosen]
        with catalogue.writing() as work:
            maintain_index(work, changes)
        for place, change in zip(chosen, changes, strict=True):
            products[place] = change.after
    assert index_bytes(catalogue) <= GROWTH_MAX * before
    catalogue.database.close()
