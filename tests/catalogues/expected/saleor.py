"""Questions to a loaded Saleor fixture, answered from its objects by plain Python."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.catalogues.erp_client import CATEGORIES, ErpClient
from tests.catalogues.expected.category_filters import counted, filters, span
from tests.catalogues.question import (
    Question,
    by_sku,
    children_in_matrix,
    has_words,
    listed,
    shown,
)
from tests.catalogues.sources.saleor import Objects, SaleorSource, text_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """What is sold, and what only groups it. category: its key; 0: none. values: by slug."""

    sku: str
    title: str
    category: int
    parent: str | None
    product: int
    prices: dict[str, Decimal]
    stock: int | None
    values: dict[str, str]
    collections: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        """SKUs from the root product down: what lists are ordered by."""
        return (self.parent, self.sku) if self.parent else (self.sku,)


def rows_of(source: SaleorSource) -> list[Row]:
    """Return every product, variant and brand, in the default order of lists."""
    rows = [row for key in source.products for row in _rows(source, key)]
    rows += [
        Row(f"brand-{page['slug']}", page["title"], 0, None, 0, {}, None, {})
        for page in source.brands.values()
    ]
    return sorted(rows, key=lambda row: row.path)


def questions(source: SaleorSource) -> list[Question]:
    """Return the questions with their answers."""
    rows = rows_of(source)
    roots = [row for row in rows if row.parent is None]
    return [
        *_filter_questions(rows, roots),
        *_list_questions(rows, roots),
        *_category_questions(source, roots),
        *_product_questions(source, rows),
        *_category_filters(source, rows),
    ]


def _rows(source: SaleorSource, key: int) -> Iterable[Row]:
    one = source.products[key]
    slug, category = one["slug"], one["category"]
    own = _slugs(source, source.own_values(key))
    sold = [] if source.has_variants(key) else source.variants[key][:1]
    yield Row(
        slug,
        one["name"],
        category,
        None,
        key,
        _prices(source, sold[0]) if sold else {},
        source.stock(sold[0]) if sold else None,
        own,
        tuple(source.collections(key)),
    )
    for number in source.variants[key] if not sold else ():
        variant = source.all("product.productvariant")[number]
        yield Row(
            variant["sku"],
            f"{one['name']}, {variant['name']}",
            category,
            slug,
            key,
            _prices(source, number),
            source.stock(number),
            _slugs(source, source.variant_values(number)),
        )


def _prices(source: SaleorSource, variant: int) -> dict[str, Decimal]:
    return {currency: Decimal(price) for currency, price in source.prices(variant).items()}


def _slugs(source: SaleorSource, values: dict[int, int]) -> dict[str, str]:
    found = {}
    for attribute, value in values.items():
        page = source.values[value].get("reference_page_id")
        slug = f"brand-{source.brands[page]['slug']}" if page else source.values[value]["slug"]
        found[source.attributes[attribute]["slug"]] = slug
    return found


def _skus(rows: Iterable[Row], test: Callable[[Row], Any]) -> list[str]:
    return [row.sku for row in rows if test(row)]


def _filter_questions(rows: list[Row], roots: list[Row]) -> list[Question]:
    loom = "brand-saleor-loom"
    return [
        listed(
            "a value of products",
            _skus(roots, lambda row: row.values.get("material") == "cotton"),
            filter_values={"material": "cotton"},
        ),
        listed(
            "a reference",
            _skus(roots, lambda row: row.values.get("brand") == loom),
            filter_values={"brand": loom},
        ),
        listed(
            "sizes of variants",
            _skus(rows, lambda row: row.values.get("size") in ("xl", "xxl")),
            filter_values={"size": "xl|xxl"},
            includeVariants=True,
        ),
        listed(
            "prices in two currencies",
            _skus(
                rows, lambda row: row.prices and row.prices["USD"] >= 20 and row.prices["PLN"] < 200
            ),
            condition_query="[[price_usd]] >= 20 AND [[price_pln]] < 200",
            includeVariants=True,
        ),
        listed(
            "a collection",
            _skus(roots, lambda row: "summer-picks" in row.collections),
            filter_values={"collections": "summer-picks"},
        ),
    ]


def _list_questions(rows: list[Row], roots: list[Row]) -> list[Question]:
    dear = sorted(rows, key=lambda row: (not row.prices, -row.prices.get("PLN", 0), row.sku))
    return [
        listed(
            "by price, what is not sold itself comes last",
            [row.sku for row in dear],
            order=[{"attribute": "price_pln", "direction": "DESC"}],
            includeVariants=True,
        ),
        listed(
            "what nobody counted and has no brand",
            _skus(roots, lambda row: row.stock is None and "brand" not in row.values),
            condition_query="[[stock]] IS NULL AND [[brand]] IS NULL",
        ),
        listed("search: words", _found(rows, "tee xx"), search="tee xx", includeVariants=True),
        by_sku("SKUs that look like numbers", ["918223582", "0918223582"], ["918223582"]),
    ]


def _category_questions(source: SaleorSource, roots: list[Row]) -> list[Question]:
    tree = source.all("product.category")
    tops = [key for key, one in tree.items() if one["rght"] - one["lft"] > 1]
    below = {key: source.below(key) for key in tops}

    def ask(client: ErpClient) -> Json:
        found = client.act("listCategories", path=CATEGORIES)["categories"]
        return {one["cat_path"]: one["cat_rank"] for one in found if one["id"] != 1}

    ranks = {_by_parents(tree, key): one["level"] + 1 for key, one in tree.items()}
    return [
        Question("every category at its level", ask, ranks),
        *(
            listed(
                f"what is within the bounds of {tree[key]['name']}",
                _skus(roots, lambda row, key=key: row.category in below[key]),  # type: ignore[misc]
                category=_by_parents(tree, key),
                includeChildren=True,
            )
            for key in tops
        ),
    ]


def _by_parents(tree: Objects, key: int) -> str:
    """Return the path as the parents have it, which the bounds have to agree with."""
    one = tree[key]
    above = f"{_by_parents(tree, one['parent'])} > " if one["parent"] else ""
    return f"{above}{one['name']}"


def _product_questions(source: SaleorSource, rows: list[Row]) -> list[Question]:
    shirt = next(row for row in rows if row.title == "Monospace Tee")
    children = [row for row in rows if row.parent == shirt.sku]
    raw = source.products[shirt.product]
    return [
        shown(
            "a product with variants",
            shirt.sku,
            {
                "title": raw["name"],
                "description": text_of(raw["description"]),
                "images": source.images(shirt.product),
                "collections": list(shirt.collections),
                "variation_skus": [row.sku for row in children],
                "variation_attributes": ["size"],
                "price_usd": None,
                **shirt.values,
            },
        ),
        shown(
            "a variant has what it has itself",
            children[0].sku,
            {
                "variation_of": shirt.sku,
                "price_usd": str(children[0].prices["USD"]),
                "stock": str(children[0].stock),
                **dict.fromkeys(shirt.values),
                **children[0].values,
            },
        ),
        children_in_matrix(
            "the matrix of a product",
            shirt.sku,
            {row.sku: {"size": [row.values["size"]]} for row in children},
        ),
    ]


def _category_filters(source: SaleorSource, rows: list[Row]) -> list[Question]:
    tree = source.all("product.category")
    number = {_by_parents(tree, key): key for key in tree}
    juices = [row for row in rows if row.category == number["Groceries > Juices"]]
    shoes = [row for row in rows if row.category == number["Apparel > Sneakers"]]
    worn = [row for row in rows if row.category in source.below(number["Apparel"])]
    sold = [row for row in worn if row.parent is None]
    return [
        filters(
            "filters of products",
            "Groceries > Juices",
            {
                "flavor": counted(row.values.get("flavor") for row in juices),
                "price_usd": span(row.prices["USD"] for row in juices),
                "shoe-size": None,
                "product_count": len(juices),
            },
        ),
        filters(
            "filters of variants",
            "Apparel > Sneakers",
            {
                "shoe-size": counted(row.values.get("shoe-size") for row in shoes),
                "price_pln": span(row.prices["PLN"] for row in shoes if row.prices),
                "stock": span(row.stock for row in shoes if row.stock is not None),
                "product_count": len(shoes),
            },
            includeVariants=True,
        ),
        filters(
            "filters of everything to wear",
            "Apparel",
            {
                "material": counted(row.values.get("material") for row in sold),
                "product_count": len(sold),
            },
            includeChildren=True,
        ),
    ]


def _found(rows: list[Row], phrase: str) -> list[str]:
    """Return the SKUs that a search finds: all words in the title first, then the rest."""
    found = [row for row in rows if has_words(phrase, (row.sku, row.title))]
    found.sort(key=lambda row: (not has_words(phrase, [row.title]), row.sku))
    return [row.sku for row in found]
