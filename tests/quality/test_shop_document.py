"""docs/api/shop.md says what the reads for shops do: its exchanges run, none is left out."""

import re

import pytest

from pims_api.services.lists.facets import TEXTS_MAX
from pims_api.storage.catalogue_index.facets.cache import AGE_MAX_US
from schemas.pims.shop import query as shop_query
from tests.environment import settings_of
from tests.quality.document_run import DocumentRun
from tests.quality.documents import API, source_files
from tests.quality.markdown import Exchange, first_cells, headings_of, section_of, steps_of
from views.app import create_app
from views.pims.shop.reads import SHOP_READS

TEXT = API.with_name("shop.md").read_text(encoding="utf-8")
STEPS = list(steps_of(TEXT))
MINUTE_US = 60_000_000

_CITED = re.compile(r"Source: docs/api/shop\.md, ([^\n]+?)\.?(?:\"\"\"|\n|$)")
_PLACE = re.compile(r"<[^>]*>")
_FOR_PROXIES = "/sv/<word>"


def test_the_server_answers_every_exchange_as_it_is_written(database_url: str) -> None:
    app = create_app(settings_of(database_url))
    try:
        run = DocumentRun(app, database_url)
        assert [differs for step in STEPS if (differs := run.take(step))] == []
    finally:
        app.extensions["pims_database"].close()


@pytest.mark.parametrize("path", sorted(set(SHOP_READS) - {_FOR_PROXIES}))
def test_every_address_has_an_exchange(path: str) -> None:
    address = re.compile("[^/]+".join(map(re.escape, _PLACE.split(path))))
    asked = {one.path.partition("?")[0] for one in STEPS if isinstance(one, Exchange)}
    assert [one for one in asked if address.fullmatch(one)] != []


def test_every_section_that_the_code_cites_is_there() -> None:
    texts = [path.read_text(encoding="utf-8") for path in source_files()]
    cited = {title for text in texts for line in _CITED.findall(text) for title in line.split(", ")}
    assert cited
    assert cited - set(headings_of(TEXT)) == set()


def test_the_table_of_parameters_has_them_all() -> None:
    cells = first_cells(section_of(TEXT, "Parameters"))
    told = {name.strip("` ").partition("=")[0] for cell in cells for name in cell.split(",")}
    known = {*shop_query.LIST_PARAMETERS, "search", "skus", "sort"}
    assert told - {"parameter", "the name of an attribute"} == known


def test_the_numbers_are_those_of_the_code() -> None:
    section = section_of(TEXT, "Category filters")
    assert f"at most {TEXTS_MAX} values" in section
    assert f"for {AGE_MAX_US // MINUTE_US} minutes at most" in section
