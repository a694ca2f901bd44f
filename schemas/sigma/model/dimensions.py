"""Dimensions and their segments on the wire. Source: docs/api/sigma.md, Dimensions."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from marshmallow import INCLUDE, Schema

from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Dimension
from pims_api.errors import Fault, refuse_if_any
from pims_api.services.dimension_changes import DimensionWrite, SegmentWrite
from schemas.rest.fields import Body, Flag, Id, Line, Parts, Text, Texts
from schemas.sigma.ids import ID_LENGTH_MAX, dimension_id, dimensions_by_id, named, segment_id

SCOPES_MAX = 100_000  # of one matrix


class SegmentBody(Body):
    """A segment. Its id is made from its alias when it has none."""

    id = Id()
    alias = Text(required=True, blank=False, longest=64)
    name = Line(longest=100)
    isDefault = Flag()  # noqa: N815


class DimensionBody(Body):
    """A dimension, whole."""

    id = Id()
    alias = Text(required=True, blank=False, longest=64)
    name = Line(required=True, blank=False, longest=100)
    defaultSegmentId = Text(longest=ID_LENGTH_MAX)  # noqa: N815
    segments = Parts(SegmentBody(), required=True)


class ScopeMatrixBody(Body):
    """The dimensions whose segments are to be combined."""

    dimensionIds = Texts(required=True)  # noqa: N815


class ScopeReply(Schema):
    """One scope: segment ids by dimension id."""

    class Meta:
        unknown = INCLUDE


def dimension_write(body: Mapping[str, Any], before: Dimension | None = None) -> DimensionWrite:
    """Return what the body of a dimension wants. Raises BadInput for its default segment.

    before: the dimension that it replaces; its segments are known by their ids.
    """
    known = {segment_id(one): one.id for one in before.segments} if before else {}
    segments = [
        SegmentWrite(
            one["alias"], one["name"] or one["alias"], one["id"] or "", known.get(one["id"])
        )
        for one in body["segments"]
    ]
    return DimensionWrite(
        body["alias"], body["name"], body["id"] or "", segments, _default(body, segments)
    )


def _default(body: Mapping[str, Any], segments: list[SegmentWrite]) -> int | None:
    """Return the place of the default segment, None where the body names none."""
    flagged = [place for place, one in enumerate(body["segments"]) if one["isDefault"]]
    wanted = body["defaultSegmentId"]
    named_so = [
        place
        for place, one in enumerate(segments)
        if wanted in (one.client_id or f"seg-{one.code}", one.code)
    ]
    found = named_so if wanted is not None else flagged
    wrong = wanted is not None and (not found or (flagged and flagged != found[:1]))
    if wrong or len(flagged) > 1 or not segments:
        message = "A dimension has one default segment, which is among its segments!"
        refuse_if_any([Fault("range", message, pointer="/defaultSegmentId", value=wanted)])
    return found[0] if found else None


def dimension_object(one: Dimension) -> dict[str, Any]:
    """Return a dimension as this face shows it."""
    default = next(s for s in one.segments if s.id == one.default_segment_id)
    return {
        "id": dimension_id(one),
        "alias": one.code,
        "name": one.name,
        "defaultSegmentId": segment_id(default),
        "segments": [
            {
                "id": segment_id(segment),
                "alias": segment.alias or segment.code,
                "name": segment.name or segment.code,
                "isDefault": segment is default,
            }
            for segment in one.segments
        ],
    }


def scope_matrix(definition: Definition, ids: list[str]) -> list[dict[str, str]]:
    """Return every combination of the segments of these dimensions.

    Raises NotFound for an unknown dimension, BadInput for too many combinations.
    """
    known = dimensions_by_id(definition)
    chosen = [named(known, one, "Dimension") for one in dict.fromkeys(ids)]
    combinations = 1
    for one in chosen:
        combinations *= len(one.segments)
    if combinations > SCOPES_MAX:
        message = f"These dimensions have {combinations} combinations, {SCOPES_MAX} are possible!"
        refuse_if_any([Fault("limit", message, pointer="/dimensionIds")])
    names = [dimension_id(one) for one in chosen]
    rows = product(*([segment_id(s) for s in one.segments] for one in chosen))
    return [dict(zip(names, row, strict=True)) for row in rows]
