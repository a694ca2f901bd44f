"""Products that have values of an attribute, whatever the scope, counted before it is changed."""

from collections.abc import Iterable

from pims_api.domain.access.scopes import possible_scopes
from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.conditions.condition import IsNull, Not, Operand
from pims_api.domain.values.value import elements
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.catalogue_index.bitmaps.document_terms import is_kept
from pims_api.storage.catalogue_index.bitmaps.terms import text_term
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.products.attribute_usage import stored_values
from pims_api.storage.snapshot import Snapshot


def holders(snapshot: Snapshot, attribute: Attribute) -> int:
    """Return the set of products, deleted ones too, that have a value of the attribute.

    From the index, which tells it of every attribute that is stored.
    """
    if not (is_kept(attribute) or attribute.indexed):
        return from_ids(number for number, _ in stored_values(snapshot, attribute))
    scopes = tuple(possible_scopes(snapshot.definition, attribute))
    return match(snapshot, Not(IsNull(Operand(attribute, scopes))))


def holders_of_options(
    snapshot: Snapshot, attribute: Attribute, option_ids: Iterable[str]
) -> dict[str, int]:
    """Return the set of products, deleted ones too, that have each of these options."""
    wanted = list(dict.fromkeys(option_ids))
    if not _is_built(attribute):
        return _from_documents(snapshot, attribute, wanted)
    scopes = possible_scopes(snapshot.definition, attribute)
    entries = {one: [(attribute.id, scope, text_term(one)) for scope in scopes] for one in wanted}
    postings = Postings(snapshot)
    postings.load(entry for terms in entries.values() for entry in terms)
    return {one: postings.any_of(terms) for one, terms in entries.items()}


def _from_documents(snapshot: Snapshot, attribute: Attribute, wanted: list[str]) -> dict[str, int]:
    ids: dict[str, list[int]] = {one: [] for one in wanted}
    for number, by_scope in stored_values(snapshot, attribute):
        held = {e for value in by_scope.values() for e in elements(attribute, value)}
        for one in held & ids.keys():
            ids[one].append(number)
    return {one: from_ids(found) for one, found in ids.items()}


def _is_built(attribute: Attribute) -> bool:
    """Return whether the index holds every value of the attribute."""
    return attribute.indexed and not attribute.pending & {"filterable", "indexable"}
