"""A locale shows the value of the default segment where it has none and there is no global one."""

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.snapshot import snapshot
from tests.sigma.conftest import everywhere, in_segment

LANGUAGE = {
    "id": "dim-language",
    "alias": "language",
    "name": "Language",
    "defaultSegmentId": "seg-en",
    "segments": [
        {"id": "seg-en", "alias": "en-us", "name": "English"},
        {"id": "seg-da", "alias": "da", "name": "Danish"},
        {"id": "seg-fr", "alias": "fr", "name": "French"},
    ],
}


@pytest.fixture
def jackets(sigma, given_attribute, given_schema):
    """Jackets whose names are English alone, English and Danish, global, global and English."""
    sigma("POST", "/dimensions", LANGUAGE, status=201)
    rules = {"dimensionIds": ["dim-language"], "validation": {"maxLength": 40}}
    ids = [given_attribute("label", **rules), given_attribute("sku")]
    schema = given_schema("jackets", *ids)
    named = {
        "J1": [in_segment("seg-en", "Windbreaker")],
        "J2": [in_segment("seg-en", "Parka"), in_segment("seg-da", "Anorak")],
        "J3": everywhere("Blouson"),
        "J4": [*everywhere("Cape"), in_segment("seg-en", "Cloak")],
    }
    for sku, names in named.items():
        values = {"label": names, "sku": everywhere(sku)}
        sigma("POST", "/records", {"schemaId": schema, "values": values}, status=201)


def in_list(pims, locale, **params):
    params = {"definition": False, "attributes": ["label"]} | params
    rows = pims("getList", locale=locale, params=params, status=200)["products"]
    return [(row["sku"], row["data"]["attributes"]["label"]) for row in rows]


SHOWN = {
    "en-us": ["Windbreaker", "Parka", "Blouson", "Cloak"],
    "da": ["Windbreaker", "Anorak", "Blouson", "Cape"],
    "fr": ["Windbreaker", "Parka", "Blouson", "Cape"],
}


@pytest.mark.parametrize("locale", SHOWN)
def test_lists_filters_orders_and_searches_agree(jackets, pims, locale) -> None:
    shown = list(zip(("J1", "J2", "J3", "J4"), SHOWN[locale], strict=True))
    assert in_list(pims, locale) == shown
    by_name = [{"attribute": "label", "direction": "ASC"}]
    assert in_list(pims, locale, order=by_name) == sorted(shown, key=lambda one: one[1])
    for name in {name for names in SHOWN.values() for name in names}:
        wanted = [one for one in shown if one[1] == name]
        for asked in (
            {"filter_values": {"label": name}},
            {"condition_query": f"[[label]] = '{name}'"},
            {"condition_query": f"[[label]] LIKE '{name[:3]}%'"},
            {"search": name},
            {"search": name[:4].lower()},
        ):
            assert in_list(pims, locale, **asked) == wanted, asked
    unset = {"condition_query": "[[label]] IS NULL"}
    assert in_list(pims, locale, **unset) == []


@pytest.mark.parametrize(
    ("segment", "locale"), [("seg-en", "en-us"), ("seg-da", "da"), ("seg-fr", "fr")]
)
def test_scoped_searches_and_exports_agree(jackets, pims, sigma, segment, locale) -> None:
    scope = {"dim-language": segment}
    for name in SHOWN[locale]:
        one = {"attribute": "label", "operator": "equals", "value": name, "scope": scope}
        found = sigma("POST", "/search", {"criteria": [one]}, status=200)["items"]
        assert [item["values"]["sku"][0]["value"] for item in found] == [
            sku for sku, shown in zip(("J1", "J2", "J3", "J4"), SHOWN[locale], strict=True)
            if shown == name
        ]  # fmt: skip
    path = f'/export?scope={{"dim-language":"{segment}"}}'
    rows = sigma("GET", path, status=200)
    assert [row["label"] for row in rows] == SHOWN[locale]


def test_a_write_for_a_locale_stays_its_own(jackets, pims) -> None:
    data = {"attributes": {"label": "Coupe-vent"}}
    pims("editProduct", sku="J1", locale="fr", data=data, status=200)
    told = [dict(in_list(pims, locale))["J1"] for locale in ("en-us", "da", "fr")]
    assert told == ["Windbreaker", "Windbreaker", "Coupe-vent"]
    pims("editProduct", sku="J1", locale="fr", data={"attributes": {"label": None}})
    assert dict(in_list(pims, "fr"))["J1"] == "Windbreaker"
    pims("editProduct", sku="J1", data={"attributes": {"label": "Gale"}}, status=200)
    assert [dict(in_list(pims, locale))["J1"] for locale in SHOWN] == ["Gale"] * 3


@pytest.mark.parametrize("locale", SHOWN)
def test_category_filters_count_what_is_shown(jackets, client, key, locale) -> None:
    found = client.get(f"/api/{locale}/v/cpc/1", headers={"ApiKey": key}).get_json()
    filters = found["currentCategory"][0]["cat_filters"]["filter_dropdown"]
    (values,) = [one["values"] for one in filters if one["attribute"] == "label"]
    assert {one["value"]: one["count"] for one in values} == dict.fromkeys(SHOWN[locale], 1)


def test_a_global_value_without_words_hides_the_default_one(jackets, pims, sigma, database) -> None:
    """The mark of a value is stored and taken away when nothing but the mark changes."""
    record = sigma("GET", "/records?limit=1", status=200)["items"][0]["id"]

    def found_in_danish(*names):
        path = f"/records/{record}/values/label"
        sigma("PATCH", path, {"scopedValues": list(names)}, status=200)
        with snapshot(database, 1) as seen:
            assert [told for check in CHECKS for told in check.find(seen)] == []
        return in_list(pims, "da", search="windbreaker")

    english = in_segment("seg-en", "Windbreaker")
    assert found_in_danish(english, *everywhere("!")) == []
    assert found_in_danish(english) == [("J1", "Windbreaker")]
    assert found_in_danish(*everywhere("!")) == []
    assert found_in_danish(english, *everywhere("?")) == []
