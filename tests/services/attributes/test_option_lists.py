"""What has to be defined so that an option list becomes what a caller wants."""

from dataclasses import fields, replace
from types import SimpleNamespace

import pytest

from pims_api.domain.attributes.option_list import ListName, Option, OptionList
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Dimension, Segment
from pims_api.services.attributes.option_lists import plan_options
from pims_api.services.attributes.requests import AttributeWrite, OptionListWrite
from pims_api.services.option_list_changes import OptionWrite, edit_option

LIST_ID = 7
LOCALES = (Segment(1, "en-us", ""), Segment(2, "de-de", ""))


@pytest.fixture
def definition():
    """A list of red and, under another id, blue; green was taken out."""
    made = Definition(1)
    made.put_dimension(Dimension(1, "language", "Language", 1, LOCALES))
    made.put_option_list(OptionList(LIST_ID))
    made.put_option(LIST_ID, Option("red", "red", 0, labels={"de-de": "Rot"}))
    made.put_option(LIST_ID, Option("0815", "blue", 1))
    made.put_option(LIST_ID, Option("green", "green", 2, removed=True))
    return made


def planned(definition, number=LIST_ID, **wanted):
    write = AttributeWrite("color", options=OptionListWrite(**wanted), pointers={"rows": "/rows"})
    return plan_options(definition, number, write)


def options(things):
    return [one.option for one in things if not isinstance(one, OptionList)]


def test_the_same_list_needs_nothing(definition):
    assert planned(definition, rows=[("red",), ("blue",)]) == ([], [])


def test_an_option_keeps_its_id_and_labels_wherever_it_goes(definition):
    things, faults = planned(definition, rows=[("blue",), ("red",)])
    assert faults == []
    assert options(things) == [
        Option("0815", "blue", 0),
        Option("red", "red", 1, labels={"de-de": "Rot"}),
    ]


def test_what_is_left_out_is_removed_and_comes_back_as_itself(definition):
    things, _ = planned(definition, rows=[("green",), ("red",)])
    assert [(one.id, one.position, one.removed) for one in options(things)] == [
        ("green", 0, False),
        ("red", 1, False),
        ("0815", 1, True),
    ]


def test_a_value_whose_id_is_taken_gets_another(definition):
    things, _ = planned(definition, rows=[("red",), ("blue",), ("0815",)])
    assert options(things) == [Option("0815~2", "0815", 2)]


def test_columns_named_by_a_locale_are_labels_too(definition):
    things, _ = planned(
        definition,
        columns=("value", "DE-DE", "fr-fr"),
        rows=[("red", "Hellrot", "rouge"), ("blue", "")],
    )
    settings = things[0]
    assert (settings.columns, settings.bare) == (("value", "DE-DE", "fr-fr"), False)
    red, blue = options(things)[:2]
    assert (red.cells, red.labels) == (("Hellrot", "rouge"), {"de-de": "Hellrot"})
    assert (blue.cells, blue.labels) == (("", ""), {})


def test_a_renamed_column_needs_no_rows(definition):
    things, faults = planned(definition, columns=("color",))
    assert (things[0].columns, options(things), faults) == (("color",), [], [])


def test_more_columns_need_the_rows(definition):
    things, faults = planned(definition, columns=("value", "rgb"))
    assert things == []
    assert [(one.code, one.pointer) for one in faults] == [("required", "/rows")]


@pytest.mark.parametrize("static", [True, False, None])
def test_growth_alone_changes_the_settings_alone(definition, static):
    things, _ = planned(definition, static=static)
    assert [one.static for one in things] == ([] if static is None else [static])


def test_a_new_list_is_made_with_its_rows(definition):
    things, _ = planned(definition, 8, rows=[("a",), ("b",)], static=True)
    assert (things[0].id, things[0].static) == (8, True)
    assert [(one.list_id, one.option.id) for one in things[1:]] == [(8, "a"), (8, "b")]


def test_an_option_that_is_edited_keeps_every_field_that_nobody_asks_about(definition):
    labels = {definition.default_locale: "Red"}
    before = Option("r", "red", 3, ("x",), labels, True, "up", "#ff0000", "val-1", "Hot", "logo")
    assert [one.name for one in fields(Option) if getattr(before, one.name) == one.default] == []
    options, defined = OptionList(5, named=ListName("colors", hierarchical=True)), []
    options.put(Option("up", "up", 0))
    options.put(before)
    work = SimpleNamespace(definition=definition, define=defined.append)
    stored = edit_option(work, options, before, OptionWrite("red", "Red", 3, "#ff0000", "up"))
    assert stored == replace(before, removed=False)
    assert [one.option for one in defined] == [stored]
