"""What was deleted of the model is gone for a process that starts later, and breaks nothing."""

import pytest
from click.testing import CliRunner

from pims_api.cli import main

VALUES = [{"id": "v1", "alias": "a", "label": "A"}]
SEGMENTS = [{"id": "s1", "alias": "eu", "name": "EU"}, {"id": "s2", "alias": "us", "name": "US"}]
STATES = [{"id": "st", "alias": "new", "name": "New", "transitions": []}]
MADE = {
    "/option-lists": {"values": VALUES},
    "/dimensions": {"segments": SEGMENTS, "defaultSegmentId": "s1"},
    "/catalogs": {},
    "/schemas": {"variantEnabled": True, "attributeGroups": []},
    "/workflows": {"states": STATES, "defaultStateId": "st"},
    "/roles": {},
    "/attributes": {"type": "option", "optionListId": "kept"},
}


@pytest.fixture
def starts(database):
    """`starts()`: the exit status and words of a process that reads the whole definition anew."""
    url = database.url.render_as_string(hide_password=False)

    def check():
        done = CliRunner().invoke(main, ["--database", url, "check"])
        return (done.exit_code, done.output)

    return check


@pytest.mark.parametrize("path", MADE)
def test_a_thing_that_is_deleted_with_what_it_held(sigma, starts, path):
    sigma("POST", "/option-lists", named("kept") | {"values": VALUES}, status=201)
    sigma("POST", path, named("x") | MADE[path], status=201)
    if path == "/catalogs":
        sigma("POST", "/catalogs/x/categories", named("c"), status=201)
    sigma("DELETE", f"{path}/x", status=204)
    assert starts()[0] == 0, starts()[1]


@pytest.mark.parametrize("emptied", [False, True])
def test_a_list_of_whose_values_some_were_deleted_before(sigma, starts, emptied):
    sigma("POST", "/option-lists", named("x") | {"values": VALUES}, status=201)
    later = named("x") | {"values": [] if emptied else SECOND}
    sigma("PUT", "/option-lists/x", later, status=200)
    sigma("DELETE", "/option-lists/x", status=204)
    assert starts()[0] == 0, starts()[1]


SECOND = [{"id": "v2", "alias": "b", "label": "B"}]


def named(name):
    return {"id": name, "alias": name, "name": name}
