"""Where the files of export jobs go, and what is in them to the byte."""

from dataclasses import replace
from datetime import datetime

import pytest

from pims_api.storage.database import Database
from tests.connectors.listener import answering, listening
from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import Send, everywhere
from tests.sigma.outlets.conftest import Work
from tests.sigma.outlets.given import body_of, changed, to

STORED = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 0\r\n\r\n'
REFUSED = (
    "127.0.0.1 is not a public address! The operator of the server can allow it with "
    "PIMS_OUTGOING_ALLOW."
)


@on_one_engine
def test_a_path_has_its_places_filled_in(sigma, work: Work) -> None:
    with listening(answering(STORED)) as store:
        path = "out/{date}/{time}-{job}-{run}.csv"
        sigma("POST", "/export-jobs", changed(endpoint=store.url, path=path), status=201)
        for _ in range(2):
            sigma("POST", "/export-jobs/nightly/runs", status=201)
            work()
    runs = sigma("GET", "/export-jobs/nightly/runs", status=200)
    for number, run in zip((2, 1), runs, strict=True):
        begun = datetime.fromisoformat(run["startedAt"])
        filled = f"out/{begun:%Y-%m-%d}/{begun:%H%M%S}-nightly-{number}.csv"
        assert (run["status"], run["destinationPath"]) == ("success", filled)
        assert store.requests[number - 1].startswith(f"PUT /shop/{filled} HTTP".encode())


@on_one_engine
def test_a_csv_is_that_of_an_export(sigma, send: Send, apparel, work: Work, receiver) -> None:
    for name in ("A, B", 'C "D"', "=E"):
        values = {"product-name": everywhere(name), "price": everywhere(9.5)}
        sigma("POST", "/records", {"schemaId": apparel, "values": values}, status=201)
    sigma("POST", "/export-jobs", to(receiver, schemaId=apparel), status=201)
    sigma("POST", "/export-jobs/nightly/runs", status=201)
    work()
    exported = send("GET", f"/export?schemaId={apparel}&format=csv")
    assert exported.status_code == 200
    assert body_of(receiver) == exported.data
    assert len(exported.data.splitlines()) == 4


@on_one_engine
def test_xml_is_records_of_values(sigma, apparel, work: Work, receiver) -> None:
    values = {"product-name": everywhere("A & <b>"), "price": everywhere(9.5)}
    one = sigma("POST", "/records", {"schemaId": apparel, "values": values}, status=201)["id"]
    sigma("POST", "/export-jobs", to(receiver, format="xml", schemaId=apparel), status=201)
    sigma("POST", "/export-jobs/nightly/runs", status=201)
    work()
    assert body_of(receiver).decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n<records>\n'
        f'<record id="{one}"><value attribute="product-name">A &amp; &lt;b&gt;</value>'
        '<value attribute="price">9.5</value></record>\n</records>\n'
    )


@on_one_engine
def test_an_address_that_is_not_allowed_any_more_fails_its_runs_with_that_reason(
    sigma, database: Database, work: Work, receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    sigma("POST", "/export-jobs", to(receiver), status=201)
    monkeypatch.setattr(database, "settings", replace(database.settings, outgoing_allow=""))
    sigma("POST", "/export-jobs/nightly/runs", status=201)
    work()
    (run,) = sigma("GET", "/export-jobs/nightly/runs", status=200)
    assert (run["status"], run["error"]) == ("failed", REFUSED)
    assert receiver.requests == []
