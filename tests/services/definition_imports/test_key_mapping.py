"""Which keys of a source stand for what."""

import pytest

from pims_api.errors import BadInput
from pims_api.services.definition_imports.key_mapping import SourceKeys, Vocabulary

WORDS = Vocabulary(
    {"name": "name", "title": "name", "id": "id"}, {"label": "label"}, silent=["told"]
)


def read(entry: dict, *mapped: tuple[str, str], ignore: tuple[str, ...] = ()) -> dict:
    return SourceKeys(WORDS, mapped, ignore).read(entry)


def test_every_spelling_leads_to_our_own() -> None:
    assert read({"title": "A", "id": 7, "label.de-de": "B"}) == {
        "name": "A",
        "id": 7,
        "label.de-de": "B",
    }


def test_a_mapped_key_takes_the_place_of_ours() -> None:
    assert read({"name": "A", "Bezeichnung": "B"}, ("Bezeichnung", "name")) == {"name": "B"}


def test_dots_lead_into_objects_unless_the_key_has_them_itself() -> None:
    entry = {"name": {"en": "A", "de": {"x": "B"}}, "n.de": "C"}
    mapped = (("name.en", "name"), ("name.de.x", "label.de-de"), ("n.de", "label.at"))
    assert read(entry, *mapped) == {"name": "A", "label.de-de": "B", "label.at": "C"}
    assert read({"name": "flat"}, ("name.en", "name")) == {}


def test_one_key_may_mean_two_things() -> None:
    assert read({"id": "7"}, ("id", "label.en-us")) == {"id": "7", "label.en-us": "7"}


def test_what_means_nothing_is_noted_once_with_the_nearest_word() -> None:
    keys = SourceKeys(WORDS, [("deep.en", "name")], ["left"])
    for _ in range(3):
        keys.read({"nam": 1, "left": 2, "told": 3, "deep": {"en": "x"}, "label.": 4})
    assert [one.message for one in keys.notes()] == [
        "The key 'nam' of 3 entries is not known and was ignored. Did you mean name?",
        "The key 'label.' of 3 entries is not known and was ignored.",
    ]


def test_a_mapping_to_what_we_do_not_know_is_refused_with_what_we_do() -> None:
    with pytest.raises(BadInput) as refused:
        read({}, ("x", "nmae"), ("y", "label."))
    assert [one.message for one in refused.value.faults] == [
        "'nmae' cannot be mapped: the keys are name, id, label.…!",
        "'label.' cannot be mapped: the keys are name, id, label.…!",
    ]
    assert refused.value.faults[0].nearest == "name"
