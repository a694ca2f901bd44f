"""Localizable attributes: one value per language, shown global where unset."""

import pytest

from pims_api.services.dimensions import add_locale
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work

DE, FR = "de-de", "fr-fr"


@pytest.fixture(autouse=True)
def locales(database):
    with unit_of_work(database, 1, Actor("tests")) as work:
        for code in (DE, FR):
            add_locale(work, code)


@pytest.fixture
def slogan(given_attribute, given_product):
    """A localizable, filterable and searchable attribute, and products A to C without it."""
    given_attribute("slogan", isLocalizable="y", isFilterable="y", isSearchable="y")
    given_attribute("price", "number")
    for sku in ("A", "B", "C"):
        given_product(sku)


def write(pims, sku, locale=None, **values):
    return pims("editProduct", sku=sku, locale=locale, data={"attributes": values}, status=200)


def slogans(shown, sku):
    return [shown(sku, locale=one)["slogan"] for one in (None, "en-us", DE, FR)]


def found(pims, locale, **params):
    reply = pims("getList", locale=locale, params=params, status=200)
    assert reply["sku_count"] == len(reply["products"])
    return [one["sku"] for one in reply["products"]]


def test_the_default_locale_writes_the_global_value(pims, slogan, shown) -> None:
    write(pims, "A", slogan="Good")

    assert slogans(shown, "A") == ["Good", "Good", "Good", "Good"]


def test_another_locale_writes_its_own_value(pims, slogan, shown) -> None:
    write(pims, "A", "en-us", slogan="Good")
    write(pims, "A", DE, slogan="Gut")

    assert slogans(shown, "A") == ["Good", "Good", "Gut", "Good"]


def test_a_value_of_one_locale_is_unset_in_the_others(pims, slogan, shown) -> None:
    write(pims, "A", DE, slogan="Gut")

    assert slogans(shown, "A") == [None, None, "Gut", None]


@pytest.mark.parametrize("nothing", [None, ""])
def test_null_takes_the_locales_own_value_away(pims, slogan, shown, nothing) -> None:
    write(pims, "A", slogan="Good")
    write(pims, "A", DE, slogan="Gut")

    write(pims, "A", DE, slogan=nothing)

    assert slogans(shown, "A") == ["Good", "Good", "Good", "Good"]


def test_an_equal_value_of_a_locale_is_its_own(pims, slogan, shown) -> None:
    write(pims, "A", slogan="Good")
    write(pims, "A", DE, slogan="Good")

    write(pims, "A", slogan="Better")

    assert slogans(shown, "A") == ["Better", "Better", "Good", "Better"]


def test_the_reply_of_a_write_shows_its_locale(pims, slogan) -> None:
    write(pims, "A", slogan="Good")

    reply = write(pims, "A", DE, slogan="Gut")

    assert reply["data"]["attributes"]["slogan"] == "Gut"


def test_what_is_not_localizable_is_the_same_everywhere(pims, slogan, shown) -> None:
    write(pims, "A", DE, price="5", title="Stange")

    for locale in (None, DE, FR):
        assert shown("A", locale=locale)["price"] == "5"
        assert shown("A", locale=locale)["title"] == "Stange"


def test_a_product_can_be_created_in_a_locale(pims, slogan, shown) -> None:
    pims("createProduct", sku="D", locale=DE, data={"attributes": {"slogan": "Neu"}}, status=200)

    assert slogans(shown, "D") == [None, None, "Neu", None]


def test_locales_are_found_in_any_case(pims, slogan, shown) -> None:
    write(pims, "A", "DE-de", slogan="Gut")

    assert shown("A", locale="de-DE")["slogan"] == "Gut"


