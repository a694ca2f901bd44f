"""Workflows: the stages that products of a type go through, and the transitions between them.

Source: docs/core.md, Workflows.
"""

from dataclasses import dataclass

from pims_api.domain.attributes.attribute import DEFAULT_TYPE, PRODUCT_TYPE, STAGE
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a workflow. id: unique within the workflow; documents keep it.

    hidden, required, read_only: attribute ids. Hidden ones are neither seen nor written while a
    product is in the stage, and not required either.
    """

    id: str
    name: str
    alias: str = ""
    color: str = ""
    hidden: tuple[int, ...] = ()
    required: tuple[int, ...] = ()
    read_only: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from one stage to another.

    role_codes: of the roles that may take it; none: every role. completeness: the percentage of
    what the stage at its end requires that a product must have.
    """

    id: str
    name: str
    from_id: str
    to_id: str
    role_codes: tuple[str, ...] = ()
    completeness: int = 0


@dataclass(frozen=True, slots=True)
class Workflow:
    """Stages and transitions. default_id: the stage of new products.

    older_id: the stage of products that keep none of its stages, where it is not the default one:
    the default of when they came to the workflow. client_id: the id that an integrator chose for
    it, or "".
    """

    id: int
    code: str
    name: str
    default_id: str
    stages: tuple[Stage, ...] = ()
    transitions: tuple[Transition, ...] = ()
    description: str = ""
    client_id: str = ""
    deleted: bool = False
    older_id: str = ""

    @property
    def default(self) -> Stage:
        """The stage of new products."""
        return next(one for one in self.stages if one.id == self.default_id)

    @property
    def unkept_id(self) -> str:
        """The id of the stage of products that keep none of its stages."""
        return self.older_id or self.default_id

    def stage(self, number: str | None) -> Stage:
        """Return the stage of an id, else that of products that keep none."""
        kept = (one for one in self.stages if one.id == number)
        return next(kept, None) or next(one for one in self.stages if one.id == self.unkept_id)


def type_of(definition: Definition, values: Values) -> ProductType:
    """Return the type of a product; the default one where its type is gone."""
    name = values.get(PRODUCT_TYPE, DEFAULT_TYPE)
    return definition.types.get(name) or definition.types[DEFAULT_TYPE]


def workflow_of(definition: Definition, kind: ProductType) -> Workflow | None:
    """Return the workflow that products of a type go through, if there is one."""
    if kind.workflow_id is None:
        return None
    return definition.things(Workflow).get(kind.workflow_id)


def stage_of(definition: Definition, root: Values) -> Stage | None:
    """Return the stage of a product, which its variants share; None without a workflow.

    root: the document of the product at the top.
    """
    workflow = workflow_of(definition, type_of(definition, root))
    return None if workflow is None else workflow.stage(root.get(STAGE))
