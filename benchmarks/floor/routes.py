"""The HTTP routes beside the product: the floor, Flask alone, and which worker answers."""

import os
from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Response, request

from benchmarks.floor.reads import Reading
from benchmarks.floor.samples import Samples
from benchmarks.floor.store import open_store
from benchmarks.floor.writes import Writing
from pims_api.storage.database import Database

Answer = Callable[[dict[str, Any]], bytes]


def bench_blueprint(database: Database, samples: Samples) -> Blueprint:
    """Return the routes over a database that has the floor's tables."""
    store = open_store(database)
    reading, writing = Reading(store, samples), Writing(store, samples)
    answers: dict[str, Answer] = {
        "create": writing.create,
        "edit": writing.edit,
        "batch": writing.batch,
        "read": reading.product,
        "by-sku": reading.products_of_skus,
        "list": reading.page,
        "filter": reading.filtered,
        "prefix": reading.with_prefix,
        "not-like": reading.unlike,
        "history": reading.history,
    }

    def floor(name: str) -> Response:
        return _json(answers[name](orjson.loads(request.get_data(cache=False))))

    def limit(name: str) -> Response:
        orjson.loads(request.get_data(cache=False))
        return _json(samples.reply(name))

    bench = Blueprint("bench", __name__, url_prefix="/bench")
    bench.add_url_rule("/floor/<name>", "floor", floor, methods=["POST"])
    bench.add_url_rule("/limit/<name>", "limit", limit, methods=["POST"])
    bench.add_url_rule("/worker", "worker", _worker)
    return bench


def _worker() -> Response:
    return _json(str(os.getpid()).encode())


def _json(body: bytes) -> Response:
    return Response(body, content_type="application/json")
