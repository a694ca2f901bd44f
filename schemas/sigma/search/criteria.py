"""Criteria of a search, read for a caller. Source: docs/api/sigma.md, Search."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.criterion import NEGATIVE, WITHOUT_OPERAND, Criterion, Operator
from pims_api.domain.suggestion import nearest
from pims_api.domain.values.scope import Scope
from pims_api.errors import BadInput, Fault, refuse_if_any
from pims_api.services.products.lifecycle.stages import is_ever_seen
from schemas.sigma.ids import attribute_id, schema_id
from schemas.sigma.model.attributes import TYPES
from schemas.sigma.records.shapes import Linked, Mismatch
from schemas.sigma.records.values import STRUCTURE
from schemas.sigma.scopes import scope_named
from schemas.sigma.search.operands import read_test
from schemas.sigma.search.requests import CRITERIA_MAX, OPERATORS

_SHOWN_MAX = 64  # characters of a name that a message repeats


class CriteriaReader:
    """Reads criteria, and collects what is wrong. kind: the only schema that is searched, if any.

    links: the SKUs of the records and variants that the criteria name, by id.
    """

    def __init__(self, sight: Sight, kind: ProductType | None, links: Linked) -> None:
        self._sight = sight
        self._kind = kind
        self._links = links
        self._known = _attributes(sight.overall)
        self._faults: list[Fault] = []

    def criteria(self, sent: Sequence[Mapping[str, Any]]) -> list[Criterion]:
        """Return the criteria of a body. Raises BadInput with everything that is wrong."""
        if len(sent) > CRITERIA_MAX:
            message = f"A search has at most {CRITERIA_MAX} criteria!"
            refuse_if_any([Fault("limit", message, pointer="/criteria")])
        found = [self._criterion(one, f"/criteria/{place}") for place, one in enumerate(sent)]
        refuse_if_any(self._faults)
        return [one for one in found if one is not None]

    def attribute(self, sent: Mapping[str, Any], pointer: str) -> Attribute | None:
        """Return the attribute that a criterion names by its alias or id, if there is one."""
        name = sent["attribute"]
        attribute = self._known.get(name)
        if attribute is None or not self._is_seen(attribute):
            attribute = None
            known = [word for word, one in self._known.items() if self._is_seen(one)]
            hint = nearest(name[:_SHOWN_MAX], known)
            where = "" if self._kind is None else f" in {schema_id(self._kind)}"
            message = f"There is no attribute {name[:_SHOWN_MAX]!r}{where}!"
            message += f" Did you mean {hint}?" if hint else ""
            self._add("unknown_attribute", message, f"{pointer}/attribute")
        return attribute

    def _is_seen(self, attribute: Attribute) -> bool:
        kinds = self._sight.definition.types.values() if self._kind is None else (self._kind,)
        return is_ever_seen(self._sight, kinds, attribute)

    def _criterion(self, sent: Mapping[str, Any], pointer: str) -> Criterion | None:
        attribute = self.attribute(sent, pointer)
        if attribute is None:
            return None
        operator = OPERATORS[sent["operator"]]
        try:
            scope = self._scope(sent["scope"], f"{pointer}/scope")
            return self._read(attribute, operator, sent["value"], scope)
        except Mismatch as error:
            message = (
                f"{sent['operator']} on {attribute.name}, which is {TYPES[attribute.type]}, "
                f"takes {error}!"
            )
            self._add("type", message, f"{pointer}/value")
        except BadInput as error:
            self._faults += error.faults
        return None

    def _read(
        self, attribute: Attribute, operator: Operator, value: Any, scope: Scope | None
    ) -> Criterion:
        negated = operator in NEGATIVE
        if operator in WITHOUT_OPERAND:
            return Criterion(attribute, None, negated, scope)
        test = read_test(self._sight.definition, attribute, operator, value, self._links)
        return Criterion(attribute, test, negated, scope)

    def _scope(self, sent: Mapping[str, Any] | None, pointer: str) -> Scope | None:
        return None if sent is None else scope_named(self._sight.definition, sent, pointer)

    def _add(self, code: str, message: str, pointer: str) -> None:
        self._faults.append(Fault(code, message, pointer=pointer))


def linked_ids(criteria: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield every text in criteria that may be the id of a record or variant."""
    for one in criteria:
        if isinstance(one["value"], str) and one["value"].startswith(("ent-", "var-")):
            yield one["value"]


def _attributes(access: Access) -> dict[str, Attribute]:
    """Return the attributes that may be asked for, by alias and by id."""
    found = [one.attribute for one in access.columns if _may_be_asked(access, one.attribute)]
    return {attribute_id(one): one for one in found} | {one.name: one for one in found}


def _may_be_asked(access: Access, attribute: Attribute) -> bool:
    """Return whether criteria may speak of an attribute.

    Not of one that shows what other records say; and not of links that the index does not hold, for
    a caller from whom some records are hidden.
    """
    if attribute.name in STRUCTURE:
        return False
    hidden_links = attribute.type is ValueType.RELATION and access.rows is not None
    return not hidden_links or attribute.can_filter
