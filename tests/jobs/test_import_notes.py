"""What is told once of a column is told once however often an import is interrupted."""

import pytest

from pims_api.jobs.imports import product_import
from pims_api.jobs.imports.product_import import import_products
from pims_api.jobs.imports.state import ImportState
from tests.jobs.import_shop import Imported, ImportShop, totals

ROWS = (
    {"sku": "A", "title": "Rod", "price": "1.234", "color": "red", "fits.0": "C"},
    {"sku": "B", "title": "Nut", "price": "12.500", "color": "Red", "fits.0": ""},
    {"sku": "C", "title": "Cap", "price": "9", "color": "", "fits.0": ""},
)
MISSING = frozenset({"dictionary"})


@pytest.fixture
def shop(database, monkeypatch):
    """A shop where each transaction takes one row."""
    monkeypatch.setattr(product_import, "STEP_ROWS", 1)
    return ImportShop(database)


@pytest.mark.parametrize("stopped_after", range(1, 7))
def test_an_import_that_goes_on_tells_nothing_again(shop, stopped_after):
    done = Imported()
    steps = import_products(shop.task(ROWS, missing=MISSING))
    for _, step in zip(range(stopped_after), steps, strict=False):
        done.take(step)
    steps.close()
    state = ImportState.at(*done.positions[-1])
    for step in import_products(shop.task(ROWS, missing=MISSING), state):
        done.take(step)
    numbers, alike = sorted(done.warnings[0])
    assert alike == (
        "The option list of color gets 'red' beside 'Red', which differs only in case, spaces or "
        "invisible signs."
    )
    assert "such as 1.234 on line 2" in numbers
    assert done.totals == totals(created=3, warnings=2)


def test_every_step_with_warnings_is_recorded(shop):
    told = []
    task = shop.task(ROWS, missing=MISSING)
    steps = import_products(task, record=lambda work, step: told.extend(step.warnings))
    assert [one for step in steps for one in step.warnings] == told
    assert len(told) == 2
