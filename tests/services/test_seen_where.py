"""The condition of seeing an attribute is what a naive reading of the rules says."""

from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.access.compile import compile_access
from pims_api.domain.access.policy import EVERYTHING, Level
from pims_api.domain.access.role import Role, TypeLevels
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import (
    DEFAULT_TYPE,
    PRODUCT_TYPE,
    STAGE,
    Attribute,
    ValueType,
)
from pims_api.domain.attributes.guard import Guard
from pims_api.domain.attributes.guard import Test as Asks
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.guards import is_guarded_out
from pims_api.domain.conditions.truth import matches
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Dimension, Scope, Segment
from pims_api.domain.workflow import Stage, Workflow
from pims_api.services.products.lifecycle.stages import seen_where

IDS = (101, 102, 103)
STAGES = ("a", "b", "c")
NUMBER = st.sampled_from(IDS)
TEXT = st.sampled_from(["x", "y"])
SET = st.lists(NUMBER, max_size=2, unique=True).map(tuple)
FLOW = st.tuples(*[SET] * 3)  # what each stage hides
LEVEL = st.sampled_from(list(Level))
LEVELS = st.none() | st.tuples(st.dictionaries(NUMBER, LEVEL), st.none() | LEVEL)
GUARD = (
    st.tuples(NUMBER, st.sampled_from([Asks.SET, Asks.UNSET]), st.none())
    | st.tuples(NUMBER, st.sampled_from([Asks.EQUALS, Asks.DIFFERS]), TEXT)
    | st.tuples(NUMBER, st.just(Asks.IN), st.lists(TEXT, min_size=1))
)
GUARDS = st.dictionaries(NUMBER, st.lists(GUARD, max_size=2))
TYPES = {1: DEFAULT_TYPE, 2: "rod"}


def defined(guards: dict, flow: tuple, has: frozenset, bound: frozenset) -> Definition:
    """A definition: two types, one of which has some attributes, and those bound a workflow."""
    found = Definition(1)
    language = Dimension(1, "language", "Language", 1, (Segment(1, "en", "English"),))
    found.put_dimension(language)
    for number in IDS:
        made = tuple(Guard(*one) for one in guards.get(number, ()))
        found.put_attribute(
            Attribute(number, f"n{number}", f"n{number}", ValueType.STRING, guards=made)
        )
    stages = tuple(Stage(name, name, hidden=ids) for name, ids in zip(STAGES, flow, strict=True))
    found.put_rule(Workflow(1, "flow", "Flow", "b", stages))
    for number, name in TYPES.items():
        ids = None if number == 1 else has
        workflow = 1 if number in bound else None
        found.put_type(ProductType(number, name, ids, workflow_id=workflow))
    return found


def holds(guard: tuple, values: dict) -> bool:
    number, test, wanted = guard
    held = values.get(f"n{number}")
    return {
        Asks.SET: held is not None,
        Asks.UNSET: held is None,
        Asks.EQUALS: held == wanted,
        Asks.DIFFERS: held != wanted,
        Asks.IN: held in list(wanted or ()),
    }[test]


@given(
    guards=GUARDS,
    flow=FLOW,
    has=st.frozensets(NUMBER),
    bound=st.frozensets(st.sampled_from([1, 2])),
    levels=st.none() | st.tuples(LEVELS, LEVELS),
    kind=st.sampled_from([1, 2]),
    stage=st.none() | st.sampled_from([*STAGES, "gone"]),
    values=st.dictionaries(NUMBER.map(lambda number: f"n{number}"), TEXT),
)
def test_an_attribute_is_seen_where_every_rule_lets_it(
    guards, flow, has, bound, levels, kind, stage, values
) -> None:
    definition = defined(guards, flow, has, bound)
    role = None
    if levels is not None:
        limited = [(n, one) for n, one in zip(TYPES, levels, strict=True) if one is not None]
        types = tuple(TypeLevels(n, tuple(one[0].items()), one[1]) for n, one in limited)
        role = Role(7, "role-7", "Seven", types=types)
    sight = Sight(compile_access(definition, EVERYTHING, Scope()), role)
    document = values | {PRODUCT_TYPE: TYPES[kind]} | ({} if stage is None else {STAGE: stage})

    for number in IDS:
        listed = None if levels is None else levels[kind - 1]
        level = Level.WRITE
        if listed is not None:
            others = Level.WRITE if listed[1] is None else listed[1]
            level = listed[0].get(number, others)
        place = STAGES.index(stage if stage in STAGES else "b")
        hidden = kind in bound and number in flow[place]
        guarded_out = not all(holds(one, document) for one in guards.get(number, ()))
        expected = (
            (kind == 1 or number in has)
            and level is not Level.HIDDEN
            and not hidden
            and not guarded_out
        )

        attribute = definition.attributes[number]
        assert matches(seen_where(sight, attribute), document, definition) is expected
        access = sight.of_product(document, document)
        column = access.by_attribute.get(number)
        assert (column is not None) is (level is not Level.HIDDEN and not hidden)
        assert column is None or column.level is level
        assert is_guarded_out(definition, attribute, document) is guarded_out
