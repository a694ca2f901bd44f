"""Searches by criteria and by words."""

from typing import Any

from pims_api.deadline import TooSlow
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.condition import And
from pims_api.domain.conditions.criterion import Criterion
from pims_api.domain.page import Page
from pims_api.errors import BadInput, Fault
from pims_api.services.lists.criteria import criteria_condition
from pims_api.services.lists.full_text import list_by_text
from pims_api.services.lists.query import Listing, ListQuery, list_products
from pims_api.storage.catalogue_index.filter.in_documents import reads_documents
from pims_api.storage.snapshot import Snapshot
from schemas.sigma.ids import schemas_by_id
from schemas.sigma.records.record import page_object
from schemas.sigma.search.criteria import CriteriaReader, linked_ids
from views.running import Body
from views.sigma.actions.records.records import of_schema
from views.sigma.actions.records.showing import links_to, record_rows
from views.sigma.caller import Caller


def search(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with a window of the records that fulfil the criteria."""
    sight, body = caller.sight(seen.definition), asked["body"]
    criteria = read_criteria(seen, sight, body)
    return page_found(seen, sight, body, criteria, body)


def search_text(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with a window of the records that have every word in their texts."""
    body = asked["body"]
    return _page_of_text(seen, caller, body["query"], body)


def search_text_of_address(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer as `search_text` does to a question in the address."""
    query = asked["query"]
    return _page_of_text(seen, caller, query["q"], query)


def read_criteria(seen: Snapshot, sight: Sight, body: Body) -> list[Criterion]:
    """Return the criteria of a body. Raises BadInput."""
    sent = body["criteria"] or []
    links = links_to(seen, sight, linked_ids(sent))
    return CriteriaReader(sight, schema_named(seen, body["schemaId"]), links).criteria(sent)


def schema_named(seen: Snapshot, number: str | None) -> ProductType | None:
    """Return the schema that a search is about, if any. Raises BadInput for an unknown one."""
    kind = None if number is None else schemas_by_id(seen.definition).get(number)
    if number is not None and kind is None:
        message = f"There is no schema {number!r}!"
        raise BadInput(faults=[Fault("range", message, pointer="/schemaId")])
    return kind


def page_found(
    seen: Snapshot, sight: Sight, body: Body, criteria: list[Criterion], window: Body
) -> Any:
    """Return a window of the records of a schema that fulfil criteria. Raises TooSlow."""
    any_of = body["criteriaOperator"] == "or"
    fulfilled = criteria_condition(seen, sight, criteria, any_of=any_of)
    schema = of_schema(seen, body["schemaId"]) or And(())
    query = ListQuery(And((schema, fulfilled)), page=_page(window), in_families=True)
    try:
        return _shown(seen, sight, list_products(seen, sight.overall, query), window)
    except TooSlow as refused:
        raise _named_slow(refused, criteria) from refused


def _page_of_text(seen: Snapshot, caller: Caller, text: str, asked: Body) -> Any:
    sight = caller.sight(seen.definition)
    schema_named(seen, asked["schemaId"])
    schema = of_schema(seen, asked["schemaId"]) or And(())
    query = ListQuery(schema, search=text, page=_page(asked), in_families=True)
    return _shown(seen, sight, list_by_text(seen, sight, query), asked)


def _page(window: Body) -> Page:
    return Page(size=window["limit"], start=window["offset"])


def _shown(seen: Snapshot, sight: Sight, listing: Listing, window: Body) -> Any:
    return page_object(record_rows(seen, sight, listing), listing.total, window)


def _named_slow(refused: TooSlow, criteria: list[Criterion]) -> TooSlow:
    """Return a refusal that names the criteria for which records must be read one by one."""
    slow = [c.attribute.name for c in criteria if c.test is not None and reads_documents(c.test)]
    if not slow:
        return refused
    names = ", ".join(dict.fromkeys(slow))
    return TooSlow(
        f"The search takes too long: its criteria on {names} are answered from the records one by "
        "one. Add criteria on other attributes, or a schemaId, so that fewer are left!"
    )
