"""Predicates on what the catalogue index does not know, answered from documents.

Source: docs/core.md, Conditions.
"""

from collections.abc import Hashable, Mapping

from pims_api.deadline import check_deadline
from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.conditions.condition import Contains, Test
from pims_api.domain.conditions.truth import document_test
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids, members
from pims_api.storage.catalogue_index.bitmaps.document_terms import with_computed
from pims_api.storage.catalogue_index.filter.skus import is_sku
from pims_api.storage.products.documents import documents_of
from pims_api.storage.snapshot import Snapshot

DOCUMENTS_AT_ONCE = 500

_NORMALISED = frozenset(
    {ValueType.NUMBER, ValueType.COMPLETENESS, ValueType.DATE, ValueType.DATETIME}
)


def reads_documents(predicate: Test) -> bool:
    """Return whether a predicate is answered from the documents.

    The index keeps numbers and moments by their values, not by the text that somebody wrote.
    """
    attribute = predicate.operand.attribute
    if is_sku(attribute) or not _is_stored(attribute):
        return False
    is_changed = isinstance(predicate, Contains) and attribute.type in _NORMALISED
    return is_changed or not attribute.is_built


def find_in_documents(
    snapshot: Snapshot, wanted: Mapping[Hashable, Test], within: int
) -> dict[Hashable, int]:
    """Return the products, of those within, for which each predicate is true, in one reading."""
    definition = snapshot.definition
    tests = {key: document_test(one, definition) for key, one in wanted.items()}
    found: dict[Hashable, list[int]] = {key: [] for key in tests}
    ids = members(within)
    for start in range(0, len(ids), DOCUMENTS_AT_ONCE):
        for number, values in documents_of(snapshot, ids[start : start + DOCUMENTS_AT_ONCE]):
            check_deadline()
            seen = with_computed(values, definition)
            for key, test in tests.items():
                if test(seen):
                    found[key].append(number)
    return {key: from_ids(numbers) for key, numbers in found.items()}


def _is_stored(attribute: Attribute) -> bool:
    return not attribute.computed or attribute.type is ValueType.COMPLETENESS
