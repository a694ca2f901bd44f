"""revert past another type of an attribute: values go back in the form that it takes today."""

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.snapshot import snapshot


@pytest.fixture
def mix(pims, given_attribute, database):
    """`mix("string", "x", "7", "number")`: one value, another one, another type: what to revert.

    Returns the transactions of the first and of the second value.
    """

    def make(before, first, second, after, locale=None, made=None, **more):
        given_attribute("mix", before, **(made or {}))
        sent = {"attributes": {"title": "M"} if locale else {"mix": first}}
        created = pims("createProduct", sku="M1", data=sent, status=200)["transaction"]
        if locale:
            sent = {"attributes": {"mix": first}}
            made = pims("editProduct", sku="M1", data=sent, locale=locale, status=200)
            created = made["transaction"]
        sent = {"attributes": {"mix": second}}
        edited = pims("editProduct", sku="M1", data=sent, locale=locale, status=200)
        definition = {"type": after, "isFilterable": "y"} | more
        path = "/pim/manage/attributes"
        pims("editAttribute", path=path, name="mix", definition=definition, status=200)
        return created, edited["transaction"]

    yield make
    with snapshot(database, 1) as seen:
        assert [one for each in CHECKS for one in each.find(seen)] == []
    pims("getList", params={"condition_query": "[[mix]] IS NOT NULL"}, status=200)
    pims("changes", params={"since": 0, "old": True}, status=200)


MISFITS = [
    ("string", "x", "7", "number", "a number"),
    ("string", "x", "2024-02-13", "date", "a date"),
    ("string", "x", "2024-02-13", "datetime", "a date and time"),
    ("string", "Q", "1", "boolean", "true or false"),
    ("string", "   ", "7", "number", "a number"),
]


@pytest.mark.parametrize(("before", "first", "second", "after", "expected"), MISFITS)
@pytest.mark.parametrize("way", ["transaction", "moment"])
@pytest.mark.parametrize("trial", [False, True])
def test_what_the_type_does_not_take_is_refused(
    mix, revert, unchanged, before, first, second, after, expected, way, trial
):
    created, edited = mix(before, first, second, after)
    target = {"transaction": edited} if way == "transaction" else {"sku": "M1", "as_of": created}
    for on_conflict in ("refuse", "force"):
        if after == "boolean" and on_conflict == "refuse" and way == "transaction":
            continue  # the conversion changed the value: a conflict
        with unchanged():
            reply = revert(**target, on_conflict=on_conflict, dry_run=trial, status=400)
        assert [one["code"] for one in reply["errors"]] == ["type"]
        assert reply["errors"][0]["message"].startswith(f"M1: mix must be {expected}")
    with unchanged():
        reply = revert(**target, on_conflict="skip", dry_run=trial)
    assert (reply["reverted"], reply["skipped"]) == (0, 1)


FITTING = [
    ("string", " 8 ", "7", "number", "8"),
    ("string", "N", "7", "number", None),
    ("string", "2024-02-14", "2024-02-13", "date", "2024-02-14"),
    ("number", "8", "7", "string", "8"),
    ("boolean", True, False, "string", "true"),
    ("string", "red", "blue", "dropdown", "red"),
    ("dropdown", "red", "blue", "string", "red"),
]


@pytest.mark.parametrize(("before", "first", "second", "after", "becomes"), FITTING)
def test_what_fits_gets_the_form_of_the_type(
    mix, revert, now, before, first, second, after, becomes
):
    made = {"dictionary": {"data": ["red", "blue"]}} if before == "dropdown" else {}
    more = {"dictionary": {"data": ["red", "blue"]}} if after == "dropdown" else {}
    created, _ = mix(before, first, second, after, made=made, **more)
    if becomes is None:
        revert(sku="M1", as_of=created, status=400)
        return
    reply = revert(sku="M1", as_of=created)
    assert reply["reverted"] == 1
    assert reply["products"][0]["changes"]["new"] == {"mix": becomes}
    assert now("M1", "mix") == becomes
    assert revert(sku="M1", as_of=created)["unchanged"] == 1


def test_a_flag_is_as_it_was_before_already(mix, revert, now):
    _, edited = mix("string", "Y", "1", "boolean")
    assert now("M1", "mix") is True
    assert revert(transaction=edited)["unchanged"] == 1
    assert revert(transaction=edited, dry_run=True)["unchanged"] == 1


