"""Scopes that a search or an export names: which segments a caller asks for.

Source: docs/api/sigma.md, Values.
"""

from collections.abc import Mapping
from typing import Any

from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Scope
from pims_api.errors import BadInput, Fault, pointer_to
from schemas.sigma.ids import dimensions_by_id, segments_of

_SHOWN_MAX = 64  # characters of a name that a message repeats


def scope_named(definition: Definition, sent: Mapping[str, Any], pointer: str = "/scope") -> Scope:
    """Return the scope of an object of segment ids by dimension id. Raises BadInput."""
    known, found = dimensions_by_id(definition), {}
    for name, segment in sent.items():
        dimension = known.get(name)
        segments = segments_of(definition, dimension) if dimension else {}
        if dimension is None or not isinstance(segment, str) or segment not in segments:
            shown = str(segment)[:_SHOWN_MAX]
            message = f"There is no segment {shown!r} of {name[:_SHOWN_MAX]!r}!"
            where = f"{pointer}{pointer_to(name)}"
            raise BadInput(faults=[Fault("range", message, pointer=where)])
        found[dimension.id] = segments[segment]
    return Scope(found)
