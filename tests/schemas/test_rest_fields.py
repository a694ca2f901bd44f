"""Fields of REST bodies: null counts as not sent, whatever stands for what is not sent."""

import pytest

from pims_api.domain.values.value import JsonNumber
from schemas.loading import load
from schemas.rest.fields import Body, Flag, Text, Whole, Word


class Example(Body):
    """A body with a field of each kind."""

    name = Text(required=True)
    note = Text()
    size = Whole(1, 9, load_default=3)
    most = Whole(1, 9)
    open = Flag(load_default=True)
    kind = Word(("a", "b"), load_default="a")


ABSENT = {"name": "N", "note": None, "size": 3, "most": None, "open": True, "kind": "a"}


@pytest.mark.parametrize("name", [one for one in ABSENT if one != "name"])
def test_null_is_as_if_nothing_was_sent(name) -> None:
    assert load(Example(), {"name": "N"}) == load(Example(), {"name": "N", name: None})
    assert load(Example(), {"name": "N", name: None}) == (ABSENT, [])


def test_what_is_required_is_not_null() -> None:
    for body in ({}, {"name": None}):
        (fault,) = load(Example(), body)[1]
        assert (fault.code, fault.message) == ("required", "name is required!")


def test_what_is_sent_holds() -> None:
    sent = {"name": "N", "size": JsonNumber("1"), "open": False, "kind": "b"}
    assert load(Example(), sent) == (ABSENT | {"size": 1, "open": False, "kind": "b"}, [])
