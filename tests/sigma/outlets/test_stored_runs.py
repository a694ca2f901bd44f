"""Runs that were stored in the words of before show as those of today."""

from types import SimpleNamespace

from sqlalchemy import update

from pims_api.storage.database import Database
from pims_api.storage.outlets.runs import runs_of
from pims_api.storage.tables import outlet_run
from tests.sigma.outlets.given import export_job

TOLD = {"recordCount": 5, "fileSize": 10, "destinationPath": "x.csv", "error": None}
FORMER_ERROR = {"entityId": "ent-1", "externalId": "gid://shopify/Product/1", "message": "No"}
ERROR = {"record": "ent-1", "product": "gid://shopify/Product/1", "message": "No"}


def store(database: Database, result: dict[str, object]) -> None:
    with database.writing() as connection:
        connection.execute(update(outlet_run).values(result=result))
        connection.commit()


def test_a_run_of_an_export_job(sigma, database: Database) -> None:
    sigma("POST", "/export-jobs", export_job(), status=201)
    run = sigma("POST", "/export-jobs/nightly/runs", {"status": "success"} | TOLD, status=201)
    store(database, TOLD)
    assert sigma("GET", "/export-jobs/nightly/runs", status=200) == [run]
    assert {name: run[name] for name in TOLD} == TOLD


def test_an_error_of_a_channel(sigma, database: Database) -> None:
    sigma("POST", "/export-jobs", export_job(), status=201)
    sigma("POST", "/export-jobs/nightly/runs", {"status": "success"}, status=201)
    store(database, {"errors": [FORMER_ERROR, {"message": "No shop"}]})
    with database.reading() as connection:
        (run,) = runs_of(connection, SimpleNamespace(tenant_id=1, id=1), 5)
    assert run.result == {"errors": [ERROR, {"message": "No shop"}]}
