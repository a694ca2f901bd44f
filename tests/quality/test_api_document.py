"""docs/api/pims.md says what the server does: its exchanges run, and nothing is left out."""

import re
from typing import Any

import pytest

from pims_api.services.definition_imports.attribute_words import TYPES
from pims_api.settings import Settings
from schemas.pims import api_key, faults
from schemas.pims.products import batch, filter_values, product_write, requests
from tests.environment import settings_of
from tests.quality.document_run import DocumentRun, read_json
from tests.quality.documents import API, source_files
from tests.quality.markdown import (
    Exchange,
    first_cells,
    headings_of,
    numbers_in_row,
    section_of,
    steps_of,
)
from views.app import create_app
from views.pims.endpoints import ENDPOINTS
from views.pims.rows import stream as row_stream

TEXT = API.read_text(encoding="utf-8")
STEPS = list(steps_of(TEXT))
EXCHANGES = [step for step in STEPS if isinstance(step, Exchange)]
ACTIONS = [(path, action) for path, actions in ENDPOINTS.items() for action in actions]
UNPROVOKED = {"busy", "internal"}  # no exchange can show these at will

_CITED = re.compile(r"Source: docs/api/pims\.md, ([^\n]+?)\.?(?:\"\"\"|\n|$)")
_CODES_IN_SOURCE = re.compile(
    r'(?:\bFault|complaint|\.fault|_refuse)\(\s*(?:column, part, )?"([a-z_]+)"'
    r'|^    code = "([a-z_]+)"',
    re.MULTILINE,
)
# The base class of errors is never raised itself, and no action of PIMS takes a transition.
_NEVER_TOLD = {"invalid", "transition"}


def test_the_server_answers_every_exchange_as_it_is_written(database_url: str) -> None:
    app = create_app(settings_of(database_url))
    try:
        run = DocumentRun(app, database_url)
        assert [differs for step in STEPS if (differs := run.take(step))] == []
    finally:
        app.extensions["pims_database"].close()


@pytest.mark.parametrize(("path", "action"), ACTIONS)
def test_every_action_has_an_exchange(path: str, action: str) -> None:
    address = re.compile(re.escape(path).replace("<apikey>", "[^/]+"))
    shown = [one for one in EXCHANGES if address.fullmatch(one.path) and one.status == 200]
    assert [one for one in shown if f'"action": "{action}"' in one.body] != []


@pytest.mark.parametrize(("path", "action"), ACTIONS)
def test_every_action_is_in_a_table(path: str, action: str) -> None:
    assert re.search(rf"^\| \[?`?{action}`?[\] ]", TEXT, re.MULTILINE)


def test_every_section_that_the_code_cites_is_there() -> None:
    texts = [path.read_text(encoding="utf-8") for path in source_files()]
    cited = {title for text in texts for line in _CITED.findall(text) for title in line.split(", ")}
    assert cited - set(headings_of(TEXT)) == set()


def test_the_table_of_errors_has_the_codes_of_the_code() -> None:
    texts = [path.read_text(encoding="utf-8") for path in source_files()]
    used = {code for text in texts for pair in _CODES_IN_SOURCE.findall(text) for code in pair}
    assert used - {""} - _NEVER_TOLD == documented_codes()


def test_every_error_code_is_shown_in_a_reply() -> None:
    shown = {code for one in EXCHANGES for code in codes_in(read_json(one.reply))}
    assert shown == documented_codes() - UNPROVOKED


def test_the_table_of_types_has_them_all() -> None:
    table = section_of(TEXT, "Definition").partition("| type |")[2]
    assert {word for cell in first_cells(table) for word in cell.split("`, `")} == set(TYPES)


def documented_codes() -> set[str]:
    table = section_of(TEXT, "Errors").partition("| code |")[2]
    return set(first_cells(table)) - {"code"}


def codes_in(reply: Any) -> set[str]:
    if isinstance(reply, list):
        return set().union(*map(codes_in, reply))
    told = reply.get("errors", []) + reply.get("warnings", [])
    told += reply.get("job", {}).get("errors", [])
    return {one["code"] for one in told if isinstance(one, dict)}


@pytest.mark.parametrize(
    ("what", "numbers"),
    [
        ("body", [Settings().body_bytes_max // 2**20]),
        ("attributes in one request", [product_write.ATTRIBUTES_MAX]),
        ("SKUs in listProductsBySku", [requests.SKUS_MAX]),
        ("SKUs in its `known`", [requests.KNOWN_MAX]),
        ("actions of a batch", [batch.ROWS_MAX]),
        ("line of a stream", [row_stream.LINE_BYTES_MAX // 1024 // 1024]),
        ("filters", [filter_values.FILTERS_MAX, filter_values.VALUES_MAX]),
        ("order", [requests.ORDER_MAX]),
        ("search", [requests.SEARCH_LENGTH_MAX]),
        ("names in `params.attributes`", [requests.ATTRIBUTES_SHOWN_MAX]),
        ("errors, warnings of a reply", [faults.FAULTS_MAX]),
        ("permissions, Views of a new key", [api_key.LIST_LENGTH_MAX]),
    ],
)
def test_the_table_of_limits_has_the_numbers_of_the_code(what: str, numbers: list[int]) -> None:
    assert numbers_in_row(section_of(TEXT, "Limits"), what) == numbers
