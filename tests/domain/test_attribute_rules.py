"""Which settings of an attribute go together."""

from dataclasses import replace

import pytest

from pims_api.domain.attributes.attribute import SYSTEM_ATTRIBUTES, Attribute, ValueType
from pims_api.domain.attributes.rules import breaches, fixed_breaches
from pims_api.domain.attributes.system_labels import with_labels


def attribute(kind=ValueType.STRING, **settings):
    return Attribute(100, "thing", "thing", kind, **settings)


def broken(one):
    return [breach.setting for breach in breaches(one)]


@pytest.mark.parametrize("one", SYSTEM_ATTRIBUTES, ids=lambda one: one.name)
def test_system_attributes_keep_the_rules(one):
    assert breaches(with_labels(one, "en-us")) == []


@pytest.mark.parametrize("kind", ValueType)
def test_only_types_with_short_values_are_indexed(kind):
    one = attribute(kind, filterable=True, computed=kind is ValueType.COMPLETENESS)
    never = {"text", "html", "media", "complex"}
    assert broken(one) == (["filterable"] if kind.value in never else [])


@pytest.mark.parametrize(
    ("case", "kind", "settings", "expected"),
    [
        ("mask on a number", ValueType.NUMBER, {"mask": "[0-9]+"}, []),
        ("mask on a date", ValueType.DATE, {"mask": "[0-9]+"}, ["mask"]),
        ("look-ahead", ValueType.STRING, {"mask": "(?=a)"}, ["mask"]),
        ("range of a number", ValueType.NUMBER, {"minimum": "-1", "maximum": "-1.0"}, []),
        ("range upside down", ValueType.NUMBER, {"minimum": "2", "maximum": "1"}, ["minimum"]),
        ("range of a date", ValueType.DATE, {"maximum": "1"}, ["maximum"]),
        ("greatest length", ValueType.TEXT, {"max_length": 65_536}, []),
        ("greater length", ValueType.TEXT, {"max_length": 65_537}, ["max_length"]),
        ("length of a dropdown", ValueType.OPTION, {"max_length": 5}, ["max_length"]),
        ("unique relation", ValueType.RELATION, {"unique": True}, []),
        ("unique complex", ValueType.COMPLEX, {"unique": True}, ["unique"]),
        ("unique with default", ValueType.STRING, {"unique": True, "default": "a"}, ["default"]),
        ("tab in a group", ValueType.STRING, {"group": "a\tb"}, ["group"]),
        ("longest group", ValueType.STRING, {"group": "x" * 100}, []),
        ("longer label", ValueType.STRING, {"labels": {"en-us": "x" * 256}}, ["labels"]),
        ("longer comment", ValueType.STRING, {"comments": {"en-us": "x" * 4_001}}, ["comments"]),
        ("lines in a comment", ValueType.STRING, {"comments": {"en-us": "a\nb"}}, []),
        ("localizable unique", ValueType.STRING, {"unique": True, "dimensions": (1,)}, []),
    ],
)
def test_settings_that_need_each_other(case, kind, settings, expected):
    assert broken(attribute(kind, **settings)) == expected


def test_nothing_is_fixed_about_other_attributes():
    before = attribute(unique=True)
    assert list(fixed_breaches(before, replace(before, unique=False, collection=True))) == []


def test_each_fixed_setting_tells_why():
    sku = SYSTEM_ATTRIBUTES[0]
    after = replace(sku, unique=False, filterable=False, collection=True, searchable=False)
    told = [(one.setting, one.message) for one in fixed_breaches(sku, after)]
    assert told == [
        (
            "collection",
            "is a system attribute: only its flags, label, comment and group can be changed!",
        ),
        ("unique", "stays unique: it tells products apart!"),
        ("filterable", "stays filterable: it is how every list finds products!"),
    ]
