"""Transitions of products between the stages of their workflow, and how complete they are.

Source: docs/core.md, Workflows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pims_api.domain.access.role import ADMIN, Role
from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.attributes.attribute import STAGE, Attribute
from pims_api.domain.attributes.completeness import COMPLETE
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.guards import is_guarded_out
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product, Values
from pims_api.domain.values.scope import Scope, slot
from pims_api.domain.workflow import Stage, Transition, Workflow, stage_of, type_of, workflow_of
from pims_api.errors import NotAllowedNow
from pims_api.services.products.live_links import with_live_links
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class StageCompleteness:
    """What a product has of what a stage requires."""

    stage: Stage
    filled: tuple[Attribute, ...]
    missing: tuple[Attribute, ...]

    @property
    def score(self) -> int:
        """The percentage of it, rounded; 100 only where nothing is missing."""
        if not self.missing:
            return COMPLETE
        filled = len(self.filled)
        return min(COMPLETE - 1, round(COMPLETE * filled / (filled + len(self.missing))))


@dataclass(frozen=True, slots=True)
class Move:
    """A wanted transition, by its own id or by the stage at its end."""

    stage_id: str | None = None
    transition_id: str | None = None

    def means(self, one: Transition) -> bool:
        """Return whether a transition is the wanted one."""
        if self.transition_id is not None and one.id != self.transition_id:
            return False
        return self.stage_id is None or one.to_id == self.stage_id


def move(work: UnitOfWork, product: Product, wanted: Move, role: Role | None) -> Product:
    """Bring a product to another stage. role: of the caller; None: any transition will do.

    Raises NotAllowedNow when there is no such transition from where it is, the role may not take
    it, or too little is filled of what the stage at its end requires.
    """
    known = work.know_products([product])[0]
    taken = _allowed(work, known, wanted, role)
    if taken.to_id == known.values.get(STAGE):
        return known
    return work.put_product(known._replace(values=known.values | {STAGE: taken.to_id}))


def usable(seen: Snapshot, product: Product, role: Role | None) -> list[Transition]:
    """Return the transitions that a role may take now with a product."""
    definition = seen.definition
    workflow = workflow_of(definition, type_of(definition, product.values))
    if workflow is None:
        return []
    leaving = _leaving(definition, workflow, product)
    held = with_live_links(seen, product.values)
    return [
        one
        for one in leaving
        if _may(role, one) and _score(definition, workflow, held, one) >= one.completeness
    ]


def completeness_in(
    definition: Definition, kind: ProductType, stage: Stage, values: Values
) -> StageCompleteness:
    """Return what a product has of what a stage requires.

    Left out is what the stage or a guard hides, and what products of the type cannot have.
    """
    filled, missing = list[Attribute](), list[Attribute]()
    for one in _required(definition, kind, stage, values):
        scopes = searched_scopes(definition, one, Scope())
        held = (values.get(slot(one.key, scope)) for scope in scopes)
        is_filled = any(value is not None and value != [] for value in held)
        (filled if is_filled else missing).append(one)
    return StageCompleteness(stage, tuple(filled), tuple(missing))


def _required(
    definition: Definition, kind: ProductType, stage: Stage, values: Values
) -> Iterator[Attribute]:
    for number in dict.fromkeys(stage.required):
        one = definition.attributes[number]
        had = kind.attribute_ids is None or number in kind.attribute_ids
        if one.deleted or one.computed or not had or number in stage.hidden:
            continue
        if not is_guarded_out(definition, one, values):
            yield one


def _leaving(definition: Definition, workflow: Workflow, product: Product) -> list[Transition]:
    present = stage_of(definition, product.values)
    return [one for one in workflow.transitions if present and one.from_id == present.id]


def _allowed(seen: Snapshot, product: Product, wanted: Move, role: Role | None) -> Transition:
    definition = seen.definition
    workflow = workflow_of(definition, type_of(definition, product.values))
    if workflow is None:
        raise NotAllowedNow("There is no workflow, so there are no transitions!")
    defined = [one for one in _leaving(definition, workflow, product) if wanted.means(one)]
    if not defined:
        raise NotAllowedNow(_undefined(definition, workflow, product, wanted))
    permitted = [one for one in defined if _may(role, one)]
    if not permitted:
        raise NotAllowedNow(f"Your role may not take the transition {defined[0].name!r}!")
    least = min(permitted, key=lambda one: one.completeness)
    score = _score(definition, workflow, with_live_links(seen, product.values), least)
    if score < least.completeness:
        needed = f"needs {least.completeness} percent of what {workflow.stage(least.to_id).name}"
        message = f"The transition {least.name!r} {needed} requires, and there are {score}!"
        raise NotAllowedNow(message)
    return least


def _undefined(definition: Definition, workflow: Workflow, product: Product, wanted: Move) -> str:
    present = stage_of(definition, product.values) or workflow.default
    if wanted.transition_id is not None:
        return f"There is no transition {wanted.transition_id[:64]!r} from {present.name}!"
    return f"There is no transition from {present.name} to {(wanted.stage_id or '')[:64]!r}!"


def _may(role: Role | None, one: Transition) -> bool:
    """Return whether a role may take a transition; administrators may take any."""
    if role is None or role.code == ADMIN.code or not one.role_codes:
        return True
    return role.code in one.role_codes


def _score(definition: Definition, workflow: Workflow, values: Values, one: Transition) -> int:
    kind, stage = type_of(definition, values), workflow.stage(one.to_id)
    return completeness_in(definition, kind, stage, values).score
