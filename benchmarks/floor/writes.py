"""The floor's writes: product, document and history in one transaction, and the same bytes back."""

from collections.abc import Sequence
from typing import Any

import orjson

from benchmarks.floor import statements as sql
from benchmarks.floor.reads import Body, product_reply
from benchmarks.floor.samples import Samples
from benchmarks.floor.store import Store, WriteTransaction, Written

_CREATE = "createProduct"


class Writing:
    """Answers writes."""

    def __init__(self, store: Store, samples: Samples) -> None:
        self._store = store
        self._samples = samples

    def create(self, body: Body) -> bytes:
        """Answer createProduct."""
        with self._store.transaction(added=1) as transaction:
            written = _new(body, transaction.products)
            transaction.create([written])
        return self._reply(written, transaction.sequence)

    def edit(self, body: Body) -> bytes:
        """Answer editProduct."""
        with self._store.transaction(added=0) as transaction:
            number, version, stored = transaction.rows(sql.READ_TO_EDIT, body["sku"])[0]
            written = _changed(body, number, version, stored)
            transaction.edit([written])
        return self._reply(written, transaction.sequence)

    def batch(self, body: Body) -> bytes:
        """Store many products, all new or none, and say so of each."""
        wanted = body["actions"]
        creates = wanted[0]["action"] == _CREATE
        with self._store.transaction(added=len(wanted) if creates else 0) as transaction:
            written = (
                _all_new(wanted, transaction) if creates else _all_changed(wanted, transaction)
            )
        number = transaction.sequence
        rows = [
            {"status": "OK", "sku": one.sku, "version": one.version, "transaction": number}
            for one in written
        ]
        return orjson.dumps({"status": "OK", "results": rows})

    def _reply(self, written: Written, number: int) -> bytes:
        shown = self._samples.shown(written.body)
        reply = product_reply(written.sku, written.version, shown, self._samples)
        return b'%b,"transaction":%d}' % (reply[:-1], number)


def _all_new(wanted: Sequence[Body], transaction: WriteTransaction) -> list[Written]:
    first = transaction.products - len(wanted) + 1
    written = [_new(body, number) for number, body in enumerate(wanted, first)]
    transaction.create(written)
    return written


def _new(body: Body, number: int) -> Written:
    sent: dict[str, Any] = body["data"]["attributes"]
    old, new = orjson.dumps(dict.fromkeys(sent)), orjson.dumps(sent)
    values = orjson.dumps({"sku": body["sku"], **sent})
    return Written(number, body["sku"], 1, values, old, new)


def _all_changed(wanted: Sequence[Body], transaction: WriteTransaction) -> list[Written]:
    found = {row[0]: row for row in transaction.of_skus([body["sku"] for body in wanted])}
    written = []
    for body in wanted:
        _, version, stored, number = found[body["sku"]]
        written.append(_changed(body, number, version, stored))
    transaction.edit(written)
    return written


def _changed(body: Body, number: int, version: int, stored: str) -> Written:
    sent: dict[str, Any] = body["data"]["attributes"]
    values = orjson.loads(stored)
    old = orjson.dumps({name: values.get(name) for name in sent})
    values.update(sent)
    new = orjson.dumps(sent)
    return Written(number, body["sku"], version + 1, orjson.dumps(values), old, new)
