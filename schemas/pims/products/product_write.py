"""The reader of createProduct and editProduct as a write to a product.

Source: docs/api/pims.md, createProduct, editProduct.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.errors import Fault
from pims_api.services.products.value_rules import (
    CATEGORIES_MISSING,
    DICTIONARY_MISSING,
    as_refusal,
)
from pims_api.services.products.write import ProductWrite
from schemas.pims.body import Request
from schemas.pims.products.values import POINTER, ReadValues, read_attributes

ATTRIBUTES_MAX = 20_000  # values in one request
_MAY_BE_MADE = (CATEGORIES_MISSING, DICTIONARY_MISSING)


def read_product_write(request: Request, access: Access) -> ProductWrite:
    """Return the write of a request, with every fault found so far."""
    values, sku = request.values, request.values.get("sku", "")
    strict, faults = request.strict, _hinted(request.faults, access)
    sent = _attributes(values.get("data", {}), faults)
    found = read_attributes(sent, access, sku, request.suggestions)
    warnings = _hinted(request.warnings, access)
    return ProductWrite(
        sku=sku,
        assignments=found.assignments,
        faults=[*faults, *found.faults, *_strict_faults(found, strict=strict),
                *_missing_faults(values.get("createMissing", []))],
        warnings=warnings if strict else [*warnings, *found.ignored],
        product_type=values.get("product_type"),
        missing=frozenset(values.get("createMissing", ())),
        if_version=values.get("if_version"),
        strict=strict,
        suggestions=request.suggestions,
        only=values.get("only") or None,
        restore=bool(values.get("restore")),
    )  # fmt: skip


def _hinted(faults: Sequence[Fault], access: Access) -> list[Fault]:
    """Return the faults; an unknown key that is the name of an attribute says where these stand."""
    return [_hinted_one(one, access) for one in faults] if faults else []


def _hinted_one(fault: Fault, access: Access) -> Fault:
    key = (fault.pointer or "").rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    is_key = fault.code == "unknown_attribute" and fault.attribute is None
    if not is_key or fault.nearest is not None or access.column(key) is None:
        return fault
    return replace(fault, nearest=f"data.attributes.{key}")


def _attributes(data: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    sent = data.get("attributes")
    if sent is None:
        return {}
    if not isinstance(sent, dict):
        faults.append(Fault("type", "data.attributes must be an object!", pointer=POINTER))
        return {}
    if len(sent) > ATTRIBUTES_MAX:
        message = f"At most {ATTRIBUTES_MAX} attributes can be sent at a time!"
        faults.append(Fault("limit", message, pointer=POINTER))
        return {}
    return sent


def _strict_faults(found: ReadValues, *, strict: bool) -> list[Fault]:
    return [as_refusal(one) for one in found.ignored] if strict else []


def _missing_faults(names: list[str]) -> list[Fault]:
    return [
        Fault(
            "range",
            f"createMissing knows {' and '.join(_MAY_BE_MADE)}, not {name[:64]!r}!",
            pointer="/createMissing",
            allowed=_MAY_BE_MADE,
        )
        for name in names
        if name not in _MAY_BE_MADE
    ]
