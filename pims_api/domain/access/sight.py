"""Sights: what a caller sees and may change of products, by their types and stages.

A policy, the levels of a role and the sets of a stage compile to one Access for each type and
stage, once per version of the definition.

Source: docs/core.md, Roles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pims_api.domain.access.access import Access
from pims_api.domain.access.compile import compile_access
from pims_api.domain.access.policy import Grant, Level, Policy
from pims_api.domain.access.role import Role
from pims_api.domain.attributes.attribute import CATEGORIES
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.catalog import DEFAULT_CATALOG_CODE
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values
from pims_api.domain.workflow import Stage, stage_of, type_of


class Sight:
    """The accesses of a caller. overall: what holds of products of every type and stage.

    above: the ids of further types, whose levels of the role hold as well.
    """

    def __init__(
        self, overall: Access, role: Role | None = None, above: frozenset[int] = frozenset()
    ) -> None:
        self.overall = overall
        self.role = role
        self._above = above
        self._known: dict[tuple[int, Stage | None], Access] = {}
        self._below: dict[frozenset[int], Sight] = {}
        self._somewhere: Access | None = None if role is not None else overall

    @property
    def definition(self) -> Definition:
        """The definition that it was compiled for."""
        return self.overall.definition

    def below(self, kinds: Iterable[ProductType]) -> "Sight":
        """Return the sight of a product that is of the last of these types, below the others.

        What it inherits is theirs, so a role limits it as strictly as any of them.
        """
        if self.role is None:
            return self
        above = frozenset(one.id for one in kinds)
        if len(above) < 2:
            return self
        known = self._below.get(above)
        if known is None:
            known = self._below[above] = Sight(self.overall, self.role, above)
        return known

    @property
    def somewhere(self) -> Access:
        """What the caller sees of products of one type or another: for what definitions tell."""
        if self._somewhere is None:
            hidden, base = self._hidden_ids(), self.overall.policy
            self._somewhere = self.overall
            if hidden:
                grants = {**base.grants, **dict.fromkeys(hidden, Grant(Level.HIDDEN))}
                key = ("somewhere", base.key, None if self.role is None else self.role.id)
                policy = replace(base, key=key, grants=grants)
                self._somewhere = compile_access(self.definition, policy, self.overall.scope)
        return self._somewhere

    def of(self, kind: ProductType, stage: Stage | None) -> Access:
        """Return the access to products of a type in a stage; None: without a workflow."""
        known = self._known.get((kind.id, stage))
        if known is None:
            policy = self._narrowed(kind, stage)
            known = self.overall
            if policy is not self.overall.policy:
                known = compile_access(self.definition, policy, self.overall.scope)
            self._known[kind.id, stage] = known
        return known

    def of_product(self, values: Values, root: Values) -> Access:
        """Return the access to a product. root: the document of the product at the top."""
        definition = self.definition
        kind, top = type_of(definition, values), type_of(definition, root)
        return self.below((top, kind)).of(kind, stage_of(definition, root))

    def role_level(self, kind: ProductType, attribute_id: int) -> Level:
        """Return how far the caller's role alone lets an attribute be seen and written."""
        levels, others = self._limits(kind)
        return levels.get(attribute_id, others)

    def _limits(self, kind: ProductType) -> tuple[Mapping[int, Level], Level]:
        """Return the levels of attributes by the role, by id, and that of the others."""
        if self.role is None:
            return {}, Level.WRITE
        found = [self.role.limits(number) for number in {kind.id, *self._above}]
        found.append(self._limit_of_catalog(self.role))
        named = {number for levels, _ in found for number in levels}
        strictest = {
            number: min(levels.get(number, most) for levels, most in found) for number in named
        }
        return strictest, min(most for _, most in found)

    def _limit_of_catalog(self, role: Role) -> tuple[dict[int, Level], Level]:
        """Return the level of `categories`, which are those of the default catalog."""
        rights, one = role.rights(DEFAULT_CATALOG_CODE), self.definition.by_name.get(CATEGORIES)
        if one is None or (rights.view and rights.assign):
            return {}, Level.WRITE
        return {one.id: Level.READ if rights.view else Level.HIDDEN}, Level.WRITE

    def _hidden_ids(self) -> set[int]:
        """Return the ids of what types have and none shows; of deleted ones, what one hides."""
        shown = set(self.overall.by_attribute)
        types = () if self.role is None else self.role.types
        named = {n for one in types for n, level in one.levels if level is Level.HIDDEN}
        found, held = set[int](), set[int]()
        for kind in self.definition.types.values():
            ids = shown if kind.attribute_ids is None else shown & set(kind.attribute_ids)
            held |= ids
            found |= ids & set(self.of(kind, None).by_attribute)
        return (held - found) | (named - shown)

    def _narrowed(self, kind: ProductType, stage: Stage | None) -> Policy:
        """Return the policy as the role and a stage narrow it; itself where they do not."""
        base, (limits, most) = self.overall.policy, self._limits(kind)
        named = {
            *base.grants,
            *limits,
            *(() if stage is None else (*stage.hidden, *stage.read_only)),
        }
        grants: dict[int, Grant] = {}
        for number in named:
            grant = base.grants.get(number) or Grant(base.others)
            level = min(grant.level, limits.get(number, most), stage_level(stage, number))
            grants[number] = replace(grant, level=level)
        others = min(base.others, most)
        if grants == base.grants and others is base.others:
            return base
        role = None if self.role is None else self.role.id
        key = ("narrowed", base.key, role, kind.id, self._above, stage)
        return replace(base, key=key, grants=grants, others=others)


def stage_level(stage: Stage | None, attribute_id: int) -> Level:
    """Return how far a stage lets an attribute be seen and written."""
    if stage is None:
        return Level.WRITE
    if attribute_id in stage.hidden:
        return Level.HIDDEN
    return Level.READ if attribute_id in stage.read_only else Level.WRITE
