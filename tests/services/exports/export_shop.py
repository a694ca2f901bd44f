"""A tenant that files leave and enter: an attribute of every type, single and in a collection."""

from dataclasses import asdict
from io import BytesIO

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.category import split_path
from pims_api.errors import refuse_if_any
from pims_api.jobs.imports.product_import import ImportTask, import_products
from pims_api.services.access import full_access
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite
from pims_api.services.attributes.write import add_attributes
from pims_api.services.categories.write import make_category
from pims_api.services.dimensions import add_locale
from pims_api.services.exports.file import ExportFile
from pims_api.services.exports.products import export_query, plan_export
from pims_api.services.imports.column_plan import ImportChoices
from pims_api.services.lists.query import list_products, listed_products
from pims_api.services.products.families import related_products
from pims_api.services.products.projection import product_writer
from pims_api.services.products.text_values import read_values
from pims_api.services.products.write import ProductWrite, create_product, edit_product
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import snapshot
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from pims_api.transfer.file_format import FileFormat
from pims_api.transfer.read import open_table

KINDS = tuple(kind for kind in ValueType if kind not in (ValueType.COMPLEX, ValueType.COMPLETENESS))
CATEGORIES = ("Rods", "Rods > Steel", 'Pipes, "bent" | =1+1')
TARGETS = ("TARGET-1", "=TARGET|2")
GERMAN = "de-de"


class ExportShop:
    """`shop.create("A", price="5")`, `shop.exported("csv")`, `shop.load(...)`."""

    def __init__(self, database, name):
        self.database = database
        self.tenant_id = add_tenant(database, name)
        with self.work() as work:
            add_locale(work, GERMAN, "Deutsch")
            add_attributes(work, list(wanted_attributes()), 0)
            for path in CATEGORIES:
                make_category(work, split_path(path))
        for sku in TARGETS:
            self.create(sku, title=sku)

    def work(self):
        return unit_of_work(self.database, self.tenant_id, Actor("tests"))

    def seen(self):
        return snapshot(self.database, self.tenant_id)

    def create(self, sku, product_type=None, **values):
        self._write(create_product, sku, values, product_type=product_type)

    def edit(self, sku, locale="en-us", **values):
        self._write(edit_product, sku, values, locale)

    def exported(self, kind, condition="", names=None, separator=None, view=None, locale="en-us"):
        """The bytes of a file."""
        stream = BytesIO()
        with self.seen() as seen:
            access = full_access(seen.definition, locale, view)
            query = export_query(access, condition, include_deleted=True)
            file = ExportFile(plan_export(seen, access, query, names), kind, separator)
            assert sum(file.write(stream)) == file.steps
        return stream.getvalue()

    def load(self, content, kind, view=None, locale="en-us", **choices):
        """Import a file and return the totals, warnings aside, and what was refused."""
        task = ImportTask(
            self.database,
            self.tenant_id,
            Actor("importer"),
            lambda: open_table(BytesIO(content), FileFormat(format=kind)),
            lambda work: full_access(work.definition, locale, view),
            ImportChoices(**choices),
        )
        steps = list(import_products(task))
        refused = [
            fault.message for step in steps for row in step.rows for fault in row.outcome.faults
        ]
        totals = asdict(steps[-1].state.totals)
        del totals["warnings"]  # such as of two variations alike
        return totals, refused

    def listed(self, condition="", locale="en-us"):
        """What getList shows of the products."""
        with self.seen() as seen:
            access = full_access(seen.definition, locale)
            query = export_query(access, condition, include_deleted=True)
            found = listed_products(seen, list_products(seen, access, query))
            around = related_products(seen, access, found)
            return [product_writer(access).attributes(one, around) for one in found]

    def _write(self, verb, sku, values, locale="en-us", **more):
        with self.work() as work:
            access = full_access(work.definition, locale)
            assignments, faults = read_values(access, values)
            refuse_if_any(faults)
            verb(work, access, ProductWrite(sku, assignments, **more))


def wanted_attributes():
    for kind in KINDS:
        options = OptionListWrite(static=False) if kind is ValueType.OPTION else None
        for collection in (False, True):
            name = f"{kind.value}s" if collection else kind.value
            settings = {"type": kind, "collection": collection, "localizable": name == "text"}
            yield AttributeWrite(name, settings, labels={"en-us": name}, options=options)
