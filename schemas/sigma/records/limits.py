"""Why a caller may not write an attribute. Source: docs/api/sigma.md, Roles."""

from pims_api.domain.access.policy import Level
from pims_api.domain.access.sight import Sight, stage_level
from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.workflow import Stage
from pims_api.errors import Fault


class Limits:
    """What the role of a caller and the state of a record keep from being written."""

    def __init__(self, sight: Sight, kind: ProductType, stage: Stage | None) -> None:
        self._sight = sight
        self._kind = kind
        self._stage = stage

    def hidden(self, alias: str, pointer: str) -> Fault | None:
        """Return the refusal of an attribute that role or state hide; None for an unknown one."""
        one = self._sight.definition.by_name.get(alias)
        ids = self._kind.attribute_ids
        if one is None or (ids is not None and one.id not in ids):
            return None
        if one.id not in self._sight.overall.by_attribute:
            return None  # a View hides it: it is not there
        role, stage = self._levels(one)
        is_hidden = Level.HIDDEN in (role, stage)
        return self.refusal(one, pointer) if is_hidden else None

    def refusal(self, one: Attribute, pointer: str) -> Fault:
        """Return the refusal of an attribute that cannot be written."""
        role, stage = self._levels(one)
        if role < Level.WRITE:
            message = f"Your role may not write {one.name}!"
            return Fault("forbidden", message, one.name, pointer)
        if stage < Level.WRITE and self._stage is not None:
            message = f"{one.name} cannot be written in the state {self._stage.name}!"
            return Fault("read_only", message, one.name, pointer)
        if one.computed:
            message = f"{one.name} is computed: it cannot be written!"
            return Fault("read_only", message, one.name, pointer)
        return Fault("forbidden", f"This key may only read {one.name}!", one.name, pointer)

    def _levels(self, one: Attribute) -> tuple[Level, Level]:
        return self._sight.role_level(self._kind, one.id), stage_level(self._stage, one.id)
