"""Which records an outlet takes: of a schema, of a catalog, with the values of a scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pims_api.domain.definition import Definition
from pims_api.errors import BadInput, Fault, pointer_to
from schemas.sigma.catalogs.catalog import catalogs_by_id
from schemas.sigma.ids import schemas_by_id
from schemas.sigma.scopes import scope_named


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for; None for whatever it is."""

    type_id: int | None
    catalog_id: int | None
    scope: str | None


def read_selection(
    definition: Definition, body: Mapping[str, Any], faults: list[Fault]
) -> Selection:
    """Return what `schemaId`, `catalogId` and `dimensionScope` of a body name.

    What is wrong with them joins the faults.
    """
    kind = schemas_by_id(definition).get(body["schemaId"] or "")
    catalog = catalogs_by_id(definition).get(body["catalogId"] or "")
    for name, found in (("schemaId", kind), ("catalogId", catalog)):
        if body[name] is not None and found is None:
            message = f"There is no {name.removesuffix('Id')} {body[name]!r}!"
            faults.append(fault_at((name,), message))
    scope = None
    if body["dimensionScope"] is not None:
        try:
            scope = scope_named(definition, body["dimensionScope"], "/dimensionScope").text
        except BadInput as error:
            faults += error.faults
    return Selection(
        None if kind is None else kind.id, None if catalog is None else catalog.id, scope
    )


def fault_at(place: tuple[str | int, ...], message: str) -> Fault:
    """Return what is wrong with a key of a body, whose name the message begins with."""
    return Fault("range", f"{'.'.join(map(str, place))}: {message}", pointer=pointer_to(*place))
