"""Sights: what a caller sees and may change of products, by their types and stages.

A policy, the levels of a role and the sets of a stage compile to one Access for each type and
stage, once per version of the definition.

Source: docs/core.md, Roles.
"""

from dataclasses import replace

from pims_api.domain.access.access import Access
from pims_api.domain.access.compile import compile_access
from pims_api.domain.access.policy import Grant, Level, Policy
from pims_api.domain.access.role import Role
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values
from pims_api.domain.workflow import Stage, stage_of, type_of


class Sight:
    """The accesses of a caller. overall: what holds of products of every type and stage."""

    def __init__(self, overall: Access, role: Role | None = None) -> None:
        self.overall = overall
        self.role = role
        self._known: dict[tuple[int, Stage | None], Access] = {}

    @property
    def definition(self) -> Definition:
        """The definition that it was compiled for."""
        return self.overall.definition

    def of(self, kind: ProductType, stage: Stage | None) -> Access:
        """Return the access to products of a type in a stage; None: without a workflow."""
        known = self._known.get((kind.id, stage))
        if known is None:
            policy = _narrowed(self.overall.policy, self.role, kind, stage)
            known = self.overall
            if policy is not self.overall.policy:
                known = compile_access(self.definition, policy, self.overall.scope)
            self._known[kind.id, stage] = known
        return known

    def of_product(self, values: Values, root: Values) -> Access:
        """Return the access to a product. root: the document of the product at the top."""
        definition = self.definition
        return self.of(type_of(definition, values), stage_of(definition, root))

    def role_level(self, kind: ProductType, attribute_id: int) -> Level:
        """Return how far the caller's role alone lets an attribute be seen and written."""
        return Level.WRITE if self.role is None else self.role.level(kind.id, attribute_id)


def stage_level(stage: Stage | None, attribute_id: int) -> Level:
    """Return how far a stage lets an attribute be seen and written."""
    if stage is None:
        return Level.WRITE
    if attribute_id in stage.hidden:
        return Level.HIDDEN
    return Level.READ if attribute_id in stage.read_only else Level.WRITE


def _narrowed(base: Policy, role: Role | None, kind: ProductType, stage: Stage | None) -> Policy:
    """Return a policy as a role and a stage narrow it; itself where they do not."""
    limits, most = ({}, Level.WRITE) if role is None else role.limits(kind.id)
    named = {*base.grants, *limits, *(() if stage is None else (*stage.hidden, *stage.read_only))}
    grants: dict[int, Grant] = {}
    for number in named:
        grant = base.grants.get(number) or Grant(base.others)
        level = min(grant.level, limits.get(number, most), stage_level(stage, number))
        grants[number] = replace(grant, level=level)
    others = min(base.others, most)
    if grants == base.grants and others is base.others:
        return base
    key = ("narrowed", base.key, None if role is None else role.id, kind.id, stage)
    return replace(base, key=key, grants=grants, others=others)
