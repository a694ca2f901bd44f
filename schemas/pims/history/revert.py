"""Requests and replies of revert. Source: docs/api/pims.md, revert."""

from collections.abc import Mapping
from typing import Any

from pims_api.errors import BadInput, Fault
from pims_api.services.reverts.revert import OnConflict, Reverted
from pims_api.services.reverts.target import Target
from schemas.pims.body import Request, WritingBody, read_request
from schemas.pims.fields import MomentOf, OneOf, ProductSku, WholeNumber

_NUMBER_MAX = 2**62
_WHICH = "Send one of transaction, job, and sku with as_of!"


class _OptionalSku(ProductSku):
    def __init__(self) -> None:
        super().__init__()
        self.required, self.allow_none, self.load_default = False, False, None


class RevertRequest(WritingBody):
    """Body of revert: what is to be taken back, and what becomes of conflicts."""

    transaction = WholeNumber(0, _NUMBER_MAX, load_default=None, allow_none=False)
    job = WholeNumber(0, _NUMBER_MAX, load_default=None, allow_none=False)
    sku = _OptionalSku()
    as_of = MomentOf(allow_none=False)
    on_conflict = OneOf(
        [one.value for one in OnConflict], load_default=OnConflict.REFUSE.value, allow_none=False
    )


REVERT = RevertRequest()


def read_revert(body: Mapping[str, Any]) -> Request:
    """Return the request of a body that takes something back."""
    return read_request(REVERT, body)


def target_of(request: Request) -> Target:
    """Return what is to be taken back. Raises BadInput when that is nothing, or two things."""
    values = request.values
    named = [name for name in ("transaction", "job", "sku") if values[name] is not None]
    if len(named) != 1:
        pointer = f"/{named[1]}" if named else "/transaction"
        code = "range" if named else "required"
        raise BadInput(faults=[Fault(code, _WHICH, pointer=pointer)], warnings=request.warnings)
    if (values["as_of"] is not None) != (named == ["sku"]):
        raise BadInput(faults=[_as_of_fault(named[0])], warnings=request.warnings)
    return Target(values["transaction"], values["job"], values["sku"], values["as_of"])


def _as_of_fault(named: str) -> Fault:
    if named == "sku":
        return Fault("required", f"To which moment is missing: {_WHICH}", pointer="/as_of")
    return Fault("range", f"as_of goes with sku alone: {_WHICH}", pointer="/as_of")


def reverted_object(done: Reverted) -> dict[str, Any]:
    """Return what taking back came to, as callers see it."""
    return {
        "reverted": done.reverted,
        "unchanged": done.unchanged,
        "skipped": done.skipped,
        "conflict_count": done.conflict_count,
        "conflicts": done.conflicts,
    }
