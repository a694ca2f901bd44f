"""Puts a catalogue into an empty tenant, as an importer would: through the services."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from benchmarks.catalogues.catalogue import Catalogue, NewProduct, Values
from pims_api.domain.access.access import Access
from pims_api.domain.access.permission_group import EDITOR, EXPORT, IMPORT, MANAGER, USER
from pims_api.domain.attributes.attribute import TITLE, ValueType
from pims_api.domain.category import split_path
from pims_api.errors import refuse_if_any
from pims_api.services.access import full_access
from pims_api.services.attribute_views.fields import ViewFieldWrite
from pims_api.services.attribute_views.write import ViewWrite, add_view
from pims_api.services.attributes.write import add_attributes
from pims_api.services.categories.write import make_category
from pims_api.services.keys.api_keys import create_key
from pims_api.services.products.batch import BatchRow, Mode, Verb, write_rows
from pims_api.services.products.text_values import read_values
from pims_api.services.products.write import ProductWrite, create_product, edit_product
from pims_api.services.tenants import add_tenant
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work

LONG_HISTORY_SKU = "LONG-HISTORY"
VIEW = "bench"
GROUPS = (USER, EDITOR, MANAGER, IMPORT, EXPORT)
_ACTOR = Actor("bench")
_ROWS = 500  # products per transaction
_INDEXED_AT_ONCE = 1_000  # more products than there are when attributes are defined

OnProgress = Callable[[int], None]


def make_catalogue(database: Database, catalogue: Catalogue, on_progress: OnProgress) -> int:
    """Make a tenant with the catalogue and return its id.

    on_progress: hears how many products it has.
    """
    tenant_id = make_definitions(database, catalogue.name, catalogue)
    made = 0
    for rows in _chunks(catalogue.products(), _ROWS):
        with unit_of_work(database, tenant_id, _ACTOR) as work:
            _add(work, rows)
        made += len(rows)
        on_progress(made)
    return tenant_id


def make_definitions(database: Database, name: str, catalogue: Catalogue) -> int:
    """Make a tenant that is ready for the catalogue's products and return its id."""
    tenant_id = add_tenant(database, name)
    with unit_of_work(database, tenant_id, _ACTOR) as work:
        add_attributes(work, catalogue.attributes, _INDEXED_AT_ONCE)
        for path in catalogue.categories:
            make_category(work, split_path(path))
    return tenant_id


def make_long_history(
    database: Database, tenant_id: int, catalogue: Catalogue, entries: int
) -> None:
    """Add a product and edit it, each time in a transaction, until it has so many entries."""
    sample = catalogue.more(0)
    values = {
        name: sample.values[name] for name in sample.values if name in _plain_attributes(catalogue)
    }
    with unit_of_work(database, tenant_id, _ACTOR) as work:
        create_product(work, _access(work), _wanted(_access(work), LONG_HISTORY_SKU, values))
    for number in range(1, entries):
        with unit_of_work(database, tenant_id, _ACTOR) as work:
            change = {catalogue.questions.edited: str(number)}
            edit_product(work, _access(work), _wanted(_access(work), LONG_HISTORY_SKU, change))


def make_key(database: Database, tenant_id: int, shown: Sequence[str] = ()) -> str:
    """Return a new key of the tenant that may do what workloads do.

    shown: the attributes that it sees, through a View; none for all.
    """
    if shown:
        _make_view(database, tenant_id, shown)
    with unit_of_work(database, tenant_id, _ACTOR) as work:
        text, _ = create_key(work, None, "bench", GROUPS, views=[VIEW] if shown else [])
    return text


def _make_view(database: Database, tenant_id: int, shown: Sequence[str]) -> None:
    """Make the View, unless an earlier run did."""
    with unit_of_work(database, tenant_id, _ACTOR) as work:
        if VIEW not in work.definition.views:
            add_view(work, VIEW, ViewWrite(fields={name: ViewFieldWrite() for name in shown}))


def _plain_attributes(catalogue: Catalogue) -> set[str]:
    """Return the attributes that any product may have: no links, no unique values."""
    plain = [one for one in catalogue.attributes if not one.settings.get("unique")]
    return {one.name for one in plain if one.settings["type"] is not ValueType.RELATION} | {TITLE}


def _add(work: UnitOfWork, rows: Iterable[NewProduct]) -> None:
    access = _access(work)
    wanted = [_wanted(access, one.sku, one.values) for one in rows]
    outcomes = write_rows(work, access, [BatchRow(Verb.CREATE, one) for one in wanted], Mode.ATOMIC)
    refuse_if_any([fault for one in outcomes for fault in one.faults])


def _wanted(access: Access, sku: str, values: Values) -> ProductWrite:
    assignments, faults = read_values(access, values)
    return ProductWrite(sku, assignments, faults)


def _access(work: UnitOfWork) -> Access:
    return full_access(work.definition, work.definition.default_locale)


def _chunks(products: Iterator[NewProduct], size: int) -> Iterator[list[NewProduct]]:
    while chunk := list(islice(products, size)):
        yield chunk
