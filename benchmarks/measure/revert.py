"""Measures how long it takes to take an import back, beside the import itself."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from flask.testing import FlaskClient

from benchmarks.catalogues.catalogue import Catalogue
from benchmarks.catalogues.load import make_key
from benchmarks.errors import BenchError
from benchmarks.measure.commands import CommandRun, import_rows, last_tenant, run_command
from benchmarks.measure.requests import OUR_PATH, Body, RequestSource
from pims_api.storage.database import Database
from views.app import create_app

ROWS = 10_000
_JSON_LINES = "application/x-ndjson"
_WORK = ("worker", "--until-idle")


def measure_revert(database: Database, catalogue: Catalogue, folder: Path) -> CommandRun:
    """Import changes of products by a job, and take that job back by another one.

    More than a thousand products, or it would not be a job that takes them back.
    """
    rows = list(islice(catalogue.products(), ROWS))
    import_rows(database, catalogue, folder, iter(rows))
    key = make_key(database, last_tenant(database))
    asking = create_app(database.settings).test_client()
    changes = b"\n".join(map(orjson.dumps, _changes(catalogue, [one.sku for one in rows])))
    headers = {"ApiKey": key}
    job = _job(asking.post("/pim/import", data=changes, content_type=_JSON_LINES, headers=headers))
    imported = run_command(database, len(rows), folder, _WORK)
    asked = {"action": "revert", "job": job}
    back = _job(asking.post(OUR_PATH, json=asked, headers=headers))
    reverted = run_command(database, len(rows), folder, _WORK)
    for one in (job, back):
        _require_done(asking, one, headers, len(rows))
    return CommandRun("revert", len(rows), reverted.seconds, reverted.peak_mib, imported.seconds)


def _changes(catalogue: Catalogue, skus: list[str]) -> Iterator[Body]:
    source = RequestSource(catalogue, skus)
    edited = catalogue.questions.edited
    return ({"sku": sku, edited: source.amount()} for sku in skus)


def _job(reply: Any) -> int:
    if "job" not in (reply.json or {}):
        raise BenchError(f"This was not answered with a job: {reply.get_data(as_text=True)[:500]}")
    return int(reply.json["job"]["id"])


def _require_done(asking: FlaskClient, job: int, headers: dict[str, str], rows: int) -> None:
    """Raise BenchError unless a job changed every row."""
    told = asking.get(f"/pim/jobs/{job}", headers=headers).get_json()["job"]
    counted = {**(told.get("totals") or {}), **(told.get("result") or {})}
    if rows not in (counted.get("updated"), counted.get("reverted")):
        raise BenchError(f"Job {job} did not change {rows:,} products: {told}")