class TestLists:
    @pytest.fixture(autouse=True)
    def values(self, pims, slogan):
        """A: Good, de Gut. B: Better. C: only de Besser."""
        write(pims, "A", slogan="Good")
        write(pims, "A", DE, slogan="Gut")
        write(pims, "B", slogan="Better")
        write(pims, "C", DE, slogan="Besser")

    @pytest.mark.parametrize(
        ("locale", "value", "skus"),
        [
            (None, "Good", ["A"]),
            (None, "Gut", []),
            (DE, "Gut", ["A"]),
            (DE, "Good", []),
            (DE, "Better", ["B"]),
            (DE, "Besser", ["C"]),
            (FR, "Good", ["A"]),
            (FR, "Besser", []),
        ],
    )
    def test_filters_use_the_value_shown(self, pims, locale, value, skus) -> None:
        assert found(pims, locale, filter_values={"slogan": value}) == skus
        assert found(pims, locale, condition_query=f"[[slogan]] = '{value}'") == skus

    @pytest.mark.parametrize(
        ("locale", "condition", "skus"),
        [
            (None, "[[slogan]] IS NULL", ["C"]),
            (DE, "[[slogan]] IS NULL", []),
            (DE, "[[slogan]] <> 'Gut'", ["B", "C"]),
            (FR, "[[slogan]] LIKE '%e%'", ["B"]),
            (DE, "[[slogan]] LIKE '%e%'", ["B", "C"]),
            (DE, "NOT [[slogan]] > 'Bz'", ["B", "C"]),
        ],
    )
    def test_conditions_use_the_value_shown(self, pims, locale, condition, skus) -> None:
        assert found(pims, locale, condition_query=condition) == skus

    @pytest.mark.parametrize(
        ("locale", "direction", "skus"),
        [
            (None, "ASC", ["B", "A", "C"]),
            (DE, "ASC", ["C", "B", "A"]),
            (DE, "DESC", ["A", "B", "C"]),
            (FR, "DESC", ["A", "B", "C"]),
        ],
    )
    def test_order_uses_the_value_shown(self, pims, locale, direction, skus) -> None:
        order = [{"attribute": "slogan", "direction": direction}]

        assert found(pims, locale, order=order) == skus

    @pytest.mark.parametrize(
        ("locale", "word", "skus"),
        [
            (None, "good", ["A"]),
            (None, "gut", []),
            (DE, "gut", ["A"]),
            (DE, "good", []),
            (DE, "bes", ["C"]),
            (DE, "better", ["B"]),
            (FR, "good", ["A"]),
        ],
    )
    def test_search_uses_the_value_shown(self, pims, locale, word, skus) -> None:
        assert found(pims, locale, search=word) == skus

    def test_lists_show_the_locale(self, pims) -> None:
        reply = pims("getList", locale=DE, params={"attributes": ["slogan"]}, status=200)

        shown = [one["data"]["attributes"]["slogan"] for one in reply["products"]]
        assert shown == ["Gut", "Better", "Besser"]

    def test_a_value_taken_away_is_found_no_more(self, pims) -> None:
        write(pims, "A", DE, slogan=None)

        assert found(pims, DE, filter_values={"slogan": "Gut"}) == []
        assert found(pims, DE, filter_values={"slogan": "Good"}) == ["A"]
        assert found(pims, DE, search="gut") == []


def test_history_shows_global_changes_and_those_of_the_locale(pims, slogan, history) -> None:
    write(pims, "A", slogan="Good")
    write(pims, "A", DE, slogan="Gut")
    write(pims, "A", FR, slogan="Bon")
    write(pims, "A", DE, slogan=None)

    good, gut, bon = ({"slogan": None}, {"slogan": "Good"}), "Gut", "Bon"
    assert history("A")[1:] == [good]
    assert history("A", locale=DE)[1:] == [
        good,
        ({"slogan": None}, {"slogan": gut}),
        ({"slogan": gut}, {"slogan": None}),
    ]
    assert history("A", locale=FR)[1:] == [good, ({"slogan": None}, {"slogan": bon})]
    assert pims("historyProduct", sku="A", locale=FR)["total_count"] == 3


def test_versions_count_the_changes_of_every_locale(pims, slogan) -> None:
    write(pims, "A", DE, slogan="Gut")

    assert write(pims, "A", FR, slogan="Bon")["version"] == 3
    assert write(pims, "A", FR, slogan="Bon")["version"] == 3


def test_every_locale_keeps_to_the_rules(pims, given_attribute, given_product, unchanged) -> None:
    given_attribute("code", isLocalizable="y", validation="[A-Z]+", maxLength="3")
    given_product("A")

    for value, code in (("ab", "mask"), ("ABCD", "range")):
        with unchanged():
            values = {"attributes": {"code": value}}
            reply = pims("editProduct", sku="A", locale=DE, data=values, status=400)
        assert [error["code"] for error in reply["errors"]] == [code]


def test_unique_values_are_unique_within_their_locale(
    pims, given_attribute, given_product, unchanged
) -> None:
    given_attribute("slug", isLocalizable="y", isUnique="y")
    given_product("A")
    given_product("B")
    write(pims, "A", DE, slug="stange")

    with unchanged():
        values = {"attributes": {"slug": "stange"}}
        pims("editProduct", sku="B", locale=DE, data=values, status=409)


def test_a_new_locale_works_from_the_next_request_on(pims, slogan, database, shown) -> None:
    write(pims, "A", slogan="Good")
    pims("listProduct", sku="A", locale="it-it", status=404)

    with unit_of_work(database, 1, Actor("tests")) as work:
        add_locale(work, "it-it")

    assert shown("A", locale="it-it")["slogan"] == "Good"
