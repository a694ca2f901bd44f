"""Products of a shop that may be a record's: by its id, by its SKUs, by its handle.

All that can tell is looked up in one request, unless there are very many SKUs.

Source: docs/channels.md, Pushing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pims_api.connectors.shopify.client import ShopClient, ShopRefused, TooCostly
from pims_api.connectors.shopify.fields.targets import ID_METAFIELD
from pims_api.connectors.shopify.product_form import ProductForm

LOOKUPS_AT_ONCE = 40  # together some 500 points; a shop takes 1,000 at once
_FOUND = "productByIdentifier(identifier: $%s) { id }"
_BY_SKU = """productVariants(first: 5, query: $%s) {
  pageInfo { hasNextPage } nodes { sku product { id } }
}"""
_ALL_BY_SKU = """
query BySku($first: Int!, $after: String, $q: String!) {
  productVariants(first: $first, after: $after, query: $q) {
    pageInfo { hasNextPage endCursor } nodes { sku product { id } }
  }
}
"""
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class _Lookup:
    """One of the fields that a request asks for. kind: of its variable, as GraphQL names it."""

    field: str
    kind: str
    value: Any


def find_candidates(client: ShopClient, form: ProductForm) -> Iterator[list[str]]:
    """Yield the ids of products that may be a record's: the surest way to tell comes first."""
    skus, handle = list(dict.fromkeys(form.skus)), form.fields.get("handle")
    lookups = [_of_handle(handle)] if handle else []
    lookups += [_of_sku(one) for one in skus]
    try:
        found = _found(client, [_of_record(form.id), *lookups])
        yield _ids([next(found)])
    except ShopRefused:  # a shop that does not know the metafield has no product with it
        found = _found(client, lookups)
    of_handle = _ids([next(found)]) if handle else []
    with_skus: dict[str, None] = {}
    for sku, page in zip(skus, found, strict=True):
        nodes = _all(client, sku) if page["pageInfo"]["hasNextPage"] else page["nodes"]
        with_skus |= {one["product"]["id"]: None for one in nodes if one["sku"] == sku}
    yield list(with_skus)
    yield of_handle


def _found(client: ShopClient, lookups: Sequence[_Lookup]) -> Iterator[Any]:
    """Yield what each lookup finds, many of them in one request, fewer if that costs too much."""
    done, size = 0, LOOKUPS_AT_ONCE
    while done < len(lookups):
        part = lookups[done : done + size]
        try:
            found = client.ask(_query(part), {f"v{n}": one.value for n, one in enumerate(part)})
        except TooCostly:
            if len(part) == 1:
                raise
            size = len(part) // 2
            continue
        done += len(part)
        yield from (found[f"a{n}"] for n in range(len(part)))


def _query(lookups: Sequence[_Lookup]) -> str:
    kinds = ", ".join(f"$v{n}: {one.kind}!" for n, one in enumerate(lookups))
    fields = "\n".join(f"a{n}: {one.field % f'v{n}'}" for n, one in enumerate(lookups))
    return f"query Candidates({kinds}) {{\n{fields}\n}}"


def _of_record(record_id: str) -> _Lookup:
    space, key = ID_METAFIELD
    place = {"namespace": space, "key": key, "value": record_id}
    return _Lookup(_FOUND, "ProductIdentifierInput", {"customId": place})


def _of_handle(handle: str) -> _Lookup:
    return _Lookup(_FOUND, "ProductIdentifierInput", {"handle": handle})


def _of_sku(sku: str) -> _Lookup:
    return _Lookup(_BY_SKU, "String", _search(sku))


def _all(client: ShopClient, sku: str) -> Iterator[dict[str, Any]]:
    for nodes in client.pages(_ALL_BY_SKU, "productVariants", {"q": _search(sku)}):
        yield from nodes


def _search(sku: str) -> str:
    """Return the search for a SKU, quoted where it has to be."""
    if _PLAIN.fullmatch(sku):
        return f"sku:{sku}"
    escaped = sku.replace("\\", "\\\\").replace('"', '\\"')
    return f'sku:"{escaped}"'


def _ids(nodes: Sequence[dict[str, Any] | None]) -> list[str]:
    return [one["id"] for one in nodes if one is not None]
