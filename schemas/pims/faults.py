"""Faults on the wire. Source: docs/api/pims.md, Errors."""

from collections.abc import Sequence
from typing import Any

from pims_api.domain.access.permission import NotPermitted
from pims_api.errors import Fault, PimsError
from schemas.pims.messages import worded
from schemas.pims.permissions import permission_fault
from schemas.pims.pointers import pointer_of

FAULTS_MAX = 100  # in one reply, and as many warnings

_OPTIONAL = ("attribute", "pointer", "value", "allowed", "nearest", "row")


def faults_of(refused: PimsError) -> Sequence[Fault]:
    """Return the faults of a refusal in the words of this face."""
    if isinstance(refused, NotPermitted):
        return [permission_fault(refused)]
    return refused.faults


def fault_object(fault: Fault) -> dict[str, Any]:
    """Return a fault as callers see it: in PIMS's words, without what does not apply.

    >>> fault_object(Fault("type", "price must be a number!", "price"))
    {'code': 'type', 'message': 'price must be a number!', 'attribute': 'price'}
    """
    told = {name: getattr(fault, name) for name in _OPTIONAL}
    if fault.pointer is None and fault.place is not None:
        told["pointer"] = pointer_of(fault.place)
    given = {name: value for name, value in told.items() if value is not None}
    return {"code": fault.code, "message": worded(fault).message} | given


def fault_objects(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Return faults or warnings as callers see them; beyond FAULTS_MAX only their number."""
    told = list(faults[:FAULTS_MAX])
    if len(faults) > FAULTS_MAX:
        told.append(Fault("limit", f"… and {len(faults) - FAULTS_MAX} more."))
    return [fault_object(one) for one in told]


def error_object(faults: Sequence[Fault], warnings: Sequence[Fault] = ()) -> dict[str, Any]:
    """Return the body of an error: the first message, and every fault, at most FAULTS_MAX.

    warnings: what the caller should know beside them.
    """
    told = {
        "status": "Error",
        "status_message": worded(faults[0]).message,
        "errors": fault_objects(faults),
    }
    return told | ({"warnings": fault_objects(warnings)} if warnings else {})
