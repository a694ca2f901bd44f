"""listProductTypes, addProductType and editProductType, of /pim/manage/attributes."""

from collections.abc import Sequence

from pims_api.domain.access.access import Access
from pims_api.domain.access.permission import Permission
from pims_api.domain.definition import Definition
from pims_api.errors import Fault
from pims_api.services.access import full_access
from pims_api.services.product_types import add_type, edit_type, named_type
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.body import READING, read_request
from schemas.pims.definitions.product_type_requests import (
    WantedType,
    product_type_object,
    read_product_type,
)
from views.pims.caller import Caller
from views.pims.dry_run import as_dry_run, with_warnings
from views.running import Body, Reply
from views.transport import current_database


def list_product_types(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with every product type; without pim_manager, with the attributes of the View."""
    caller.hear(read_request(READING, body))
    definition = seen.definition
    access = caller.access(definition)
    if caller.may(Permission.MANAGE_DEFINITIONS):
        access = _everything(definition)
    data = [product_type_object(named_type(access, one)) for one in definition.types.values()]
    return with_warnings({"status": "OK", "data": data}, caller.warnings)


def add_product_type(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Add a product type and answer with it."""
    wanted, before = read_product_type(body), work.definition
    caller.hear(wanted.request)
    add_type(work, wanted.name, wanted.write)
    return _reply(work, caller, wanted, before)


def edit_product_type(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Change a product type and answer with it; what the body does not name stays."""
    wanted, before = read_product_type(body), work.definition
    caller.hear(wanted.request)
    inline_max = current_database().settings.reindex_inline_max
    warnings = edit_type(work, wanted.name, wanted.write, inline_max)
    return _reply(work, caller, wanted, before, warnings)


def _reply(
    work: UnitOfWork,
    caller: Caller,
    wanted: WantedType,
    before: Definition,
    warnings: Sequence[Fault] = (),
) -> Reply:
    work.dry_run = wanted.request.dry_run
    shown = _shown(work.definition, wanted.name)
    reply: Reply = {"status": "OK", "product_type": shown[wanted.name]}
    if work.dry_run:
        reply = as_dry_run(reply, _shown(before, wanted.name), shown)
    return with_warnings(reply, [*caller.warnings, *warnings])


def _shown(definition: Definition, name: str) -> dict[str, Reply]:
    known = definition.types.get(name)
    access = _everything(definition)
    return {} if known is None else {name: product_type_object(named_type(access, known))}


def _everything(definition: Definition) -> Access:
    return full_access(definition, definition.default_locale)