def test_values_of_a_locale_meet_the_type_too(mix, german, revert, unchanged, now):
    made = {"isLocalizable": "y"}
    _, edited = mix("string", "x", "7", "number", locale="de-de", made=made)
    with unchanged():
        revert(transaction=edited, status=400)
        assert revert(transaction=edited, on_conflict="skip")["skipped"] == 1


def test_elements_of_a_collection_meet_the_type_too(mix, revert, unchanged):
    _, edited = mix("string", ["1", "x"], ["7"], "number", made={"collection": "y"})
    with unchanged():
        revert(transaction=edited, status=400)
        assert revert(transaction=edited, on_conflict="skip")["skipped"] == 1


def test_other_values_go_back_where_misfits_are_skipped(pims, mix, revert, now):
    created, _ = mix("string", "x", "7", "number")
    pims("editProduct", sku="M1", data={"attributes": {"title": "Rod"}}, status=200)
    reply = revert(sku="M1", as_of=created, on_conflict="skip")
    assert (reply["reverted"], reply["skipped"]) == (1, 1)
    assert now("M1", "mix", "title") == ["7", None]


def test_a_list_does_not_go_back_to_an_attribute_of_single_values(
    pims, given_attribute, wrote, given_product, revert, unchanged
):
    given_attribute("tags", "string", collection="y")
    given_product("M1", tags=["x", "y"])
    number = wrote("M1", tags=None)
    path = "/pim/manage/attributes"
    definition = {"collection": "n", "isFilterable": "y"}
    pims("editAttribute", path=path, name="tags", definition=definition, status=200)
    with unchanged():
        reply = revert(transaction=number, status=400)
    assert [one["code"] for one in reply["errors"]] == ["type"]


def test_a_single_value_goes_back_as_a_list_of_one(
    pims, given_attribute, wrote, given_product, revert, now
):
    given_attribute("tags", "string")
    given_product("M1", tags="x")
    number = wrote("M1", tags=None)
    path = "/pim/manage/attributes"
    definition = {"collection": "y", "isFilterable": "y"}
    pims("editAttribute", path=path, name="tags", definition=definition, status=200)
    assert revert(transaction=number)["reverted"] == 1
    assert now("M1", "tags") == ["x"]


def test_options_of_a_list_do_not_go_back_to_a_single_one(
    pims, given_attribute, wrote, given_product, revert, unchanged
):
    given_attribute("tags", "dropdown", collection="y", dictionary={"data": ["x", "y", "z"]})
    given_product("M1", tags=["x"])
    number = wrote("M1", tags=["x", "y"])
    later = wrote("M1", tags=None)
    path = "/pim/manage/attributes"
    definition = {"collection": "n", "isFilterable": "y"}
    pims("editAttribute", path=path, name="tags", definition=definition, status=200)
    with unchanged():
        assert revert(transaction=later, status=400)["errors"][0]["code"] == "type"
        reply = revert(transaction=number, status=409)
        assert reply["conflicts"][0]["was"] == ["x", "y"]
    pims("historyProduct", sku="M1", status=200)
    for moment in (number, later):
        params = {"as_of": moment, "filter_values": {"tags": "x"}}
        assert pims("getList", params=params, status=200)["products"] == []
        shown = pims("listProduct", sku="M1", params={"as_of": moment}, status=200)
        assert shown["data"]["attributes"]["tags"] is None


def test_links_of_a_list_show_in_history_to_views_with_rows(
    pims, given_attribute, wrote, given_product, make_key
):
    given_attribute("fits", "relation", collection="y")
    for sku, title in (("N", "seen"), ("H", "hidden")):
        given_product(sku, title=title)
    given_product("M1", title="seen", fits=["N", "H"])
    wrote("M1", fits=None)
    path = "/pim/manage/attributes"
    pims("editAttribute", path=path, name="fits", definition={"collection": "n"}, status=200)
    rows = {"condition_query": "[[title]] = 'seen'", "attributes": {"fits": {}}}
    pims("addPimView", path="/pim/manage/views", status=200, name="seen", **rows)
    key = make_key("pim_user", views=("seen",), default_view="seen")
    for one, expected in ((key, ["N"]), (None, ["N", "H"])):
        more = {} if one is None else {"key": one}
        entries = pims("historyProduct", sku="M1", status=200, **more)["history"]
        assert entries[-1]["old"]["fits"] == expected
