"""A catalogue into which rows are imported that no file holds."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from pims_api.domain.attributes.attribute import ValueType
from pims_api.jobs.imports.product_import import ImportTask, import_products, totals_of
from pims_api.jobs.imports.state import ImportState
from pims_api.services.access import full_access
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.attributes.write import add_attributes
from pims_api.services.imports.column_plan import ImportChoices
from pims_api.services.imports.preview import row_difference
from pims_api.services.imports.products import fault_text
from pims_api.services.products.projection import plain_history, plain_values
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.products.store import find_product
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from pims_api.transfer.tables.table import Row, Table

ATTRIBUTES = (
    ("price", ValueType.NUMBER, {}),
    ("color", ValueType.OPTION, {}),
    ("tags", ValueType.STRING, {"collection": True}),
    ("ean", ValueType.STRING, {"unique": True, "filterable": True}),
    ("released", ValueType.DATE, {}),
    ("fits", ValueType.RELATION, {"collection": True}),
)


def totals(created=0, updated=0, unchanged=0, rejected=0, warnings=0):
    return {
        "created": created,
        "updated": updated,
        "unchanged": unchanged,
        "rejected": rejected,
        "warnings": warnings,
    }


@dataclass
class Imported:
    """What an import told. refusals, warnings: line → messages; warnings of columns at line 0."""

    totals: dict = field(default_factory=dict)
    refusals: dict = field(default_factory=dict)
    warnings: dict = field(default_factory=dict)
    differences: list = field(default_factory=list)
    positions: list = field(default_factory=list)

    def take(self, step):
        self.totals = totals_of(step.state)
        self.positions.append((step.state.position(), self.totals))
        self._warn(0, step.warnings)
        for row, outcome in step.rows:
            self._warn(row.line, outcome.warnings)
            if outcome.faults:
                self.refusals[row.line] = [fault_text(one) for one in outcome.faults]
            found = row_difference(step.access, row.line, outcome)
            self.differences += [found] if found else []

    def _warn(self, line, faults):
        if faults:
            self.warnings.setdefault(line, []).extend(one.message for one in faults)


@contextmanager
def opened(rows, columns):
    """A table of rows; the first one is at line 2, below the header."""
    numbered = [Row(line, dict(cells)) for line, cells in enumerate(rows, 2)]
    yield Table("csv", columns, iter(numbered), len(numbered), lambda: 0)


def columns_of(rows):
    return list(dict.fromkeys(name for row in rows for name in row))


class ImportShop:
    """`shop.load({"sku": "A", "title": "Rod"})` imports rows and returns what was told."""

    def __init__(self, database: Database, name: str = "acme") -> None:
        self.database = database
        self.tenant_id = add_tenant(database, name)
        wanted = [
            AttributeWrite(name, {"type": kind, **more}, labels={"en-us": name})
            for name, kind, more in ATTRIBUTES
        ]
        with self.work() as work:
            add_attributes(work, wanted, 0)

    def work(self):
        return unit_of_work(self.database, self.tenant_id, Actor("tests"))

    def task(self, rows, columns=None, dry_run=False, **choices):
        return ImportTask(
            self.database,
            self.tenant_id,
            Actor("importer"),
            partial(opened, rows, columns or columns_of(rows)),
            lambda work: full_access(work.definition, work.definition.default_locale),
            ImportChoices(**choices),
            dry_run=dry_run,
        )

    def load(self, *rows, columns=None, dry_run=False, **choices):
        done = Imported()
        for step in import_products(self.task(rows, columns, dry_run, **choices)):
            done.take(step)
        return done

    def load_stopped(self, rows, stopped_after):
        """Import, stop after so many steps, and go on from what the last one left."""
        done = Imported()
        steps = import_products(self.task(rows))
        for _, step in zip(range(stopped_after), steps, strict=False):
            done.take(step)
        steps.close()
        for step in import_products(self.task(rows), ImportState.at(*done.positions[-1])):
            done.take(step)
        return done

    def values(self, sku):
        """The values of a product by name, None when there is none."""
        with snapshot(self.database, self.tenant_id) as seen:
            product = find_product(seen, sku)
            access = full_access(seen.definition, seen.definition.default_locale)
            return None if product is None else plain_values(seen, access, product)

    def history(self, sku):
        """What each transaction changed of a product, oldest first."""
        with snapshot(self.database, self.tenant_id) as seen:
            product = find_product(seen, sku)
            access = full_access(seen.definition, seen.definition.default_locale)
            return [(one["old"], one["new"]) for one in plain_history(seen, access, product)]
