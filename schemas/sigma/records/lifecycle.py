"""Transitions and completeness on the wire. Source: docs/api/sigma.md, Transitions."""

from collections.abc import Collection, Iterable
from typing import Any

from marshmallow import Schema, fields

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.product import Product
from pims_api.services.products.lifecycle.transitions import StageCompleteness
from schemas.rest.fields import Body, Text
from schemas.sigma.ids import ID_LENGTH_MAX, product_id


class TransitionRequest(Body):
    """The wanted transition: by the state at its end, or by its own id."""

    aliases = {"toStateId": ("targetStateId", "stateId", "lifecycleStateId")}
    toStateId = Text(blank=False, longest=ID_LENGTH_MAX)  # noqa: N815
    transitionId = Text(blank=False, longest=ID_LENGTH_MAX)  # noqa: N815


class StateCompletenessReply(Schema):
    """What a record has of what a state requires: aliases of attributes."""

    stateId = fields.String()  # noqa: N815
    score = fields.Integer()
    filled = fields.List(fields.String())
    missing = fields.List(fields.String())


class CompletenessReply(Schema):
    """How complete a record is, in its state and in each other one."""

    entityId = fields.String()  # noqa: N815
    currentStateId = fields.String(allow_none=True)  # noqa: N815
    score = fields.Integer()
    states = fields.List(fields.Nested(StateCompletenessReply()))


def completeness_object(
    record: Product,
    current: str | None,
    score: int,
    states: Iterable[tuple[StageCompleteness, Collection[int]]],
) -> dict[str, Any]:
    """Return how complete a record is. states: each with the attributes that the caller sees."""
    shown = []
    for one, seen in states:
        filled, missing = (_aliases(part, seen) for part in (one.filled, one.missing))
        told = {"stateId": one.stage.id, "score": one.score}
        shown.append(told | {"filled": filled, "missing": missing})
    return {
        "entityId": product_id(record),
        "currentStateId": current,
        "score": score,
        "states": shown,
    }


def _aliases(found: Iterable[Attribute], seen: Collection[int]) -> list[str]:
    return [one.name for one in found if one.id in seen]
