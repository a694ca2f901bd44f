"""The floor's reads: the same bytes as ours, by raw SQL alone."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from benchmarks.floor import statements as sql
from benchmarks.floor.samples import Samples
from benchmarks.floor.store import Row, Store

Body = dict[str, Any]

PAGE_SIZE = 24
_FEW = 50  # of so many products, one is a hit: below that, fetching and sorting is quicker
_LIKE_PREFIX = re.compile(r"LIKE '([^%]*)%'")
_NOT_LIKE = re.compile(r"\[\[(.+?)\]\] NOT LIKE '(.*)'")


class Reading:
    """Answers reads."""

    def __init__(self, store: Store, samples: Samples) -> None:
        self._store = store
        self._samples = samples

    def product(self, body: Body) -> bytes:
        """Answer listProduct."""
        sku, version, stored = self._store.rows(sql.READ, body["sku"])[0]
        return product_reply(sku, version, self._samples.shown(stored), self._samples)

    def products_of_skus(self, body: Body) -> bytes:
        """Answer listProductsBySku."""
        found = {row[0]: row for row in self._store.of_skus(body["skus"])}
        rows = [found[sku] for sku in body["skus"]]
        return self._list(rows, len(rows))

    def page(self, body: Body) -> bytes:
        """Answer getList without conditions."""
        number = body.get("params", {}).get("pagination", {}).get("pageNum", 1)
        total = self._store.rows(sql.COUNT_ALL)[0][0]
        rows = self._store.rows(sql.PAGE, PAGE_SIZE, PAGE_SIZE * (number - 1))
        return self._list(rows, total)

    def filtered(self, body: Body) -> bytes:
        """Answer getList with a value and a range, over side tables."""
        wanted = _pair(body["params"]["filter_values"])
        total = self._store.rows(sql.COUNT_PAIR, *wanted)[0][0]
        products = self._store.rows(sql.COUNT_ALL)[0][0]
        few = total * _FEW < products or not self._store.walks
        statement = sql.PAGE_PAIR_OF_FEW if few else sql.PAGE_PAIR_OF_MANY
        return self._list(self._store.rows(statement, *wanted, PAGE_SIZE), total)

    def with_prefix(self, body: Body) -> bytes:
        """Answer getList with a condition on how SKUs begin."""
        found = _LIKE_PREFIX.search(body["params"]["condition_query"])
        low = found[1] if found else ""
        limits = low, low[:-1] + chr(ord(low[-1]) + 1)
        total = self._store.rows(sql.COUNT_PREFIX, *limits)[0][0]
        return self._list(self._store.rows(sql.PAGE_PREFIX, *limits, PAGE_SIZE), total)

    def unlike(self, body: Body) -> bytes:
        """Answer getList with NOT LIKE, over side tables."""
        found = _NOT_LIKE.search(body["params"]["condition_query"])
        wanted = found.groups() if found else ()
        total = self._store.rows(sql.COUNT_UNLIKE, *wanted)[0][0]
        return self._list(self._store.rows(sql.PAGE_UNLIKE, *wanted, PAGE_SIZE), total)

    def history(self, body: Body) -> bytes:
        """Answer historyProduct."""
        number = body.get("params", {}).get("pagination", {}).get("pageNum", 1)
        place = PAGE_SIZE, PAGE_SIZE * (number - 1)
        total = self._store.rows(sql.COUNT_HISTORY, body["sku"])[0][0]
        rows = self._store.rows(sql.PAGE_HISTORY, body["sku"], *place)
        entries = b",".join(_entry(row) for row in rows)
        head = b'{"status":"OK","total_count":%d,"history":[' % total
        return head + entries + b'],"definition":' + self._samples.definition + b"}"

    def _list(self, rows: Sequence[Row], total: int) -> bytes:
        shown = b",".join(
            b'{"sku":%b,"version":%d,"data":{"attributes":%b}}'
            % (orjson.dumps(sku), version, self._samples.shown(stored))
            for sku, version, stored, *_ in rows
        )
        definition = b'],"definition":' + self._samples.definition
        return b'{"status":"OK","products":[' + shown + definition + b',"sku_count":%d}' % total


def product_reply(sku: str, version: int, shown: bytes, samples: Samples) -> bytes:
    """Return the reply about one product."""
    head = b'{"status":"OK","sku":%b,"version":%d,"data":{"attributes":' % (
        orjson.dumps(sku),
        version,
    )
    return head + shown + b',"definition":' + samples.definition + b"}}"


def _pair(filters: dict[str, str]) -> tuple[Any, ...]:
    value = next((name, text) for name, text in filters.items() if ";;" not in text)
    name, text = next((name, text) for name, text in filters.items() if ";;" in text)
    low, _, high = text.partition(";;")
    return *value, name, float(low), float(high)


def _entry(row: Row) -> bytes:
    actor, at, old, new, sequence = row
    moment = datetime.fromtimestamp(at // 1_000_000, UTC)
    head = orjson.dumps(
        {
            "user": actor,
            "date": at // 1_000_000,
            "formatted_date_round": moment.strftime("%Y-%m-%d 00:00:00"),
            "transaction": sequence,
        }
    )
    return head[:-1] + b',"old":%b,"new":%b}' % (old.encode(), new.encode())
