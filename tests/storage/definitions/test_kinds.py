"""What a tenant defines is written as rows that later versions can read."""

from dataclasses import dataclass, fields

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.option_list import Option
from pims_api.domain.category import Category
from pims_api.domain.definition import Definition
from pims_api.storage.definitions.kinds import KIND_NAMED, Kind, OptionEntry, reader


@dataclass(frozen=True, slots=True)
class Stage:
    """A kind of thing that nobody has defined yet."""

    id: int
    name: str
    required: frozenset[int] = frozenset()
    order: int = 0
    deleted: bool = False


STAGE = Kind("stage", Stage, reader(Stage, required=frozenset))


def test_a_new_kind_is_one_row_of_the_table() -> None:
    definition, draft = Definition(1), Stage(3, "draft", frozenset({8, 5}))
    body = STAGE.write(draft)
    assert (STAGE.id_of(draft), body) == ("3", {"name": "draft", "required": [5, 8], "order": 0})
    STAGE.put(definition, STAGE.read("3", body, False))
    assert STAGE.find(definition, draft) == draft
    assert STAGE.find(definition.copy(), draft) == draft
    STAGE.put(definition, STAGE.read("3", body, True))
    assert STAGE.find(definition, draft) is None


def test_what_a_row_lacks_has_the_default() -> None:
    assert STAGE.read("4", {"name": "live"}, False) == Stage(4, "live")
    attribute = KIND_NAMED["attribute"].read(
        "100", {"name": "size", "key": "size", "type": "number"}, False
    )
    assert attribute == Attribute(100, "size", "size", ValueType.NUMBER)
    assert KIND_NAMED["category"].read("7", {"name": "Rods"}, True) == Category(
        7, "Rods", deleted=True
    )


def test_what_a_row_has_beyond_that_is_passed_over() -> None:
    assert STAGE.read("4", {"name": "live", "colour": "red"}, False) == Stage(4, "live")


def test_every_field_of_an_option_is_written() -> None:
    words = {"labels": {"en": "Red"}, "cells": ("x",), "removed": True, "position": 3}
    option = Option(**{one.name: one.name for one in fields(Option)} | words)
    body = KIND_NAMED["option"].write(OptionEntry(5, option))
    assert {*body} == {one.name for one in fields(Option)} - {"id"}
    assert KIND_NAMED["option"].read("5/id", body, False) == OptionEntry(5, option)
