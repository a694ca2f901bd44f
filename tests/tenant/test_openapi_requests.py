"""Requests that the OpenAPI document gives rise to, over a catalogue with something in it.

No answer is a failure of the server, and each has a status and a body that the document tells.
PIMS_TEST_THOROUGH=1 tries far more of them, on both databases.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pims_api.storage.identity.tenants import tenants
from tests.databases.fresh import ENGINES, FreshKeyedDatabase
from tests.pims.conftest import opened_app
from tests.tenant.conftest import BASE
from views.tenant.endpoints import ENDPOINTS

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"
QUIET = settings(
    derandomize=not THOROUGH,
    suppress_health_check=list(HealthCheck),
    database=None,
    print_blob=True,
    max_examples=200 if THOROUGH else 10,
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    response_headers_conformance,
    response_schema_conformance,
    content_type_conformance,
]
ADDRESSES = [(one.method, one.path) for one in ENDPOINTS]


@dataclass(frozen=True)
class Filled:
    """An application over a catalogue, what its caller sends, and ids by their names."""

    app: Flask
    headers: dict[str, str]
    ids: dict[str, str]


@pytest.fixture(scope="module", params=ENGINES if THOROUGH else ENGINES[:1])
def catalogue(request, fresh_keyed_database: FreshKeyedDatabase) -> Iterator[Filled]:
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as app:
        with app.extensions["pims_database"].reading() as connection:
            first = tenants(connection)[0]
        headers = {
            "Authorization": f"Bearer {keyed.key}",
            "X-Tenant-ID": first.uuid,
            "X-Org-ID": first.org,
        }

        def ask(path: str, body: Any = None) -> Any:
            response = app.test_client().post(BASE + path, json=body, headers=headers)
            assert response.status_code in (200, 202), response.text
            return response.get_json()

        category = ask("/categories", {"name": "Hats", "slug": "hats"})["id"]
        brand = ask("/brands", {"name": "Acme"})["id"]
        product = ask("/products", {"title": "Hat", "category": "hats"})["id"]
        variant = ask(f"/products/{product}/variants", {"sku": "H-1", "price": 5})["id"]
        ask("/media", {"url": "https://a.example/1.jpg", "product_id": product})
        job = ask("/export")["job_id"]
        ids = {"product_id": product, "variant_id": variant, "category_id": category}
        yield Filled(app, headers, ids | {"brand_id": brand, "parentId": category, "job_id": job})


@lru_cache(maxsize=1)
def schema_of(app: Flask) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.mark.parametrize(("method", "path"), ADDRESSES, ids=map(" ".join, ADDRESSES))
def test_an_address_answers_what_the_document_tells(
    catalogue: Filled, method: str, path: str
) -> None:
    operation = schema_of(catalogue.app)[BASE + path.replace("<", "{").replace(">", "}")][method]

    @QUIET
    @given(case=operation.as_strategy(), known=st.booleans())
    def answered(case: schemathesis.Case, known: bool) -> None:
        for part in (case.path_parameters, case.query, case.body):
            for name in part if known and isinstance(part, dict) else ():
                part[name] = catalogue.ids.get(name, part[name])
        case.headers.update(catalogue.headers)
        sent = {"Accept-Encoding": "identity"} | catalogue.headers
        case.validate_response(case.call(headers=sent), checks=CHECKS)

    answered()
